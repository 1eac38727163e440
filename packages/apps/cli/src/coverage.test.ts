import { makeSources } from "@writ/diagnostics";
import type { Value } from "@writ/evaluator";
import { formatRego, formatYaml, parseRego, parseYaml } from "@writ/syntax";
import { CoverageRecorder, compileSet } from "@writ/workspace";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderCoverage } from "./coverage-report.ts";
import { environment } from "./environment.ts";
import { emptyPolicySet } from "./policy-set.ts";

/** The coverage of one file by decisions on these inputs, as its JSON says it. */
function cover(file: string, text: string, inputs: readonly unknown[], likeOpa = true) {
  const source = { file, text };
  const { module, diagnostics } = file.endsWith(".rego")
    ? parseRego(source)
    : parseYaml(source, () => "number");
  expect(diagnostics).toEqual([]);
  const sources = makeSources([source]);
  const set = { ...emptyPolicySet, modules: [module], files: [source], sources };
  const { compiled } = compileSet(set, { includeTests: true, likeOpa });
  if (compiled === undefined) throw new Error(text);
  const recorder = new CoverageRecorder(compiled, environment.builtins);
  for (const input of inputs) recorder.decide(input as Value);
  const json = renderCoverage(recorder.result(), { format: "json", folder: ".", sources });
  const document = JSON.parse(json) as {
    readonly summary: { readonly [part: string]: unknown };
    readonly files: readonly {
      readonly rules: readonly {
        readonly name: string;
        readonly kind: string;
        line: number;
        held: number;
      }[];
      readonly conditions: readonly {
        text: string;
        line: number;
        held: number;
        failed: number | null;
      }[];
    }[];
  };
  const [found] = document.files;
  return {
    summary: document.summary,
    rules: found?.rules.map(({ name, kind, line, held }) => `${line} ${name} ${kind} ${held}`),
    conditions: found?.conditions.map(
      ({ text: at, line, held, failed }) => `${line} ${at}: ${held}/${failed ?? "-"}`,
    ),
  };
}

const cases = [
  {
    name: "counts how often a condition held and failed, and one that was not reached",
    file: "a.rego",
    text: "package a\n\nallow if {\n\tinput.x == 1\n\tinput.y\n}\n",
    inputs: [{ x: 1, y: true }, { x: 2, y: true }, {}],
    rules: ["3 data.a.allow clause 1"],
    conditions: ["4 input.x == 1: 1/2", "5 input.y: 1/0"],
  },
  {
    name: "counts a reference that enumerates as one condition, by whether it holds at all",
    file: "a.rego",
    text: 'package a\n\nallow if input.xs[_].name == "b"\n',
    inputs: [{ xs: [{ name: "a" }, { name: "b" }] }, { xs: [{ name: "a" }] }, { xs: [] }],
    rules: ["3 data.a.allow clause 1"],
    conditions: ['3 input.xs[_].name == "b": 1/2'],
  },
  {
    name: "does not ask a name given to a value to fail, nor `true`, `some x` and `print` for anything",
    file: "a.rego",
    text: 'package a\n\ndeny contains msg if {\n\tsome i\n\ttrue\n\tprint("seen", input.x)\n\tinput.xs[i] > 1\n\tmsg := sprintf("%v", [i])\n}\n',
    inputs: [{ xs: [1, 2] }],
    rules: ["3 data.a.deny clause 1"],
    conditions: ["7 input.xs[i] > 1: 1/0", '8 msg := sprintf("%v", [i]): 1/-'],
  },
  {
    name: "tells else branches and defaults apart",
    file: "a.rego",
    text: "package a\n\ndefault level := 0\n\nlevel := 1 if input.x == 1\n\nelse := 2 if input.x == 2\n\nallow if level > 0\n",
    inputs: [{ x: 2 }, {}],
    rules: [
      "3 data.a.level default 1",
      "5 data.a.level clause 0",
      "7 data.a.level else 1",
      "9 data.a.allow clause 1",
    ],
    conditions: ["5 input.x == 1: 0/2", "7 input.x == 2: 1/1", "9 level > 0: 1/1"],
  },
  {
    name: "asks an allow that is one value, with its default and branches, as a decision does",
    file: "a.rego",
    text: "package a\n\ndefault allow := false\n\nallow := true if input.x == 1\n\nelse := false if input.x == 2\n",
    inputs: [{ x: 2 }],
    rules: ["3 data.a.allow default 0", "5 data.a.allow clause 0", "7 data.a.allow else 1"],
    conditions: ["5 input.x == 1: 0/1", "7 input.x == 2: 1/0"],
  },
  {
    name: "counts conditions inside comprehensions and every, and what `not` and `with` stand before once",
    file: "a.rego",
    text: "package a\n\nallow if {\n\tcount([x | some x in input.xs; x > 1]) == 1\n\tevery x in input.xs {\n\t\tx < 3\n\t}\n\tnot input.off\n\tnot small with input.n as 5\n}\n\nsmall if input.n < 3\n",
    inputs: [{ xs: [1, 2] }, { xs: [3] }, { xs: [1, 2], off: true }],
    rules: ["3 data.a.allow clause 1", "12 data.a.small clause 0"],
    conditions: [
      "4 count([x | some x in input.xs; x > 1]) == 1: 3/0",
      "4 some x in input.xs: 3/0",
      "4 x > 1: 3/2",
      "5 every x in input.xs { x < 3 }: 2/1",
      "6 x < 3: 4/1",
      "8 not input.off: 1/1",
      "9 not small with input.n as 5: 1/0",
      "12 input.n < 3: 0/1",
    ],
  },
  {
    name: "counts helper rules that are inlined into the trees, and functions",
    file: "a.rego",
    text: 'package a\n\ndeny contains "x" if {\n\thelper\n\tbig(input.n)\n}\n\nhelper if input.x == 1\n\nhelper if input.x == 2\n\nbig(n) if n > 3\n',
    inputs: [
      { x: 2, n: 4 },
      { x: 3, n: 4 },
    ],
    rules: [
      "3 data.a.deny clause 1",
      "8 data.a.helper clause 0",
      "10 data.a.helper clause 1",
      "12 data.a.big clause 1",
    ],
    conditions: [
      "4 helper: 1/1",
      "5 big(input.n): 1/0",
      "8 input.x == 1: 0/2",
      "10 input.x == 2: 1/1",
      "12 n > 3: 1/0",
    ],
  },
  {
    name: "counts a condition once whose operands are looked at before it, and as failed where one is missing",
    file: "a.rego",
    text: "package a\n\nallow if {\n\tstartswith(lower(input.a), x)\n\tx = input.b\n\tnot count(input.xs) > 1\n\tnot input.c in input.cs[0]\n}\n",
    inputs: [
      { a: "Ab", b: "a", xs: [1], c: 1, cs: [[2]] },
      { b: "a" },
      { a: "Ab", b: "a", xs: [1, 2] },
      { a: "Ab", b: "a" },
      { a: "Ab", b: "a", xs: [], cs: [] },
    ],
    rules: ["3 data.a.allow clause 1"],
    conditions: [
      "4 startswith(lower(input.a), x): 1/1",
      "5 x = input.b: 4/-",
      "6 not count(input.xs) > 1: 2/2",
      "7 not input.c in input.cs[0]: 1/1",
    ],
  },
  {
    name: "counts operators of YAML on one path one by one, but for what asks only whether it is there",
    file: "a.yaml",
    text: "package: a\nrules:\n  - effect: allow\n    when:\n      - input.n: { at_least: 1, at_most: 5, not_in: [3] }\n      - input.s: { exists: true, not_in: [a] }\n",
    inputs: [{ n: 2, s: "b" }, { n: 3 }, { n: 9 }, { n: 1, s: "a" }, {}],
    rules: ["3 data.a.allow clause 1"],
    conditions: [
      "5 input.n: { at_least: 1 }: 4/1",
      "5 input.n: { at_least: 1, at_most: 5 }: 3/1",
      "5 input.n: { at_least: 1, at_most: 5, not_in: [3] }: 2/1",
      "6 input.s: { exists: true, not_in: [a] }: 1/1",
    ],
  },
  {
    name: "does not count what a head enumerates as a condition",
    file: "a.rego",
    text: "package a\n\ndeny contains input.xs[_] if input.on\n",
    inputs: [{ on: true, xs: ["a"] }],
    rules: ["3 data.a.deny clause 1"],
    conditions: ["3 input.on: 1/0"],
  },
  {
    name: "finds the lines of YAML conditions: operators, `any`, `not`, several in one mapping",
    file: "a.yaml",
    text: 'package: a\nrules:\n  - effect: deny\n    reason: "no {input.stage}"\n    when:\n      - input.stage: request\n        input.n: { greater_than: 1, not_in: [5, 6] }\n      - any:\n          - input.model.id: a\n          - input.model.id: { prefix: b }\n            input.labels: { any_of: [x, y] }\n      - not:\n          input.off: true\n  - effect: allow\n',
    inputs: [
      { stage: "request", n: 2, model: { id: "a" }, labels: [] },
      { stage: "request", n: 5, model: { id: "b" }, labels: ["x"] },
      { stage: "request", n: 3, model: { id: "b1" }, labels: ["y"], off: true },
    ],
    rules: ["3 data.a.deny clause 1", "14 data.a.allow clause 3"],
    conditions: [
      "6 input.stage: request: 3/0",
      "7 input.n: { greater_than: 1 }: 3/0",
      "7 input.n: { greater_than: 1, not_in: [5, 6] }: 2/1",
      "8 any: - input.model.id: a - input.model.id: { prefix: b } in…: 2/0",
      "9 input.model.id: a: 1/1",
      "10 input.model.id: { prefix: b }: 1/0",
      "11 input.labels: { any_of: [x, y] }: 1/0",
      "12 not: input.off: true: 1/1",
    ],
  },
  {
    name: "counts a named condition once, and a YAML rule with several labels as one rule",
    file: "a.yaml",
    text: "package: a\nconditions:\n  asked:\n    - input.stage: request\nrules:\n  - effect: redact\n    labels: [pii.ssn, pii.email]\n    when:\n      - condition: asked\n  - effect: allow\n    when:\n      - condition: asked\n",
    inputs: [
      { stage: "request", labels: ["pii.ssn"] },
      { stage: "action", labels: [] },
    ],
    rules: ["6 data.a.redact clause 1", "10 data.a.allow clause 1"],
    conditions: ["4 input.stage: request: 3/3", "7 pii.ssn: 1/0", "7 pii.email: 0/1"],
  },
];

describe("coverage", () => {
  it.each(cases)("$name", ({ file, text, inputs, rules, conditions }) => {
    expect(cover(file, text, inputs)).toMatchObject({ rules, conditions });
  });

  it("is all of it where there is nothing to cover", () => {
    expect(cover("a.rego", "package a\n", []).summary).toMatchObject({ percent: 100 });
  });

  it("counts a tree's branches only when a decision was asked for", () => {
    const text =
      'package a\n\nallow if input.stage == "a"\n\ndeny contains "x" if input.stage == "b"\n';
    expect(cover("a.rego", text, []).summary).toMatchObject({ branches: { total: 0 } });
    expect(cover("a.rego", text, [{ stage: "a" }]).summary).toMatchObject({
      branches: { covered: 2, total: 4 },
    });
  });

  it("asks for no value that the schema does not have", () => {
    const rule = (stage: string): string => `allow if input.stage == "${stage}"\n`;
    const stages = ["request", "retrieval", "response", "action"];
    const branches = (of: readonly string[], likeOpa: boolean) => {
      const text = `package a\n\n${of.map(rule).join("\n")}`;
      return cover("a.rego", text, [{ stage: "request" }], likeOpa).summary["branches"];
    };
    expect(branches(stages, false)).toEqual({ covered: 1, total: 4 });
    expect(branches(stages, true)).toEqual({ covered: 1, total: 5 });
    expect(branches(stages.slice(1), false)).toEqual({ covered: 1, total: 4 });
  });

  it("does not change with the layout", () => {
    const layout = fc.record({
      separator: fc.constantFrom("; ", "\n\t", "\n\n\n\t# why\n\t"),
      gap: fc.constantFrom("\n", "\n\n\n"),
      space: fc.constantFrom("", "   "),
    });
    const conditions = [
      "input.x==1",
      "not input.y",
      "some z in input.zs",
      "count([w|some w in input.zs;w>1])>0",
    ];
    const bodies = fc.array(fc.uniqueArray(fc.constantFrom(...conditions), { minLength: 1 }), {
      minLength: 1,
      maxLength: 4,
    });
    const inputs = fc.array(
      fc.record(
        {
          x: fc.integer({ min: 0, max: 2 }),
          y: fc.boolean(),
          zs: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(bodies, layout, inputs, (all, { separator, gap, space }, given) => {
        const rules = all.map((body, index) =>
          `deny contains "${index}" if {${space}\n\t${body.join(separator)}\n}\n`.replaceAll(
            "==",
            `${space}==${space}`,
          ),
        );
        const text = `package a\n${gap}${rules.join(gap)}`;
        const formatted = formatRego({ file: "a.rego", text }) ?? "";
        expect(cover("a.rego", text, given).summary).toEqual(
          cover("a.rego", formatted, given).summary,
        );
      }),
      { numRuns: 100 },
    );
  });

  it.each(cases.filter(({ file }) => file.endsWith(".yaml")))(
    "does not change with the layout of YAML: $name",
    ({ file, text, inputs }) => {
      const spread = text.replaceAll("\n", "\n\n# why\n");
      const formatted = formatYaml({ file, text: spread }) ?? "";
      expect(formatted).not.toBe(spread);
      const { summary } = cover(file, text, inputs);
      expect(cover(file, spread, inputs).summary).toEqual(summary);
      expect(cover(file, formatted, inputs).summary).toEqual(summary);
    },
  );
});
