// What each condition of a YAML rule holds of, and what of a missing path: a table, through the whole of
// the compiler. A rule that allows and one that denies stand beside each other where they differ.

import { builtins } from "@writ/builtins";
import { makeSources, type SourceFile } from "@writ/diagnostics";
import { createPolicy, type Policy } from "@writ/evaluator";
import { parseRego, parseYaml, yamlToRego } from "@writ/syntax";
import { describe, expect, it } from "vitest";
import { compileSet } from "../../packages/cli/src/compile-set.ts";
import { emptyPolicySet } from "../../packages/cli/src/policy-set.ts";

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
    "variables: { id: { input: model.version }, ours: [m-1, m-2], known: { data: models }, most: 2 }\nconditions: { mine: [{ $id: { in: { var: ours } } }] }";

  it.each<readonly [when: string, holds: object, fails: object]>([
    ["$id: m-1", model("m-1"), model("m-2")],
    ["$id: { in: { var: ours } }", model("m-2"), model("m-3")],
    ["$id: { in: { var: known } }", model("m-2"), {}],
    ["condition: mine", model("m-1"), model("m-3")],
    ["input.time.hour: { less_than: { var: most } }", at(1), at(2)],
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
