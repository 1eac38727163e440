import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalise, openEnd } from "./canonical.ts";
import { createClassifier } from "./index.ts";
import { Places } from "./places.ts";

const classifier = createClassifier({
  hashKey: createSecretKey(Buffer.alloc(32, 7)),
  dictionaries: [
    { label: "custom.project", terms: ["Jos\u00e9 Blue", "A\u2013B plan", "\uff38 files"] },
  ],
});

function found(text: string): readonly string[] {
  return classifier
    .classify(text)
    .map(({ label, start, end }) => `${label}:${text.slice(start, end)}`);
}

const insert = (value: string, what: string): string => [...value].join(what);

describe("a value that is written to be missed", () => {
  const ssn = "536-90-4399";
  const card = "4539148803436467";
  const key = "AKIAQ3EGRJ7XV5ZT2MNB";
  const disguises: readonly (readonly [name: string, write: (value: string) => string])[] = [
    ["controls", (value) => insert(value, "\u0001")],
    ["delete and C1 controls", (value) => insert(value, "\u007f\u0086")],
    ["escaped controls", (value) => insert(value, "\\u0000")],
    ["combining marks", (value) => insert(value, "\u0301")],
    ["stacked marks", (value) => insert(value, "\u0336\u0332")],
    ["keycaps", (value) => insert(value, "\ufe0f\u20e3")],
    ["zero width", (value) => insert(value, "\u200b")],
    ["tags", (value) => insert(value, "\u{e0041}")],
    ["decimal entities", (value) => [...value].map((c) => `&#${c.charCodeAt(0)};`).join("")],
    [
      "hexadecimal entities",
      (value) => [...value].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join(""),
    ],
    ["invisible entities", (value) => insert(value, "&shy;&zwnj;")],
    ["escapes", (value) => [...value].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join("")],
    [
      "full width",
      (value) =>
        [...value]
          .map((c) => (c === "-" ? c : String.fromCharCode(c.charCodeAt(0) + 0xfee0)))
          .join(""),
    ],
  ];
  const values: readonly (readonly [label: string, value: string])[] = [
    ["pii.ssn", ssn],
    ["pci.card", card],
    ["secret.aws_access_key", key],
    ["pii.email", "jane.roe@example.org"],
    ["fin.iban", "GB29NWBK60161331926819"],
    ["secret.github_token", "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"],
  ];

  it.each(disguises)("is found, and where it is: %s", (_name, write) => {
    for (const [label, value] of values) {
      const written = write(value);
      const text = `a ${written} b`;
      const [finding] = classifier.classify(text).filter((each) => each.label === label);
      expect(finding, `${label} in ${text}`).toBeDefined();
      expect(finding?.start).toBe(2);
      // Marks after the last character of a value are no part of it.
      expect(finding?.end).toBe(2 + written.length);
    }
  });

  it.each([
    ["a line break in a group", "536-90-43\n99"],
    ["a line break after a dash", "536-\r\n90-4399"],
    ["a number goes on after it", "536-90-4399-1"],
  ])("an SSN: %s", (_name, text) => {
    expect(found(text).map((each) => each.split(":")[0])).toEqual(["pii.ssn"]);
  });

  it.each([
    ["4539 1488\n0343 6467", "pci.card"],
    ["4539-1488-0343-\n6467", "pci.card"],
    ["DE89 3704 0044\n0532 0130 00", "fin.iban"],
    ["AKIAQ3EGRJ\n7XV5ZT2MNB", "secret.aws_access_key"],
  ])("a line break inside: %j", (text, label) => {
    expect(found(text)).toEqual([`${label}:${text}`]);
  });

  it.each([
    ["jane&commat;example&period;org", "pii.email"],
    ["jos\u00e9@example.org", "pii.email"],
    ["536&nbsp;90&nbsp;4399", "pii.ssn"],
    ["536&ndash;90&ndash;4399", "pii.ssn"],
  ])("%s", (text, label) => {
    expect(found(text)).toEqual([`${label}:${text}`]);
  });

  it.each(["jose blue", "JOS\u00c9 BLUE", "Jose\u0301 Blue", "a-b PLAN", "x files"])(
    "a term of a dictionary: %s",
    (text) => {
      expect(found(text)).toEqual([`custom.project:${text}`]);
    },
  );

  it.each(["AT&T and R&D; fish &chips;", "a &#1114112; b", "&#xd800;", "x &amp y"])(
    "text with ampersands stays itself: %s",
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );
});

describe("the view of a text", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "\\",
      "\\u",
      "\\u00",
      "41",
      "&",
      "&#",
      "&#x",
      "6",
      "5;",
      "&amp",
      ";",
      "\u0301",
      "\u200b",
      "\ud83d",
      "\ude00",
      "\u0000",
      "\u00e9",
      "\ud835\udfd3",
      "n",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

  it("does not depend on how the text is cut, and maps back to it in order", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(40), { maxLength: 6 }), (whole, at) => {
        const wholePlaces = new Places();
        const wholeView = canonicalise(whole, wholePlaces, 0, 0);
        const places = new Places();
        let view = "";
        let read = 0;
        let half = "";
        const cuts = [...new Set(at.map((place) => Math.min(place, whole.length)))].sort(
          (a, b) => a - b,
        );
        for (const [index, cut] of [...cuts, whole.length].entries()) {
          const chunk = half + whole.slice(index === 0 ? 0 : cuts[index - 1], cut);
          const end = index === cuts.length ? chunk.length : chunk.length - openEnd(chunk);
          view += canonicalise(chunk.slice(0, end), places, view.length, read);
          read += end;
          half = chunk.slice(end);
        }
        expect(view).toBe(wholeView);
        let last = 0;
        for (let index = 0; index < view.length; index += 1) {
          expect(places.startOf(index)).toBe(wholePlaces.startOf(index));
          expect(places.endOf(index)).toBe(wholePlaces.endOf(index));
          expect(places.startOf(index)).toBeGreaterThanOrEqual(last);
          last = places.endOf(index);
        }
        expect(last).toBeLessThanOrEqual(whole.length);
      }),
      { numRuns: Number(process.env["FUZZ_RUNS"] ?? 500) },
    );
  });
});
