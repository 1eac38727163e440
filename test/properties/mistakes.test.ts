// What the checker says can never hold does so for no input, and what it says conflicts does for some: tried
// on every input that tells small policies apart.

import { builtins } from "@writ/builtins";
import { check } from "@writ/checker";
import { makeSources } from "@writ/diagnostics";
import { createPolicy } from "@writ/evaluator";
import { parseRego } from "@writ/syntax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSmall, everyInput, smallPolicy, smallSchema } from "./small-policies.ts";

const runs = Math.ceil(Number(process.env["FUZZ_RUNS"] ?? 1000) / 2);
const bodies = fc.tuple(smallPolicy(true), smallPolicy(true)).map(([first, second]) => ({
  a: first.rules[0]?.body ?? "true",
  b: second.rules[0]?.body ?? "true",
  helper: `helper if ${first.helper}\n`,
}));

/** Codes of what is said of the rules above the helper. */
function codesOf(rules: string, helper: string): readonly string[] {
  const file = { file: "p.rego", text: `package p\n\n${rules}\n${helper}` };
  const { diagnostics } = check([parseRego(file).module], {
    inputSchema: smallSchema,
    vocabularies: {},
    builtins,
    sources: makeSources([file]),
    data: {},
  });
  const end = file.text.length - helper.length;
  return diagnostics.filter(({ primary }) => primary.span.start < end).map(({ code }) => code);
}

/** The inputs for which a body holds. */
function inputsOf(body: string, helper: string): readonly number[] {
  const policy = createPolicy(compileSmall(`package p\n\nallow if ${body}\n\n${helper}`), builtins);
  return everyInput.flatMap((input, index) =>
    policy.evaluate(input).effect === "allow" ? [index] : [],
  );
}

describe("what is said of rules", () => {
  it("that can never hold is so for every input (never_holds_is_sound)", () => {
    let found = 0;
    fc.assert(
      fc.property(bodies, ({ a, helper }) => {
        if (!codesOf(`allow if ${a}\n`, helper).includes("E0404")) return;
        found += 1;
        expect(inputsOf(a, helper)).toEqual([]);
      }),
      { numRuns: runs },
    );
    expect(found).toBeGreaterThan(runs / 100);
  });

  it("that conflict is so for some input (conflicts_are_sound)", () => {
    let found = 0;
    fc.assert(
      fc.property(bodies, ({ a, b, helper }) => {
        const text = `limit := 1 if ${a}\n\nlimit := 2 if ${b}\n`;
        if (!codesOf(text, helper).includes("E0405")) return;
        found += 1;
        const both = new Set(inputsOf(a, helper));
        expect(inputsOf(b, helper).some((index) => both.has(index))).toBe(true);
      }),
      { numRuns: runs },
    );
    expect(found).toBeGreaterThan(runs / 100);
  });
});
