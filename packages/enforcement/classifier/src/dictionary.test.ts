import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClassifier } from "./index.ts";

const hashKey = createSecretKey(Buffer.alloc(32, 7));
const label = "custom.terms";

const make = (terms: readonly string[]) =>
  createClassifier({ hashKey, dictionaries: [{ label, terms }] });

describe("a dictionary", () => {
  it("finds at every word the longest term that ends with a word, and nothing else", () => {
    const letter = fc.constantFrom("a", "B", "b", " ", ".", "_");
    const term = fc.array(letter, { minLength: 1, maxLength: 4 }).map((units) => units.join(""));
    fc.assert(
      fc.property(
        fc.array(term, { maxLength: 5 }),
        fc.array(letter, { maxLength: 16 }).map((units) => units.join("")),
        (terms, text) => {
          const folded = [...new Set(terms.map((each) => each.trim().toLowerCase()))].filter(
            (each) => each !== "",
          );
          const expected: (readonly [number, number])[] = [];
          let reach = 0;
          for (let start = 0; start < text.length; start += 1) {
            if (/\w/.test(text.charAt(start - 1))) continue;
            const ends = folded
              .filter((each) => text.toLowerCase().startsWith(each, start))
              .map((each) => start + each.length)
              .filter((end) => !/\w/.test(text.charAt(end)));
            const end = Math.max(0, ...ends);
            if (end > Math.max(reach, start)) expected.push([start, end]);
            reach = Math.max(reach, end);
          }
          const found = make(terms)
            .classify(text)
            .filter((finding) => finding.label === label)
            .map(({ start, end }) => [start, end] as const);
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: Number(process.env["FUZZ_RUNS"] ?? 500) },
    );
  });

  it("may have very many terms", () => {
    const terms = Array.from(
      { length: 60_000 },
      (_unused, index) => `Term ${index.toString(36)} of the list`,
    );
    const startedAt = performance.now();
    const classifier = make(terms);
    expect(classifier.classify("see TERM 2b of the list.")).toMatchObject([{ start: 4, end: 23 }]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    const stream = classifier.stream();
    const pushedAt = performance.now();
    for (let index = 0; index < 1_000; index += 1) stream.push("term");
    // A dictionary that is looked through at each push takes ten milliseconds for each.
    expect((performance.now() - pushedAt) / 1_000).toBeLessThan(1);
  });

  it("may be empty", () => {
    expect(make([]).classify("anything")).toEqual([]);
    expect(make(["", " "]).classify("anything")).toEqual([]);
  });
});
