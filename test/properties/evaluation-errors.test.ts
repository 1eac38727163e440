// What a decision says where an evaluation fails: which function failed, and nothing of what it was given unless
// an author asks. It goes to clients and into the audit log.

import { builtins } from "@writ/builtins";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import { createPolicy, type Policy } from "@writ/evaluator";
import { parseRego } from "@writ/syntax";
import { describe, expect, it } from "vitest";

function policyOf(body: string): Policy {
  const file = { file: "p.rego", text: `package p\n\nallow if {\n\t${body}\n}\n` };
  const { program, diagnostics } = check([parseRego(file).module], {
    vocabularies: {},
    builtins,
    sources: makeSources([file]),
  });
  if (program === undefined) throw new Error(diagnostics.map(({ title }) => title).join("; "));
  const locate = () => ({ line: 1, column: 1 });
  return createPolicy(
    compile(program, { inputSchema: {}, vocabularies: {}, data: {}, locate }),
    builtins,
  );
}

const cases: readonly (readonly [
  what: string,
  body: string,
  input: { readonly [key: string]: string },
  code: string,
  message: string,
  quoted: string,
])[] = [
  [
    "a pattern of the input",
    'regex.match(input.x, "b")',
    { x: "a(secret" },
    "eval_builtin_error",
    "`regex.match` failed",
    "secret",
  ],
  [
    "a value of another type",
    "count(input.n) > 0; abs(input.x) > 1",
    { x: "secret", n: "n" },
    "eval_type_error",
    "`abs` failed",
    "abs: operand 1",
  ],
  [
    "a text that is too long",
    'long := replace(input.x, "a", input.x); count(long) > 0',
    { x: "a".repeat(4_000) },
    "eval_limit_error",
    "replace: a text has 10,000,000 characters at most",
    "replace: a text",
  ],
  [
    "a text that no memory holds",
    'long := replace(input.x, "a", input.x); count(long) > 0',
    { x: "a".repeat(40_000) },
    "eval_limit_error",
    // So much of it that the work is too much before the text is too long.
    "evaluation took more than 1000000 steps",
    "evaluation took more than 1000000 steps",
  ],
  [
    "a template that is too long",
    'count($"{input.x}{input.x}") > 0',
    { x: "a".repeat(6_000_000) },
    "eval_limit_error",
    "a template: a text has 10,000,000 characters at most",
    "a template: a text",
  ],
  [
    "a width that is too much",
    'sprintf("%20000d", [count(input.x)]) != ""',
    { x: "secret" },
    "eval_builtin_error",
    "`sprintf` failed",
    "10000 at most",
  ],
];

describe("a decision that fails for", () => {
  it.each(cases)(
    "%s denies, and says no more than where",
    (_, body, input, code, message, quoted) => {
      const policy = policyOf(body);
      const decision = policy.evaluate(input);
      expect([decision.effect, decision.reasons, decision.errors]).toEqual([
        "deny",
        [{ code, message }],
        [{ code, message }],
      ]);
      expect(policy.evaluate(input, { quotesInput: true }).errors[0]?.message).toContain(quoted);
    },
  );
});
