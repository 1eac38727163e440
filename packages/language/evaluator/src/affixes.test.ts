import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkAffixes, longestAffix } from "./affixes.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "é", "\ud83d", "\ude00"), maxLength: 6 });

describe.each(["start", "end"] as const)("affixes at the %s", (end) => {
  it("are those that a text has, longest first", () => {
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 20 }), text, (constants, value) => {
        const affixes = linkAffixes(
          end,
          constants.map((constant, index) => [constant, index] as const),
        );
        const found: string[] = [];
        let at = longestAffix(affixes, value);
        for (; at >= 0; at = affixes.shorter[at] as number)
          found.push(constants[affixes.targets[at] as number] as string);
        const has = (constant: string): boolean =>
          end === "start" ? value.startsWith(constant) : value.endsWith(constant);
        expect(found).toEqual(constants.filter(has).sort((a, b) => b.length - a.length));
      }),
      { numRuns: 1000 },
    );
  });
});
