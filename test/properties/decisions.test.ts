// Laws of decisions, over random policies and inputs: what the trees decide is what the plan says, deny
// overrides, nothing matched denies, an error denies, and the order of files does not matter.

import { builtins } from "@writ/builtins";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import {
  type CompiledPolicy,
  createPolicy,
  isArray,
  type Policy,
  RegoSet,
  type Test,
  type TreeNode,
  traceTree,
  type Value,
} from "@writ/evaluator";
import { parseRego } from "@writ/syntax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** What tests can ask, each and its negation. */
const ops: { readonly [Op in Test["op"]]: true } = {
  not: true,
  truthy: true,
  defined: true,
  eq: true,
  ne: true,
  "one-of": true,
  lt: true,
  lte: true,
  gt: true,
  gte: true,
  prefix: true,
  suffix: true,
  has: true,
};

const runs = Number(process.env["FUZZ_RUNS"] ?? 1000);

/** A small input with everything conditions test: enums, sets, numbers, free text, optional paths. */
const inputSchema = {
  type: "object",
  additionalProperties: false,
  required: ["stage", "groups", "labels"],
  properties: {
    stage: { type: "string", enum: ["request", "response", "action"] },
    groups: { type: "array", items: { type: "string" } },
    labels: { type: "array", items: { type: "string" } },
    tokens: { type: "integer" },
    model: { type: "string" },
    flag: { type: "boolean" },
    free: { type: "object", additionalProperties: {} },
    parts: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name"],
        properties: { name: { type: "string" }, size: { type: "integer" } },
      },
    },
  },
};
const stages = ["request", "response", "action"];
const words = ["a", "b", "c", "ab"];
const word = fc.constantFrom(...words);

const input = fc.record(
  {
    stage: fc.constantFrom(...stages),
    groups: fc.array(word, { maxLength: 3 }),
    labels: fc.array(word, { maxLength: 3 }),
    tokens: fc.integer({ min: -1, max: 5 }),
    model: word,
    flag: fc.boolean(),
    parts: fc.array(fc.record({ name: word, size: fc.nat(3) }, { requiredKeys: ["name"] }), {
      maxLength: 2,
    }),
    free: fc.oneof(
      fc.record({
        x: fc.oneof(word, fc.integer({ min: 0, max: 4 }), fc.boolean(), fc.constant(null)),
      }),
      fc.constant({}),
    ),
  },
  { requiredKeys: ["stage", "groups", "labels"] },
);

const condition = fc.oneof(
  fc.constantFrom(...stages).map((stage) => `input.stage == "${stage}"`),
  word.map((model) => `input.model == "${model}"`),
  word.map((model) => `input.model != "${model}"`),
  fc
    .uniqueArray(word, { minLength: 1, maxLength: 3 })
    .map((list) => `input.model in ${JSON.stringify(list)}`),
  word.map((group) => `"${group}" in input.groups`),
  word.map((label) => `input.labels[_] == "${label}"`),
  fc
    .tuple(fc.constantFrom("<", "<=", ">", ">="), fc.integer({ min: 0, max: 4 }))
    .map(([op, value]) => `input.tokens ${op} ${value}`),
  fc.constantFrom(
    "input.flag",
    "input.free.x",
    "helper",
    "other",
    "count(input.groups) > 1",
    'endswith(input.model, "b")',
  ),
  fc
    .tuple(fc.constantFrom("startswith", "endswith"), fc.constantFrom("", "a", "ab", "b", "abc"))
    .map(([name, affix]) => `${name}(input.model, "${affix}")`),
  fc
    .tuple(fc.constantFrom("<", ">=", "=="), fc.integer({ min: 0, max: 4 }))
    .map(([op, value]) => `input.free.x ${op} ${value}`),
  word.map((label) => `some label in input.labels\n\tstartswith(label, "${label}")`),
);
/** Of a package with the constants below; `NAME` is a variable. */
const named = fc.constantFrom(
  "input.tokens < limit",
  "input.tokens > config.deep.least",
  "input.model in some_words",
  "some_words[input.model]",
  "flags[input.model]",
  "input.labels[_] in some_words",
  "some NAME in some_words\n\tNAME in input.groups",
  "some_words[NAME]\n\tNAME in input.labels",
  "flags[NAME]\n\tinput.model == NAME",
  'NAME := input.model\n\tNAME != "b"',
  'NAME := input.model\n\tnot startswith(NAME, "a")',
  'NAME := "a"\n\tNAME in input.groups',
  "NAME := input.groups[_]\n\tNAME in some_words",
  "NAME := input.free\n\tNAME.x == 1",
  'some NAME\n\tinput.labels[NAME] == "a"',
  "NAME := input.flag\n\thelper with input.flag as NAME",
  "not input.model in some_words",
  "not flags[input.model]",
  "not some_words[input.free.x]",
  "every NAME in some_words { NAME in input.groups }",
);
const constants = `limit := 2

some_words := {"a", "ab"}

flags := {"a": true, "b": false, "c": 0}

config := {"deep": {"least": 1}}
`;
const statement = fc.oneof(
  { weight: 4, arbitrary: condition },
  { weight: 2, arbitrary: named },
  {
    weight: 1,
    arbitrary: condition.filter((text) => !/_\]|some /.test(text)).map((text) => `not ${text}`),
  },
);
const body = fc
  .array(statement, { minLength: 1, maxLength: 4 })
  .map(
    (lines) =>
      `{\n\t${lines.map((line, index) => line.replaceAll("label in", `l${index} in`).replaceAll("(label,", `(l${index},`).replaceAll("NAME", `n${index}`)).join("\n\t")}\n}`,
  );
const helpers = fc
  .tuple(body, body)
  .map(
    ([a, b]) =>
      `helper if ${a.replace(/\b(?:helper|other)\b/g, "input.flag")}\n\nother if ${b.replace(/\bother\b/g, "input.flag").replace(/\bhelper\b/g, "input.flag")}\n\nother if input.stage == "action"\n`,
  );
const rules = fc.array(fc.tuple(fc.constantFrom("allow", "deny", "redact"), body), {
  minLength: 1,
  maxLength: 7,
});

function compilePolicy(texts: readonly string[]): CompiledPolicy {
  const files = texts.map((text, index) => ({ file: `p${index}.rego`, text }));
  const checked = check(
    files.map((file) => parseRego(file).module),
    { inputSchema, vocabularies: {}, builtins, sources: makeSources(files), data: {} },
  );
  const errors = checked.diagnostics.filter(({ severity }) => severity === "error");
  if (checked.program === undefined)
    throw new Error(`${errors.map(({ title }) => title).join("; ")}\n${texts.join("\n")}`);
  return compile(checked.program, {
    inputSchema,
    vocabularies: {},
    data: {},
    locate: () => ({ line: 1, column: 1 }),
  });
}

function makePolicy(texts: readonly string[]): Policy {
  return createPolicy(compilePolicy(texts), builtins);
}

/** As where the runtime forbids code from strings. */
function createWithoutCode(compiled: CompiledPolicy): Policy {
  const given = globalThis.Function;
  globalThis.Function = function forbidden() {
    throw new EvalError("code generation from strings is not allowed");
  } as unknown as FunctionConstructor;
  try {
    return createPolicy(compiled, builtins);
  } finally {
    globalThis.Function = given;
  }
}

function textOf(all: readonly (readonly [string, string])[], helperText: string): string {
  const heads: { readonly [kind: string]: (index: number) => string } = {
    allow: () => "allow",
    deny: (index) => `deny contains "d${index}"`,
    redact: (index) => `redact contains "r${index}"`,
  };
  return `package p\n\n${all.map(([kind, text], index) => `${heads[kind]?.(index)} if ${text}\n`).join("\n")}\n${helperText}\n${constants}`;
}

const policyText = fc.tuple(rules, helpers).map(([all, helperText]) => textOf(all, helperText));

/** What the plan says of the decision rules, combined by the book. */
function byThePlan(
  policy: Policy,
  given: Value,
): { effect: string; reasons: readonly string[]; redactions: readonly string[] } {
  const read = (name: string): Value | undefined => {
    const result = policy.query(["p", name], given);
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };
  const strings = (value: Value | undefined): readonly string[] =>
    value instanceof RegoSet
      ? (value.items as readonly string[])
      : isArray(value)
        ? (value as readonly string[])
        : [];
  const denied = strings(read("deny"));
  const isAllowed = read("allow") === true && denied.length === 0;
  return {
    effect: isAllowed ? "allow" : "deny",
    reasons: isAllowed ? [] : denied.length > 0 ? denied : ["no rule allows this"],
    redactions: strings(read("redact")),
  };
}

/** The rules that a trace reaches, and those of them that determine a decision of this effect whatever their residuals. */
function traceRules(
  { trees: { clauses, roots } }: CompiledPolicy,
  given: Value,
  effect: string,
): { readonly reached: readonly string[]; readonly certain: readonly string[] } {
  const leaves: Extract<TreeNode, { kind: "leaf" }>["clauses"][number][] = [];
  for (const root of Object.values(roots)) {
    traceTree(root, given, (node) => leaves.push(...(node.kind === "leaf" ? node.clauses : [])));
  }
  const ruleOf = (clause: number): string => clauses[clause]?.rule ?? "";
  // An allow that a deny overrides does not determine.
  const certain = leaves.filter(
    ({ clause, residual }) =>
      residual === undefined && (clauses[clause]?.kind !== "allow" || effect === "allow"),
  );
  return {
    reached: leaves.map(({ clause }) => ruleOf(clause)),
    certain: certain.map(({ clause }) => ruleOf(clause)),
  };
}

describe("a decision", () => {
  it("by the trees is the decision by the plan", () => {
    fc.assert(
      fc.property(policyText, fc.array(input, { minLength: 1, maxLength: 6 }), (text, inputs) => {
        const compiled = compilePolicy([text]);
        const policy = createPolicy(compiled, builtins);
        const withoutCode = createWithoutCode(compiled);
        for (const given of inputs) {
          const decision = policy.evaluate(given);
          expect(withoutCode.evaluate(given)).toEqual(decision);
          // A built-in's error denies a decision and is an undefined to a query: they differ there by design.
          if (decision.errors.length > 0) {
            expect(decision.errors[0]?.code).toMatch(/^eval_(?:builtin|type)_error$/);
            continue;
          }
          const { effect, reasons, redactions } = byThePlan(policy, given as Value);
          expect({
            effect: decision.effect,
            reasons: decision.reasons.map(({ message }) => message),
            redactions: decision.redactions,
          }).toEqual({ effect, reasons, redactions });
        }
      }),
      { numRuns: runs },
    );
  });

  it("is deny whenever a deny rule holds (forbid_trumps_permit)", () => {
    fc.assert(
      fc.property(policyText, input, (text, given) => {
        const policy = makePolicy([
          text,
          'package q\n\ndeny contains "always"\n',
          "package r\n\nallow if true\n",
        ]);
        expect(policy.evaluate(given).effect).toBe("deny");
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it("is deny when no allow rule holds (default_deny)", () => {
    const policy = makePolicy(['package p\n\nredact contains "x"\n']);
    fc.assert(
      fc.property(input, (given) => policy.evaluate(given).effect === "deny"),
      { numRuns: 50 },
    );
  });

  it("does not depend on the order of files or rules (order_and_dup_independent)", () => {
    fc.assert(
      fc.property(rules, helpers, input, (all, helperText, given) => {
        const texts = all.map((rule, index) =>
          textOf([rule], "").replaceAll('"d0"', `"d${index}"`).replaceAll('"r0"', `"r${index}"`),
        );
        const rest = `package p\n\n${helperText}\n${constants}`;
        const outcome = (files: readonly string[]) => {
          const { effect, reasons, redactions, obligations, errors } =
            makePolicy(files).evaluate(given);
          return {
            effect,
            reasons,
            redactions,
            obligations,
            errors: errors.map(({ code }) => code),
          };
        };
        expect(outcome([rest, ...texts.toReversed(), ...texts])).toEqual(outcome([...texts, rest]));
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it("is deny for any input that does not fit", () => {
    const policy = makePolicy(["package p\n\nallow if true\n"]);
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        const fits = typeof anything === "object" && anything !== null && "stage" in anything;
        expect(policy.evaluate(anything).effect === "deny" || fits).toBe(true);
      }),
      { numRuns: runs },
    );
    for (const wrong of [
      {},
      { stage: "request", groups: [], labels: "secret" },
      { stage: "request", groups: [], Labels: [], labels: [] },
      { stage: "other", groups: [], labels: [] },
    ]) {
      expect(policy.evaluate(wrong)).toMatchObject({
        effect: "deny",
        errors: [{ code: "input_invalid" }],
      });
    }
  });

  it("reaches the clauses that a trace of the trees reaches", () => {
    fc.assert(
      fc.property(policyText, fc.array(input, { minLength: 1, maxLength: 6 }), (text, inputs) => {
        const compiled = compilePolicy([text]);
        const policy = createPolicy(compiled, builtins);
        for (const given of inputs) {
          const { determining, effect, errors } = policy.evaluate(given);
          if (errors.length > 0) continue;
          const { reached, certain } = traceRules(compiled, given as Value, effect);
          const rules = determining.map(({ rule }) => rule);
          expect(rules.filter((rule) => !reached.includes(rule))).toEqual([]);
          expect(certain.filter((rule) => !rules.includes(rule))).toEqual([]);
        }
      }),
      { numRuns: runs },
    );
  });
});

describe("random policies", () => {
  it("have every kind of node, and of test, in their trees", () => {
    const found = { kind: new Set<string>(), op: new Set<string>() };
    for (const text of fc.sample(policyText, { numRuns: 300, seed: 1 })) {
      const json = JSON.stringify(compilePolicy([text]).trees.roots);
      for (const [, key, name = ""] of json.matchAll(/"(kind|op)":"([a-z-]+)"/g))
        found[key as "kind" | "op"].add(name);
    }
    expect([...found.kind].sort()).toEqual([
      "affix",
      "all",
      "guard",
      "leaf",
      "member",
      "range",
      "switch",
    ]);
    expect([...found.op].sort()).toEqual(Object.keys(ops).sort());
  });
});

describe("alternatives of several conditions", () => {
  it("are in the trees as often as they are written", () => {
    // As YAML rules say `any` of `all_of`.
    const pairs = [..."abcd"].flatMap((x, index) =>
      [..."abcd"].slice(index + 1).map((y) => [x, y]),
    );
    const none = pairs.map(
      ([x, y]) => `[true | "${x}" in input.groups; "${y}" in input.groups] == []`,
    );
    const { trees } = compilePolicy([`package p\n\nallow if [true | ${none.join("; ")}] == []\n`]);
    expect(trees.residuals).toEqual([]);
    expect([...JSON.stringify(trees.roots.allow).matchAll(/"clause":/g)].length).toBe(pairs.length);
  });
});

describe("a policy that is observed", () => {
  it("says what it says unobserved, and tells of each rule that holds and no other", () => {
    fc.assert(
      fc.property(policyText, input, (text, given) => {
        const compiled = compilePolicy([text]);
        const held = new Set<string>();
        let open = 0;
        const probe = { enter: () => (open += 1), hold: () => {}, leave: () => (open -= 1) };
        const observed = createPolicy(compiled, builtins, {
          rule: ({ path }) => ({ ...probe, hold: () => held.add(path.join(".")) }),
          condition: () => probe,
        });
        const plain = createPolicy(compiled, builtins);
        for (const { path } of compiled.plan.groups) {
          held.clear();
          const result = observed.query(path, given as Value);
          expect(result).toEqual(plain.query(path, given as Value));
          const { value } = result as { readonly value: Value | undefined };
          const isEmpty =
            value === undefined || (value instanceof RegoSet && value.items.length === 0);
          expect(held.has(path.join("."))).toBe(!isEmpty);
          expect(open).toBe(0);
        }
      }),
      { numRuns: runs },
    );
  });
});
