// What an input must be to be decided on, with the check as generated code and without: the same.

import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type CompiledPolicy, createPolicy, findMisfit, type Policy, type Shape } from "./index.ts";
import type { Residual, TreeClause, TreeNode } from "./tree.ts";

const text: Shape = { kind: "string" };
const many = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const shape: Shape = {
  kind: "object",
  required: ["stage", "labels"],
  requiredWhen: [{ property: "stage", equals: "action", required: ["parts"] }],
  properties: {
    stage: { kind: "string", values: ["request", "action"] },
    labels: { kind: "array", items: text, unique: true },
    constructor: text,
    code: { kind: "string", values: many },
    count: { kind: "integer", minimum: 0 },
    score: { kind: "number" },
    either: { kind: "one-of", shapes: [{ kind: "null" }, { kind: "boolean" }] },
    pairs: { kind: "array", items: { kind: "any" }, unique: true },
    free: { kind: "object", properties: {}, required: [], rest: { kind: "any" } },
    parts: {
      kind: "array",
      items: { kind: "object", required: ["name"], properties: { name: text } },
    },
  },
};

const clause = (rule: string, kind: TreeClause["kind"]): TreeClause => ({
  rule,
  kind,
  source: { file: "a.rego", start: 0, end: 1, line: 1, column: 1 },
  value: kind === "allow" ? true : rule,
});
const leaf = (index: number): TreeNode => ({ kind: "leaf", clauses: [{ clause: index }] });
const nothing: TreeNode = { kind: "all", nodes: [] };

/** Allows everything but the labels "x" and "y" and, at a path that all objects inherit, anything. */
const compiled: CompiledPolicy = {
  format: "writ.policy/2",
  shape,
  plan: { version: 1, groups: [] },
  builtins: [],
  trees: {
    clauses: [
      clause("a.allow#1", "allow"),
      clause("x", "deny"),
      clause("y", "deny"),
      clause("c", "deny"),
    ],
    residuals: [],
    roots: {
      allow: leaf(0),
      deny: {
        kind: "all",
        nodes: [
          {
            kind: "member",
            path: ["labels"],
            cases: [
              ["x", leaf(1)],
              ["y", leaf(2)],
            ],
          },
          {
            kind: "guard",
            tests: [{ op: "defined", path: ["constructor"] }],
            node: leaf(3),
          },
        ],
      },
      redact: nothing,
      oblige: nothing,
    },
  },
  data: {},
};

const base = { stage: "request", labels: ["a"] };
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
const labels = (count: number): string[] =>
  Array.from({ length: count }, (_x, index) => `l${index}`);

const cases: readonly (readonly [
  name: string,
  input: unknown,
  decides: "allow" | "deny" | "misfit",
])[] = [
  ["the least", base, "allow"],
  ["null", null, "misfit"],
  ["a list", [base], "misfit"],
  ["a text", "request", "misfit"],
  ["nothing", {}, "misfit"],
  ["a key besides", { ...base, Labels: [] }, "misfit"],
  [
    "an own __proto__",
    JSON.parse('{"stage":"request","labels":[],"__proto__":{"code":"a"}}'),
    "misfit",
  ],
  ["a required key that is undefined", { ...base, labels: undefined }, "misfit"],
  ["an optional key that is undefined", { ...base, code: undefined }, "misfit"],
  ["a known word of few", { ...base, stage: "response" }, "misfit"],
  ["a known word of many", { ...base, code: "j" }, "allow"],
  ["no known word of many", { ...base, code: "k" }, "misfit"],
  ["labels that are a text", { ...base, labels: "x" }, "misfit"],
  ["a label that is a number", { ...base, labels: ["a", 1] }, "misfit"],
  ["a list with a hole", { ...base, labels: new Array(2) }, "misfit"],
  ["a label twice", { ...base, labels: ["a", "b", "a"] }, "misfit"],
  ["many labels", { ...base, labels: labels(40) }, "allow"],
  ["many labels and one of them twice", { ...base, labels: [...labels(40), "l7"] }, "misfit"],
  ["the last of nine twice", { ...base, labels: [...labels(9), "l8"] }, "misfit"],
  ["a denied label", { ...base, labels: ["a", "x"] }, "deny"],
  ["a denied label among many", { ...base, labels: [...labels(40), "y"] }, "deny"],
  ["free items twice", { ...base, pairs: [1, "1", 1] }, "misfit"],
  ["free items", { ...base, pairs: [1, "1", [1], [1]] }, "allow"],
  ["a key that objects inherit", { ...base, constructor: "c" }, "deny"],
  ["too small a number", { ...base, count: -1 }, "misfit"],
  ["a fraction", { ...base, count: 1.5 }, "misfit"],
  ["no number", { ...base, score: Number.NaN }, "misfit"],
  ["infinity", { ...base, score: Number.POSITIVE_INFINITY }, "misfit"],
  ["one of two forms", { ...base, either: null }, "allow"],
  ["none of two forms", { ...base, either: 1 }, "misfit"],
  ["what a value requires", { ...base, stage: "action", parts: [] }, "allow"],
  ["not what a value requires", { ...base, stage: "action" }, "misfit"],
  ["objects in a list", { ...base, parts: [{ name: "a" }, { name: "b" }] }, "allow"],
  ["an object in a list that lacks a key", { ...base, parts: [{ name: "a" }, {}] }, "misfit"],
  ["an object in a list with a key besides", { ...base, parts: [{ name: "a", n: 1 }] }, "misfit"],
  ["free form", { ...base, free: nested(40) }, "allow"],
  ["free form that is too deep", { ...base, free: nested(80) }, "misfit"],
];

function decides(policy: Policy, input: unknown): string {
  const { effect, errors } = policy.evaluate(input);
  return errors.length > 0 ? `misfit ${errors[0]?.code}` : effect;
}

function forbidCode(): void {
  vi.stubGlobal(
    "Function",
    class {
      constructor() {
        throw new EvalError("code generation from strings is not allowed");
      }
    },
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each([
  ["generated code", () => {}],
  ["no generated code", forbidCode],
])("with %s", (_name, prepare) => {
  it.each(cases)("%s", (_input, input, expected) => {
    prepare();
    const policy = createPolicy(compiled, new Map());
    const wanted = expected === "misfit" ? "misfit input_invalid" : expected;
    // A decision leaves nothing behind for the next one.
    for (let round = 0; round < 3; round += 1) {
      expect(decides(policy, input)).toBe(wanted);
      expect(decides(policy, base)).toBe("allow");
      expect(decides(policy, { ...base, labels: ["y"] })).toBe("deny");
    }
    expect(findMisfit(shape, input) === undefined).toBe(expected !== "misfit");
  });
});

describe("cases by the hundred", () => {
  const words = Array.from({ length: 300 }, (_unused, index) => `w${index}`);
  const word = fc.constantFrom(...words);
  /** Each word, and whether a switch or a member node has it. */
  const table = fc.tuple(fc.boolean(), fc.uniqueArray(word, { minLength: 1, maxLength: 60 }));
  const wordShape: Shape = {
    kind: "object",
    required: ["word", "labels"],
    properties: { word: text, labels: { kind: "array", items: text } },
  };

  it("are found, and no others", () => {
    const input = fc.record({ word, labels: fc.array(word, { maxLength: 20 }) });
    fc.assert(
      fc.property(fc.array(table, { maxLength: 6 }), fc.array(input), (tables, inputs) => {
        const clauses = tables.flatMap(([isSwitch, cases], at) =>
          cases.map((each) => ({ isSwitch, each, rule: `${at} ${each}` })),
        );
        const nodes = tables.map(([isSwitch, cases], at): TreeNode => {
          const leaves = cases.map(
            (each) =>
              [each, leaf(clauses.findIndex(({ rule }) => rule === `${at} ${each}`))] as const,
          );
          return isSwitch
            ? { kind: "switch", path: ["word"], cases: leaves }
            : { kind: "member", path: ["labels"], cases: leaves };
        });
        const deny: TreeNode = { kind: "all", nodes };
        const trees = {
          clauses: clauses.map(({ rule }) => clause(rule, "deny")),
          residuals: [],
          roots: { allow: nothing, deny, redact: nothing, oblige: nothing },
        };
        for (const withCode of [true, false]) {
          if (!withCode) forbidCode();
          const policy = createPolicy({ ...compiled, shape: wordShape, trees }, new Map());
          vi.unstubAllGlobals();
          for (const given of inputs) {
            const wanted = clauses.filter(({ isSwitch, each }) =>
              isSwitch ? given.word === each : given.labels.includes(each),
            );
            const found = policy.evaluate(given).determining.map(({ rule }) => rule);
            expect(found.sort()).toEqual(wanted.map(({ rule }) => rule).sort());
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("a decision", () => {
  it("is not kept when tests leave something open", () => {
    const asks: Residual = {
      slots: 0,
      body: [
        {
          op: "check",
          expr: { op: "get", from: { op: "input" }, key: { op: "const", value: "either" } },
          source: clause("x", "deny").source,
        },
      ],
    };
    const both: TreeNode = {
      kind: "leaf",
      clauses: [{ clause: 1 }, { clause: 2, residual: 0 }],
    };
    const { clauses, roots } = compiled.trees;
    const trees = { clauses, residuals: [asks], roots: { ...roots, deny: both } };
    const policy = createPolicy({ ...compiled, trees }, new Map());
    const reasons = (input: object): readonly string[] =>
      policy.evaluate(input).reasons.map(({ message }) => message);
    for (let round = 0; round < 2; round += 1) {
      expect(reasons(base)).toEqual(["x"]);
      expect(reasons({ ...base, either: true })).toEqual(["x", "y"]);
    }
  });

  it("that tests alone determine is kept, and nobody can change it", () => {
    const policy = createPolicy(compiled, new Map());
    const one = policy.evaluate({ ...base, labels: ["x", "y"] });
    expect(policy.evaluate({ ...base, labels: ["x", "y"] })).toBe(one);
    expect(one.reasons).toEqual([{ message: "x" }, { message: "y" }]);
    for (const part of [one, one.reasons, one.reasons[0], one.determining, one.determining[0]])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it("asks for the plan only when residuals refer to it", () => {
    const unread = Object.defineProperty({ ...compiled }, "plan", {
      get: () => {
        throw new Error("the plan was read");
      },
    });
    expect(createPolicy(unread, new Map()).evaluate(base).effect).toBe("allow");
    const referring = Object.defineProperty(
      {
        ...compiled,
        trees: {
          ...compiled.trees,
          residuals: [{ slots: 0, body: [], value: { op: "doc", path: ["a", "b"] } }],
        },
      },
      "plan",
      Object.getOwnPropertyDescriptor(unread, "plan") ?? {},
    ) as CompiledPolicy;
    expect(() => createPolicy(referring, new Map())).toThrow("the plan was read");
  });

  it("is not made with a built-in that is missing", () => {
    expect(() => createPolicy({ ...compiled, builtins: ["nowhere"] }, new Map())).toThrow(
      "nowhere",
    );
  });

  it("is made where the runtime forbids code from strings", () => {
    const program = `
      import { createPolicy } from ${JSON.stringify(new URL("./index.ts", import.meta.url))};
      const policy = createPolicy(${JSON.stringify(compiled)}, new Map());
      const effects = [["a"], ["x"]].map((labels) => policy.evaluate({ stage: "request", labels }).effect);
      console.log(effects.join());`;
    const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "-e", program];
    const printed = execFileSync(process.execPath, flags, { encoding: "utf8" });
    expect(printed.trim()).toBe("allow,deny");
  });
});
