import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonFault } from "./json-fault.ts";

const faults: readonly (readonly [text: string, reason: string, start: number])[] = [
  ["", "expected a value", 0],
  ['{"a": 1,}', "expected a name in double quotes", 8],
  ["[1, ]", "expected a value", 4],
  ['{"a": 1 "b": 2}', "expected `,` or `}`", 8],
  ["[1 2]", "expected `,` or `]`", 3],
  ['{"a" 1}', "expected `:`", 5],
  ["{a: 1}", "expected a name in double quotes", 1],
  ["{'a': 1}", "expected a name in double quotes", 1],
  ['{"a": NaN}', "expected a value", 6],
  ['{"a": 1} // why', "expected nothing more", 9],
  ["[01]", "expected `,` or `]`", 2],
  ["[1e99999]", "this number has too many digits", 1],
  ['["a\nb"]', "this text has no end, or a character that must be escaped", 1],
  ['["a\\x"]', "this text has no end, or a character that must be escaped", 1],
  ['["a', "this text has no end, or a character that must be escaped", 1],
  ['{"a": 1, "a": 2}', 'the object has "a" already', 9],
  ['{"a": 1, "\\u0061": 2}', 'the object has "a" already', 9],
  ["[".repeat(1_000_000), "it is nested deeper than 100 levels", 100],
  [`{"a": ${"[".repeat(100)}${"]".repeat(100)}}`, "it is nested deeper than 100 levels", 105],
  [`["${"a".repeat(12_000_000)}`, "this text has no end, or a character that must be escaped", 1],
];

describe("what is wrong with JSON", () => {
  it.each(faults)("%j", (text, reason, start) => {
    expect(findJsonFault(text)).toEqual({ reason, start });
  });

  it("is nothing for a long text, and for a hundred levels", () => {
    expect(findJsonFault(`["${"a\\n\u007f\u{1f600}".repeat(3_000_000)}"]`)).toBeUndefined();
    expect(findJsonFault(`${"[".repeat(100)}1${"]".repeat(100)}`)).toBeUndefined();
  });

  it("is nothing where JSON.parse takes a text, and something where it does not", () => {
    const json = fc.json({ maxDepth: 4 });
    const broken = fc
      .tuple(json, fc.nat(), fc.constantFrom("", ",", '"', "}", "]", ":", "1", "x", "\\", "\u0001"))
      .map(([text, at, mark]) => {
        const place = at % (text.length + 1);
        return `${text.slice(0, place)}${mark}${text.slice(place + (mark === "" ? 1 : 0))}`;
      });
    fc.assert(
      fc.property(fc.oneof(json, broken), (text) => {
        const fault = findJsonFault(text);
        // Of names given twice JSON.parse takes the last.
        if (fault?.reason.endsWith("already") === true) return;
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(fault === undefined).toBe(isJson);
      }),
      { numRuns: 2_000 },
    );
  });
});
