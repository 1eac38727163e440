import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClassifier, type Finding, moveFinding, spansOf } from "./index.ts";
import { samples } from "./samples.ts";

const classifier = createClassifier({
  hashKey: createSecretKey(Buffer.alloc(32, 7)),
  dictionaries: [{ label: "custom.project", terms: ["Blue Heron", "Blue Heron Two"] }],
});
const runs = Number(process.env["FUZZ_RUNS"] ?? 300);

/** By text: `label:text`, and whether it counts there. */
function found(texts: readonly string[]): readonly (readonly string[])[] {
  return classifier
    .classifyJoined(texts)
    .map((findings, index) =>
      findings.map(
        ({ label, start, end, count }) =>
          `${label}:${texts[index]?.slice(start, end)}${count === 0 ? " (rest)" : ""}`,
      ),
    );
}

describe("texts joined", () => {
  it.each<readonly [texts: readonly string[], findings: readonly (readonly string[])[]]>([
    [
      ["The key is below", "AKIAQ3EGRJ7XV5ZT2MNB"],
      [[], ["secret.aws_access_key:AKIAQ3EGRJ7XV5ZT2MNB"]],
    ],
    [
      ["AKIAQ3EGRJ", "7XV5ZT2MNB"],
      [["secret.aws_access_key:AKIAQ3EGRJ"], ["secret.aws_access_key:7XV5ZT2MNB (rest)"]],
    ],
    [
      ["password: ", "Tr0ub4dor3xQ9"],
      [[], ["secret.generic:Tr0ub4dor3xQ9"]],
    ],
    [
      ["536", "-90", "-4399"],
      [["pii.ssn:536"], ["pii.ssn:-90 (rest)"], ["pii.ssn:-4399 (rest)"]],
    ],
    [
      ["536-90-4399", "1 apples"],
      [["pii.ssn:536-90-4399"], []],
    ],
    [
      ["", "536-90-4399", ""],
      [[], ["pii.ssn:536-90-4399"], []],
    ],
    [[], []],
  ])("%j", (texts, findings) => {
    expect(found(texts)).toEqual(findings);
  });

  it("find a long value cut anywhere, as what it is", () => {
    const { text } = samples["jwt"] ?? { text: "" };
    for (let cut = 1; cut < text.length; cut += 7) {
      const [first, second] = classifier.classifyJoined([text.slice(0, cut), text.slice(cut)]);
      const labels = [...(first ?? []), ...(second ?? [])].map(({ label }) => label);
      expect(labels).toContain("secret.jwt");
    }
  });

  it("find all that each holds alone", () => {
    const piece = fc.constantFrom(
      ...Object.values(samples).flatMap(({ text, failing }) => [text, ...failing]),
      " ",
      "\n",
    );
    const text = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
        const joined = classifier.classifyJoined(texts);
        for (const [index, each] of texts.entries()) {
          for (const { label, start, end } of classifier.classify(each)) {
            const isCovered = joined[index]?.some(
              (other) => other.label === label && other.start <= start && other.end >= end,
            );
            expect(isCovered, `${label} in ${each}`).toBe(true);
          }
        }
      }),
      { numRuns: runs },
    );
  });

  it("cost no more than their length, however many they are", () => {
    const cost = (count: number): number => {
      const texts = Array.from({ length: count }, () => "a@b.co ".repeat(10));
      const before = process.cpuUsage();
      expect(classifier.classifyJoined(texts).flat()).toHaveLength(count * 10);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    cost(500);
    // A hundred would be the square.
    expect(cost(10_000) / Math.max(cost(1_000), 20)).toBeLessThan(30);
  }, 60_000);
});

/** What a joined stream makes of texts cut like this, put together again. */
function streamed(
  texts: readonly string[],
  cut: (text: string) => readonly string[],
): readonly {
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly isLast: boolean;
}[] {
  const stream = classifier.joinedStream();
  const out = texts.map(() => ({ text: "", findings: [] as Finding[], isLast: false }));
  const take = (parts: ReturnType<typeof stream.push>): void => {
    for (const { index, text, findings, isLast } of parts) {
      const whole = out[index];
      if (whole === undefined) throw new Error("no such text");
      expect(whole.isLast).toBe(false);
      for (const finding of findings) {
        expect(finding.end).toBeLessThanOrEqual(text.length);
        const moved = moveFinding(finding, whole.text.length, Number.POSITIVE_INFINITY);
        if (moved !== undefined) whole.findings.push(moved);
      }
      whole.text += text;
      whole.isLast = isLast;
    }
  };
  for (const [index, text] of texts.entries()) {
    for (const chunk of cut(text)) take(stream.push(chunk));
    take(index === texts.length - 1 ? stream.end() : stream.next());
  }
  return out;
}

describe("a joined stream", () => {
  const piece = fc.oneof(
    fc.constantFrom(...Object.values(samples).flatMap(({ text, failing }) => [text, ...failing])),
    fc.constantFrom(
      " ",
      "\n",
      ".",
      "-",
      "@",
      "&#6",
      "4;",
      "\\",
      "u0041",
      "\u0301",
      "\ud83d",
      "\ude00",
    ),
    fc.string({ unit: "grapheme", maxLength: 4 }),
  );
  const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(""));

  it("gives the same text and findings as whole texts, for every way of cutting", () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (texts, size) => {
          const parts = (each: string): readonly string[] =>
            Array.from({ length: Math.ceil(each.length / size) }, (_unused, index) =>
              each.slice(index * size, (index + 1) * size),
            );
          const out = streamed(texts, parts);
          expect(out.map((each) => each.text)).toEqual(texts);
          expect(out.every(({ isLast }) => isLast)).toBe(true);
          expect(out.map(({ findings }) => findings)).toEqual(classifier.classifyJoined(texts));
        },
      ),
      { numRuns: runs },
    );
  });

  it("releases a text when nothing in it can go on in the next", () => {
    const stream = classifier.joinedStream();
    expect(stream.push("The key is below. ")).toMatchObject([
      { index: 0, text: "The key is below. ", isLast: false },
    ]);
    expect(stream.next()).toMatchObject([{ index: 0, text: "", isLast: true }]);
    expect(stream.push("AKIAQ3EGRJ")).toEqual([]);
    expect(stream.next()).toEqual([]);
    const parts = stream.push("7XV5ZT2MNB and more. ");
    expect(parts.map(({ index, isLast }) => [index, isLast])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(parts.map(({ findings }) => findings.map(({ count }) => count))).toEqual([[1], [0]]);
  });
});

describe("a finding in a text it is part of", () => {
  it("keeps what of it lies there", () => {
    const [finding] = classifier.classify("536-90-4399");
    if (finding === undefined) throw new Error("nothing found");
    expect(moveFinding(finding, -4, 20)).toMatchObject({ start: 0, end: 7 });
    expect(moveFinding(finding, -11, 20)).toBeUndefined();
    const many = classifier.classify("a@b.co ".repeat(300)).at(-1);
    if (many === undefined) throw new Error("nothing found");
    const moved = moveFinding(many, -7 * 298, 100);
    expect(moved).toMatchObject({ start: 0, end: 13, count: 2 });
    expect(moved === undefined ? [] : [...spansOf(moved)]).toEqual([
      [0, 6],
      [7, 13],
    ]);
  });
});
