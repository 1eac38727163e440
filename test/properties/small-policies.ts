// Random policies over an input so small that all of its inputs can be listed: what is claimed about a
// policy is compared with what it decides, input by input.

import { builtins } from "@writ/builtins";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import type { CompiledPolicy, Value } from "@writ/evaluator";
import type { Program } from "@writ/ir";
import { parseRego } from "@writ/syntax";
import fc from "fast-check";

const stages = ["request", "response", "action"];
const groups = ["a", "b"];
/** The last integer after which not every one is a double. */
const LARGE = Number.MAX_SAFE_INTEGER;
const labels = ["pii.x", "pii.y"];

export const smallSchema: { readonly [keyword: string]: unknown } = {
  type: "object",
  additionalProperties: false,
  required: ["stage", "groups", "labels"],
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
  allOf: [{ if: { properties: { stage: { const: "action" } } }, then: { required: ["action"] } }],
  properties: {
    stage: { type: "string", enum: stages },
    groups: { type: "array", items: { type: "string" }, uniqueItems: true },
    labels: { type: "array", items: { type: "string", enum: labels }, uniqueItems: true },
    tokens: { type: "integer", minimum: 0 },
    model: { type: "string" },
    action: {
      type: "object",
      additionalProperties: false,
      required: ["kind"],
      properties: { kind: { type: "string", enum: ["tool", "code"] }, name: { type: "string" } },
    },
  },
};

/** Every input that tells any two of the policies below apart: constants, and one value beside them. */
export const everyInput: readonly Value[] = product([
  stages.map((stage) => ({ stage })),
  subsets(groups).map((each) => ({ groups: each })),
  subsets(labels).map((each) => ({ labels: each })),
  [{}, ...[0, 1, 2, 3, 4, 5, LARGE, LARGE + 1].map((tokens) => ({ tokens }))],
  [{}, ...["a", "ab", "ac", "b", "z"].map((model) => ({ model }))],
  [
    {},
    ...["tool", "code"].flatMap((kind) => [{ action: { kind } }, { action: { kind, name: "a" } }]),
  ],
]).filter((input) => input["stage"] !== "action" || "action" in input);

const word = fc.constantFrom("a", "ab", "b");
const bound = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 4 }) },
  { weight: 1, arbitrary: fc.constant(LARGE) },
);
const condition = fc.oneof(
  fc.constantFrom(...stages).map((stage) => `input.stage == "${stage}"`),
  fc.constantFrom(...groups).map((group) => `"${group}" in input.groups`),
  fc.constantFrom(...labels).map((label) => `"${label}" in input.labels`),
  fc
    .tuple(fc.constantFrom("<", "<=", ">", ">="), bound)
    .map(([op, value]) => `input.tokens ${op} ${value}`),
  word.map((model) => `input.model == "${model}"`),
  fc.constant('input.model in ["a", "b"]'),
  fc.constantFrom(
    'startswith(input.model, "a")',
    'input.action.kind == "tool"',
    'input.action.name == "a"',
    "input.action",
    "helper",
  ),
);
/** What no test says. */
const opaque = fc.constantFrom(
  "count(input.groups) > 1",
  "count(input.labels) == 1",
  'contains(input.model, "b")',
);
const negatable = (each: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: each },
    { weight: 1, arbitrary: each.map((text) => `not ${text}`) },
  );

function bodyOf(statement: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(statement, { minLength: 1, maxLength: 3 })
    .map((lines) => `{\n\t${lines.join("\n\t")}\n}`);
}

export interface SmallRule {
  readonly kind: "allow" | "deny" | "redact";
  readonly body: string;
}

/** A few rules and the body of a helper. `withOpaque`: some conditions are residuals. */
export function smallPolicy(withOpaque: boolean): fc.Arbitrary<{
  readonly rules: readonly SmallRule[];
  readonly helper: string;
}> {
  const statement = negatable(
    withOpaque
      ? fc.oneof({ weight: 4, arbitrary: condition }, { weight: 1, arbitrary: opaque })
      : condition,
  );
  return fc.record({
    rules: fc.array(
      fc.record({
        kind: fc.constantFrom("allow", "allow", "deny", "redact"),
        body: bodyOf(statement),
      }),
      { minLength: 1, maxLength: 5 },
    ) as fc.Arbitrary<readonly SmallRule[]>,
    helper: bodyOf(condition.filter((text) => text !== "helper")),
  });
}

export function regoOf({
  rules,
  helper,
}: {
  readonly rules: readonly SmallRule[];
  readonly helper: string;
}): string {
  const heads = {
    allow: () => "allow",
    deny: (index: number) => `deny contains "d${index}"`,
    redact: () => 'redact contains "r"',
  };
  const texts = rules.map(({ kind, body }, index) => `${heads[kind](index)} if ${body}\n`);
  return `package p\n\n${texts.join("\n")}\nhelper if ${helper}\n`;
}

export function compileSmall(text: string): CompiledPolicy {
  return compileProgram(checkSmall(text));
}

export function checkSmall(text: string): Program {
  const file = { file: "p.rego", text };
  const { program } = check([parseRego(file).module], {
    inputSchema: smallSchema,
    vocabularies: {},
    builtins,
    sources: makeSources([file]),
    data: {},
  });
  // A rule that contradicts itself is an error of its author's, and no subject here.
  fc.pre(program !== undefined);
  if (program === undefined) throw new Error("a policy without a program went on");
  return program;
}

export function compileProgram(program: Program): CompiledPolicy {
  return compile(program, {
    inputSchema: smallSchema,
    vocabularies: {},
    data: {},
    locate: () => ({ line: 1, column: 1 }),
  });
}

interface Part {
  readonly [key: string]: Value;
}

function product(parts: readonly (readonly Part[])[]): readonly Part[] {
  return parts.reduce<readonly Part[]>(
    (all, choices) => all.flatMap((each) => choices.map((choice) => ({ ...each, ...choice }))),
    [{}],
  );
}

function subsets([first, ...rest]: readonly string[]): readonly (readonly string[])[] {
  if (first === undefined) return [[]];
  const without = subsets(rest);
  return [...without, ...without.map((each) => [first, ...each])];
}
