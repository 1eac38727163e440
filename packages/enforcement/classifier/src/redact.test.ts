import { describe, expect, it } from "vitest";
import type { Finding } from "./findings.ts";
import { masksFor, redact } from "./redact.ts";

const finding = (
  label: string,
  start: number,
  end: number,
  tier: Finding["tier"] = "likely",
): Finding => ({ label, recogniser: "r", tier, start, end, hash: "", count: 1 });
const labels = new Set(["a", "b", "c"]);

describe("masks", () => {
  it.each<readonly [what: string, findings: readonly Finding[], masks: readonly string[]]>([
    ["nothing", [], []],
    ["labels that were not asked for", [finding("d", 0, 4)], []],
    ["in order", [finding("b", 5, 9), finding("a", 0, 4)], ["0-4 a", "5-9 b"]],
    ["side by side", [finding("a", 0, 4), finding("b", 4, 8)], ["0-4 a", "4-8 b"]],
    ["overlapping", [finding("a", 0, 4), finding("b", 3, 5)], ["0-5 a"]],
    ["overlapping, the longer first", [finding("a", 0, 4), finding("b", 3, 8)], ["0-8 b"]],
    ["inside", [finding("a", 0, 9), finding("b", 2, 5)], ["0-9 a"]],
    ["inside, but surer", [finding("a", 0, 9), finding("b", 2, 5, "certain")], ["0-9 b"]],
    ["inside, less sure", [finding("a", 0, 4), finding("b", 3, 9, "possible")], ["0-9 a"]],
    ["of one place, by name", [finding("b", 0, 4), finding("a", 0, 4)], ["0-4 a"]],
    ["of one beginning, by length", [finding("a", 0, 4), finding("b", 0, 6)], ["0-6 b"]],
    [
      "one after another, as one",
      [finding("a", 0, 4), finding("b", 3, 8), finding("c", 7, 9, "certain"), finding("a", 9, 12)],
      ["0-9 c", "9-12 a"],
    ],
    [
      "the surest, then one as sure and shorter",
      [finding("a", 0, 4), finding("b", 1, 9, "certain"), finding("c", 2, 5, "certain")],
      ["0-9 b"],
    ],
    [
      "all that a finding stands for",
      [{ ...finding("a", 0, 9), spans: Uint32Array.from([0, 2, 7, 9]) }, finding("b", 3, 5)],
      ["0-2 a", "3-5 b", "7-9 a"],
    ],
  ])("are of %s", (_, findings, masks) => {
    const made = masksFor(findings, labels);
    expect(made.map(({ start, end }) => `${start}-${end}`)).toEqual(
      masks.map((mask) => mask.split(" ")[0]),
    );
    expect(made.map(({ text }) => text)).toEqual(
      masks.map((mask) => `[REDACTED:${mask.split(" ")[1]}]`),
    );
  });

  it.each<readonly [text: string, value: string, masked: string]>([
    ['{"n":12345}', "12345", '{"n":"[REDACTED:a]"}'],
    ['{"n":-123.45e+6,"m":1}', "123", '{"n":"[REDACTED:a]","m":1}'],
    ["[12345]", "234", '["[REDACTED:a]"]'],
    [" \n[1,12345]", "12345", ' \n[1,"[REDACTED:a]"]'],
    ['{"n":"12345"}', "12345", '{"n":"[REDACTED:a]"}'],
    ['{"n":"\\"12345"}', "12345", '{"n":"\\"[REDACTED:a]"}'],
    ['{"n":"\\\\","m":12345}', "12345", '{"n":"\\\\","m":"[REDACTED:a]"}'],
    ["{ 12345", "12345", "{ [REDACTED:a]"],
    ["x [12345]", "12345", "x [[REDACTED:a]]"],
    ["12345", "12345", "[REDACTED:a]"],
  ])("keep JSON JSON, and all else as it is: %s", (text, value, masked) => {
    const start = text.indexOf(value);
    expect(redact(text, [finding("a", start, start + value.length)], labels)).toBe(masked);
  });

  it("leave everything else", () => {
    expect(redact("one two three", [finding("a", 4, 7)], labels)).toBe("one [REDACTED:a] three");
    expect(redact("one", [], labels)).toBe("one");
  });
});
