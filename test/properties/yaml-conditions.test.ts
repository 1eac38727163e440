// What each condition of a YAML rule holds of, and what of a missing path: a table, through the whole of
// the compiler. A rule that allows and one that denies stand beside each other where they differ.

import { builtins } from "@writ/builtins";
import { makeSources, type SourceFile } from "@writ/diagnostics";
import { createPolicy, type Policy } from "@writ/evaluator";
import { parseRego, parseYaml, yamlToRego } from "@writ/syntax";
import { compileSet } from "@writ/workspace";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputKindAt } from "../../packages/apps/cli/src/input-kinds.ts";
import { emptyPolicySet } from "../../packages/apps/cli/src/policy-set.ts";

const data = { models: ["m-1", "m-2"], blocks: ["10.0.0.0/8"] };

function policyOf(source: SourceFile): Policy {
  const { module, diagnostics } = (source.file.endsWith(".rego") ? parseRego : parseYaml)(source);
  // Not every case uses every variable that the cases share.
  expect(diagnostics.filter(({ code }) => code !== "W0202")).toEqual([]);
  const sources = makeSources([source]);
  const set = { ...emptyPolicySet, modules: [module], sources, data, diagnostics };
  const { compiled, diagnostics: found } = compileSet(set, { includeTests: false });
  if (compiled === undefined) throw new Error(JSON.stringify([source.text, found]));
  return createPolicy(compiled, builtins);
}

/** Whether a rule of that effect with that one condition fires; as Rego it must decide the same. */
function fires(effect: "allow" | "deny", when: string, given: object, conditions = ""): boolean {
  const text = `package: p\n${conditions}\nrules:\n  - { effect: ${effect}, ${effect === "deny" ? "reason: 'so {input.stage}'," : ""} when: [${when}] }\n`;
  const rego = yamlToRego({ file: "p.yaml", text }) ?? "";
  const input = { ...base, ...given };
  const [decision, asRego] = [
    { file: "p.yaml", text },
    { file: "p.rego", text: rego },
  ].map((source) => policyOf(source).evaluate(input));
  expect(decision?.errors).toEqual([]);
  expect(asRego?.effect).toBe(decision?.effect);
  expect(asRego?.reasons).toEqual(decision?.reasons);
  expect(asRego?.determining.map(({ rule }) => rule)).toEqual(
    decision?.determining.map(({ rule }) => rule),
  );
  return (decision?.determining.length ?? 0) > 0;
}

const time = { rfc3339: "2026-01-06T20:00:00Z", unix_seconds: 1_767_729_600 };
const identity = {
  iam: { arn: "arn:aws:iam::1:user/u", account: "1" },
  groups: [],
  roles: [],
  claims: {},
  assurance: "signature",
};
const request = {
  id: "r",
  surface: "bedrock",
  operation: "converse",
  region: "us-east-1",
  stream: false,
  tools: [],
};
const base = {
  stage: "request",
  identity,
  request,
  model: { id: "m", provider: "p", family: "f" },
  labels: [],
  findings: [],
  time: { ...time, weekday: "tuesday", hour: 20 },
};
const at = (hour: number, weekday = "monday"): object => ({ time: { ...time, hour, weekday } });
const model = (version: string): object => ({ model: { ...base.model, version } });
const groups = (...list: string[]): object => ({ identity: { ...identity, groups: list } });
const ip = (source_ip: string): object => ({ request: { ...request, source_ip } });

const cases: readonly [when: string, holds: readonly object[], fails: readonly object[]][] = [
  ["input.model.version: m-1", [model("m-1")], [model("m-2"), {}]],
  ["input.model.version: { in: { data: models } }", [model("m-2")], [model("m-3"), {}]],
  ["input.model.version: { prefix: m, suffix: '1' }", [model("m-1")], [model("m-2"), model("x1")]],
  ["input.model.version: { glob: 'a.*' }", [model("a.b")], [model("a.b.c"), model("b.a"), {}]],
  [
    "input.model.version: { glob: ['a.*', 'b.**'] }",
    [model("a.b"), model("b.c.d")],
    [model("c.d")],
  ],
  ["input.model.version: { regex: '^m-[12]$' }", [model("m-2")], [model("m-12"), {}]],
  ["input.identity.groups: { any_of: [a, b] }", [groups("b")], [groups("c"), groups(), {}]],
  ["input.identity.groups: { all_of: [a, b] }", [groups("b", "a")], [groups("a"), groups(), {}]],
  [
    "input.identity.groups: { all_of: { data: models } }",
    [groups("m-1", "m-2", "x")],
    [groups("m-1"), groups(), {}],
  ],
  ["input.request.source_ip: { cidr: 10.0.0.0/8 }", [ip("10.1.2.3")], [ip("11.1.2.3"), {}]],
  ["input.request.source_ip: { cidr: { data: blocks } }", [ip("10.1.2.3")], [ip("11.1.2.3"), {}]],
  ["input.time.hour: { between: [9, 17] }", [at(9), at(17)], [at(8), at(18), {}]],
  [
    "input.time: { within: { hours: [9, 17], weekdays: [monday] } }",
    [at(9), at(16)],
    [at(17), at(8), at(9, "sunday"), {}],
  ],
  ["input.time: { within: { hours: [22, 6] } }", [at(22), at(0), at(5)], [at(6), at(21), {}]],
  ["input.model.version: { exists: false }", [{}], [model("m")]],
  [
    "any: [{ input.model.version: a }, { not: [{ input.model.id: m }, { input.model.provider: p }] }]",
    [model("a")],
    [model("b"), {}],
  ],
  [
    "not: [{ not: [{ input.model.version: a }, { input.model.id: m }] }]",
    [model("a")],
    [model("b"), {}],
  ],
  ["any: [{ input.model.version: a }, { input.model.version: b }]", [model("b")], [model("c"), {}]],
];

describe.each(["allow", "deny"] as const)("in a rule that would %s", (effect) => {
  it.each(cases)("%s", (when, holds, fails) => {
    expect(holds.map((input) => fires(effect, when, input))).toEqual(holds.map(() => true));
    expect(fails.map((input) => fires(effect, when, input))).toEqual(fails.map(() => false));
  });
});

describe("a number operator on what need not be a number", () => {
  const others = [null, true, false, "", "0", "9", "zebra", [], [5], {}, { a: 5 }];
  const operators: readonly (readonly [string, (value: number) => boolean])[] = [
    ["at_least: 3", (value) => value >= 3],
    ["at_most: 3", (value) => value <= 3],
    ["greater_than: 3", (value) => value > 3],
    ["less_than: 3", (value) => value < 3],
    ["between: [2, 4]", (value) => value >= 2 && value <= 4],
  ];
  const withLevel = (level: unknown) => ({
    identity: { ...identity, claims: level === undefined ? {} : { level } },
  });

  it.each(operators)("%s", (operator, holds) => {
    const plain = `{ input.identity.claims.level: { ${operator} } }`;
    for (const value of [0, 2, 3, 3.5, 4, 5, -1])
      for (const effect of ["allow", "deny"] as const)
        expect(fires(effect, plain, withLevel(value))).toBe(holds(value));
    for (const value of others) {
      expect(fires("allow", plain, withLevel(value))).toBe(false);
      expect(fires("allow", `{ not: [${plain}] }`, withLevel(value))).toBe(false);
      expect(fires("deny", plain, withLevel(value))).toBe(true);
      expect(fires("deny", `{ not: [${plain}] }`, withLevel(value))).toBe(true);
    }
    for (const effect of ["allow", "deny"] as const)
      expect(fires(effect, plain, withLevel(undefined))).toBe(false);
  });

  it("a window of hours is of numbers as well", () => {
    for (const hours of ["[9, 17]", "[22, 6]"])
      for (const hour of others) {
        const when = `{ input.identity.claims.when: { within: { hours: ${hours} } } }`;
        const given = { identity: { ...identity, claims: { when: { hour } } } };
        expect(fires("allow", when, given)).toBe(false);
        expect(fires("deny", when, given)).toBe(true);
      }
  });

  it("texts are compared with texts", () => {
    const when = "{ input.identity.claims.level: { at_least: '2026' } }";
    for (const [value, holds] of [
      ["2027", true],
      ["2025", false],
    ] as const)
      for (const effect of ["allow", "deny"] as const)
        expect(fires(effect, when, withLevel(value))).toBe(holds);
    for (const value of [null, 5, 3000, true, [], {}]) {
      expect(fires("allow", when, withLevel(value))).toBe(false);
      expect(fires("deny", when, withLevel(value))).toBe(true);
    }
  });
});

describe("a missing path is never permission", () => {
  it.each([
    "input.model.version: { not_equals: m-1 }",
    "input.model.version: { not_in: [m-1] }",
    "input.identity.claims.groups: { none_of: [a] }",
    "input.identity.claims.groups: { none_of: [a, b] }",
    "not: { input.identity.claims.groups: { all_of: { data: models } } }",
    "not: { input.model.version: m-1 }",
    "not: { input.model.version: m-1, input.model.id: m }",
    "not: { input.model.version: { prefix: m, suffix: '1' } }",
    "not: { any: [{ input.model.version: m-1 }, { input.model.id: x }] }",
    "not: { input.request.source_ip: { cidr: [10.0.0.0/8] } }",
  ])("%s", (when) => {
    expect([fires("allow", when, {}), fires("deny", when, {})]).toEqual([false, true]);
  });
});

describe("existence under `not`", () => {
  it.each(["allow", "deny"] as const)("is what it says in a rule that would %s", (effect) => {
    const when = "not: { input.model.version: { exists: true } }";
    expect([fires(effect, when, {}), fires(effect, when, model("m"))]).toEqual([true, false]);
  });
});

describe("conditions by name", () => {
  const named = "conditions: { ours: [{ input.model.version: m-1 }], both: [{ condition: ours }] }";
  it("stand for what they name", () => {
    expect(fires("allow", "condition: both", model("m-1"), named)).toBe(true);
    expect(fires("allow", "condition: both", model("m-2"), named)).toBe(false);
    expect(fires("deny", "not: { condition: ours }", {}, named)).toBe(true);
    const twice = "any: [{ condition: ours }, { condition: both, input.model.id: m }]";
    expect(fires("allow", twice, model("m-1"), named)).toBe(true);
  });

  it("do not multiply beyond a bound", () => {
    const names = Array.from({ length: 40 }, (_, n) => n);
    const doubled = names.map(
      (n) => `  c${n}: [{ any: [{ condition: c${n + 1} }, { condition: c${n + 1} }] }]`,
    );
    const text = `package: p\nconditions:\n${doubled.join("\n")}\n  c40: [{ input.model.version: m }]\nrules:\n  - { effect: allow, when: [{ condition: c0 }] }\n`;
    const { diagnostics } = parseYaml({ file: "p.yaml", text });
    expect(diagnostics.map(({ code, title }) => `${code} ${title}`)).toEqual([
      "E0123 a rule must be one of at most 1000 named conditions",
    ]);
  });
});

describe("variables", () => {
  const named =
    "variables: { id: { input: model.version }, ours: [m-1, m-2], known: { data: models }, most: 2, window: [9, 17], pattern: 'm-*', expression: '^m-', start: m, is: true, block: 10.0.0.0/8 }\nconditions: { mine: [{ $id: { in: { var: ours } } }] }";

  it.each<readonly [when: string, holds: object, fails: object]>([
    ["$id: m-1", model("m-1"), model("m-2")],
    ["$id: { in: { var: ours } }", model("m-2"), model("m-3")],
    ["$id: { in: { var: known } }", model("m-2"), {}],
    ["condition: mine", model("m-1"), model("m-3")],
    ["input.time.hour: { less_than: { var: most } }", at(1), at(2)],
    ["input.time.hour: { between: { var: window } }", at(10), at(18)],
    ["$id: { glob: { var: pattern } }", model("m-1"), model("x-1")],
    ["$id: { regex: { var: expression } }", model("m-1"), model("x-1")],
    ["$id: { prefix: { var: start } }", model("m-1"), model("x-1")],
    ["$id: { exists: { var: is } }", model("m-1"), {}],
    ["input.identity.groups: { any_of: { var: ours } }", groups("m-2"), groups("x")],
    ["input.identity.groups: { all_of: { var: ours } }", groups("m-2", "m-1"), groups("m-1")],
    ["input.identity.groups: { has: { var: start } }", groups("m"), groups()],
    ["input.request.source_ip: { cidr: { var: block } }", ip("10.1.2.3"), ip("11.1.2.3")],
    ["not: { input.identity.groups: { any_of: { var: ours } } }", groups("x"), groups("m-1")],
    ["any: [{ $id: x-1 }, { input.time.hour: { at_least: { var: most } } }]", at(2), at(1)],
  ])("stand for what they name: %s", (when, holds, fails) => {
    expect(fires("allow", when, holds, named)).toBe(true);
    expect(fires("allow", when, fails, named)).toBe(false);
    expect(fires("deny", when, holds, named)).toBe(true);
    expect(fires("deny", when, fails, named)).toBe(false);
  });

  it("of a rule stand before those of the file, but not in the file's conditions", () => {
    const own = "variables: { ours: [m-3] }, ";
    const text = (when: string): string =>
      `package: p\n${named}\nrules:\n  - { effect: allow, ${own}when: [${when}] }\n`;
    const effect = (when: string, version: string): string =>
      policyOf({ file: "p.yaml", text: text(when) }).evaluate({ ...base, ...model(version) })
        .effect;
    expect(effect("$id: { in: { var: ours } }", "m-3")).toBe("allow");
    expect(effect("$id: { in: { var: ours } }", "m-1")).toBe("deny");
    expect(effect("condition: mine", "m-1")).toBe("allow");
    expect(effect("condition: mine", "m-3")).toBe("deny");
  });

  it("are written into reasons", () => {
    const text = `package: p\n${named}\nrules:\n  - { effect: deny, reason: '{$id} is not of {$most}', when: [$id: m-1] }\n`;
    const { reasons } = policyOf({ file: "p.yaml", text }).evaluate({ ...base, ...model("m-1") });
    expect(reasons.map(({ message }) => message)).toEqual(["m-1 is not of 2"]);
  });

  it("do not multiply beyond a bound", () => {
    const list = Array.from({ length: 1000 }, (_, n) => n).join(", ");
    const rules = "  - { effect: allow, when: [input.time.hour: { in: { var: list } }] }\n".repeat(
      200,
    );
    const text = `package: p\nvariables: { list: [${list}] }\nrules:\n${rules}`;
    const { diagnostics } = parseYaml({ file: "p.yaml", text });
    expect(diagnostics.map(({ code, title }) => `${code} ${title}`)).toEqual([
      "E0123 a file must be one whose variables stand for at most 100000 values",
    ]);
  });
});

/** What is asked of which path with which operand; each of them inline, or by a name of the file or the rule. */
const asked: readonly (readonly [path: string, operator: string, operand: string])[] = [
  ["input.model.version", "equals", "m-1"],
  ["input.model.version", "not_in", "[m-1, m-2]"],
  ["input.model.version", "glob", "'m-*'"],
  ["input.identity.groups", "any_of", "[a, b]"],
  ["input.identity.groups", "none_of", "[a, 'b # b']"],
  ["input.identity.groups", "has", "a"],
  ["input.time.hour", "between", "[9, 17]"],
  ["input.time.hour", "less_than", "10"],
  ["input.request.source_ip", "cidr", "10.0.0.0/8"],
  ["input.model.version", "exists", "true"],
];
const givens = [
  {},
  model("m-1"),
  model("m-3"),
  groups("a"),
  groups("c"),
  at(9),
  at(20),
  ip("10.1.1.1"),
];

const condition = fc.record({
  asks: fc.constantFrom(...asked),
  named: fc.constantFrom("inline", "file", "rule"),
  isNegated: fc.boolean(),
  isSaid: fc.boolean(),
});
const rule = fc.record({
  effect: fc.constantFrom("allow", "deny"),
  // Two conditions on one path may contradict each other, which is an error.
  conditions: fc.uniqueArray(condition, {
    selector: ({ asks: [path] }) => path,
    minLength: 1,
    maxLength: 4,
  }),
});

/** The rules as YAML, with a comment behind every other line and one above. */
function write(rules: readonly (typeof rule extends fc.Arbitrary<infer Rule> ? Rule : never)[]) {
  const comments: string[] = [];
  const note = (): string => `# note ${comments.push(`# note ${comments.length + 1}`)}`;
  const ofFile: string[] = [];
  const texts = rules.flatMap(({ effect, conditions }, ruleAt) => {
    const own: string[] = [];
    const said: string[] = [];
    const when = conditions.map(
      ({ asks: [path, operator, operand], named, isNegated, isSaid }, at) => {
        const name = named === "file" ? `f${ruleAt}_${at}` : `r${at}`;
        if (named === "file") ofFile.push(`  ${name}: ${operand} ${note()}`);
        if (named === "rule") own.push(`      ${name}: ${operand}`);
        if (named !== "inline" && isSaid) said.push(`{$${name}}`);
        const value = named === "inline" ? operand : `{ var: ${name} }`;
        const plain = `${path}: { ${operator}: ${value} }`;
        return `      - ${isNegated ? `not: { ${plain} }` : plain} ${note()}`;
      },
    );
    return [
      `  ${note()}`,
      `  - effect: ${effect} ${note()}`,
      ...(effect === "deny" ? [`    reason: "is # so ${said.join(" ")}"`] : []),
      ...(own.length > 0 ? [`    variables: ${note()}`, ...own] : []),
      `    when: ${note()}`,
      ...when,
    ];
  });
  const variables = ofFile.length > 0 ? ["variables:", ...ofFile] : [];
  const lines = [`package: p ${note()}`, ...variables, "rules:", ...texts, note()];
  return { text: `${lines.join("\n")}\n`, comments };
}

describe("as Rego", () => {
  it("any rules decide the same, and every comment is there once", () => {
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), (rules) => {
        const { text, comments } = write(rules);
        const rego = yamlToRego({ file: "p.yaml", text }) ?? "";
        expect(rego.match(/# note \d+$/gm)?.sort()).toEqual([...comments].sort());
        const [policy, asRego] = [
          policyOf({ file: "p.yaml", text }),
          policyOf({ file: "p.rego", text: rego }),
        ];
        for (const given of givens) {
          const [decision, other] = [policy, asRego].map((each) =>
            each.evaluate({ ...base, ...given }),
          );
          expect([other?.effect, other?.reasons]).toEqual([decision?.effect, decision?.reasons]);
        }
      }),
      { numRuns: Number(process.env["FUZZ_RUNS"] ?? 60) },
    );
  });

  const head =
    "package: p\nvariables:\n  most: 9 # a\n  days: [monday, friday]\n  id: { input: model.id }\n";
  it.each<readonly [name: string, yaml: string, rego: string]>([
    [
      "a constant has a name, a path has not",
      `${head}rules:\n  - effect: allow\n    when: [$id: m, input.time.hour: { at_most: { var: most } }, input.time.weekday: { in: { var: days } }]\n`,
      'package p\n\n# a\n_p_var_most := 9\n\n_p_var_days := ["monday", "friday"]\n\nallow if {\n\tinput.model.id == "m"\n\tinput.time.hour <= _p_var_most\n\tinput.time.weekday in _p_var_days\n}\n',
    ],
    [
      "a rule's own constant stands behind it",
      "package: p\nrules:\n  - effect: deny # b\n    reason: 'over {$most}' # c\n    variables: { most: 9 } # d\n    when: [input.time.hour: { greater_than: { var: most } }] # e\n",
      'package p\n\n# b\n# c\n# d\n# e\ndeny contains $"over {_p_deny_1_var_most}" if input.time.hour > _p_deny_1_var_most\n\n_p_deny_1_var_most := 9\n',
    ],
    [
      "a text with a `#` is no comment",
      "package: p\nrules:\n  - effect: deny\n    reason: |- # f\n      a\n      # b\n    when:\n      - input.model.id: 'x # y' # g\n      - input.model.id: z#z\n",
      'package p\n\n# f\n# g\ndeny contains "a\\n# b" if {\n\tinput.model.id == "x # y"\n\tinput.model.id == "z#z"\n}\n',
    ],
    [
      "what stands between two rules is the next one's, what is last stays last",
      "# h\npackage: p\nrules:\n  - effect: allow\n    when: [input.model.id: m]\n  # i\n  - effect: allow\n    when:\n      - input.model.id: n\n# j\n",
      '# h\npackage p\n\nallow if input.model.id == "m"\n\n# i\nallow if input.model.id == "n"\n\n# j\n',
    ],
    [
      "a suppression stays beside the rule, behind its METADATA",
      "package: p\nrules:\n  # k\n  # allow silent-deny: l\n  - id: x\n    effect: deny\n    reason: n\n    when: [input.model.version: m]\n",
      'package p\n\n# k\n# METADATA\n# scope: rule\n# custom:\n#   id: x\n\n# allow silent-deny: l\ndeny contains "n" if input.model.version == "m"\n',
    ],
  ])("%s", (_name, yaml, rego) => {
    expect(yamlToRego({ file: "p.yaml", text: yaml }, inputKindAt)).toBe(rego);
  });
});
