import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtinRecognisers } from "./catalogue.ts";
import { createClassifier, type Finding, redact, spansOf } from "./index.ts";
import { samples } from "./samples.ts";

const classifier = createClassifier({
  hashKey: createSecretKey(Buffer.alloc(32, 7)),
  dictionaries: [{ label: "custom.project", terms: ["Heron", "Blue Heron", "Heron Two"] }],
});
const runs = Number(process.env["FUZZ_RUNS"] ?? 300);
const { entries, fromEntries, values } = Object;

function labels(text: string): readonly string[] {
  return [...new Set(classifier.classify(text).map(({ label }) => label))].sort();
}

/** Whether findings of the label cover every character of the span. */
function covers(findings: readonly Finding[], label: string, from: number, to: number): boolean {
  let reached = from;
  const spans = findings
    .filter((finding) => finding.label === label)
    .flatMap((finding) => [...spansOf(finding)])
    .sort(([a], [b]) => a - b);
  for (const [start, end] of spans) if (start <= reached) reached = Math.max(reached, end);
  return reached >= to;
}

/** Whether the sample's value, in this text after `lead` characters, is found. */
function finds(text: string, lead: number, recogniser: string): boolean {
  const sample = samples[recogniser];
  if (sample === undefined) return false;
  const value = sample.value ?? sample.text;
  const start = lead + sample.text.indexOf(value);
  return covers(classifier.classify(text), sample.label, start, start + value.length);
}

it("every recogniser has a sample, which is found", () => {
  expect(Object.keys(samples).sort()).toEqual(builtinRecognisers.map(({ id }) => id).sort());
  const missed = entries(samples).filter(([id, { text }]) => !finds(text, 0, id));
  expect(fromEntries(missed)).toEqual({});
});

describe("overlapping findings keep their labels", () => {
  it.each<readonly [text: string, ...labels: readonly string[]]>([
    ["AKIAQ3EGRJ7XV5ZT2MNB@x.co", "pii.email", "secret.aws_access_key"],
    ["MRN: 12345678@x.co", "phi.mrn", "pii.email"],
    ["4539148803436467@a.de", "pci.card", "pii.email"],
    ["password: Tr0ub4dor3xQ9@corp.com", "pii.email", "secret.generic"],
    ["write to heron@example.org", "custom.project", "pii.email"],
    ["write to jane@heron.example.org", "custom.project", "pii.email"],
    ["ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8@x.co", "pii.email", "secret.github_token"],
    ["api_key=AKIAQ3EGRJ7XV5ZT2MNB", "secret.aws_access_key", "secret.generic"],
    ["password=4539148803436467x@a.de", "pii.email", "secret.generic"],
    ["536-90-4399@x.co", "pii.email", "pii.ssn"],
    ["10.0.12.255@x.co", "net.ipv4", "pii.email"],
    ["GB29NWBK60161331926819@bank.example", "fin.iban", "pii.email"],
  ])("%s", (text, ...expected) => {
    expect(labels(text)).toEqual(expect.arrayContaining(expected));
  });

  it("an example of a document's is no secret under another name", () => {
    expect(labels("password: AKIAIOSFODNN7EXAMPLE")).toEqual(["secret.aws_access_key.test_value"]);
  });

  it("of one label what lies inside another counts once", () => {
    expect(classifier.classify("Blue Heron")).toHaveLength(1);
    const overlapping = classifier.classify("Blue Heron Two");
    expect(overlapping.map(({ start, end }) => [start, end])).toEqual([
      [0, 10],
      [5, 14],
    ]);
  });

  it("whatever local part an address has, its label stays (every recogniser)", () => {
    const lost = entries(samples).flatMap(([id, { text, label, value = text }]) => {
      // What may stand in an address at all, up to the length of a local part.
      if (!/^[A-Za-z0-9._%+'-]{1,64}$/.test(value) || value.includes("..")) return [];
      const found = labels(`${text}@example.org`);
      return found.includes(label) && found.includes("pii.email") ? [] : [id];
    });
    expect(lost).toEqual([]);
  });
});

describe("a candidate consumes nothing", () => {
  it.each([
    ["expires 2026 4539 1488 0343 6467", "card", "4539"],
    ["ref AB12 CONTRACT DE89 3704 0044 0532 0130 00", "iban", "DE89"],
    ["see...jane.roe@example.org", "email", "jane"],
    ["4539 1488 0343 6467 123", "card", "4539"],
    ["DE89 3704 0044 0532 0130 00 GB29NWBK60161331926819", "iban", "DE89"],
    ["+12345678 (415) 555-0132", "phone", "(415)"],
  ])("%s", (text, recogniser, begin) => {
    expect(finds(text, text.indexOf(begin), recogniser)).toBe(true);
  });

  it("finds what follows a shortened value", () => {
    const text = "DE89 3704 0044 0532 0130 00 GB29 NWBK 6016 1331 9268 19";
    const found = classifier.classify(text).map(({ start, end }) => text.slice(start, end));
    expect(found).toEqual(["DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19"]);
  });

  const separators = [" ", "  ", ", ", "\n", "\t", "; "];
  it("every value is found after every failing candidate (all pairs of recognisers)", () => {
    const missed: string[] = [];
    for (const { failing } of values(samples)) {
      for (const candidate of failing) {
        for (const separator of separators) {
          for (const [id, { text }] of entries(samples)) {
            const lead = `${candidate}${separator}`;
            if (!finds(`${lead}${text}`, lead.length, id)) missed.push(`${id}: ${lead}${text}`);
          }
        }
      }
    }
    expect(missed).toEqual([]);
  });

  it("every value is found after every other value (all pairs of recognisers)", () => {
    const missed: string[] = [];
    for (const first of values(samples)) {
      for (const separator of separators) {
        for (const [id, { text }] of entries(samples)) {
          const lead = `${first.text}${separator}`;
          if (!finds(`${lead}${text}`, lead.length, id)) missed.push(`${id}: ${lead}${text}`);
        }
      }
    }
    expect(missed).toEqual([]);
  });
});

describe("masks", () => {
  const all = (text: string): ReadonlySet<string> => new Set(labels(text));

  it.each([
    ["AKIAQ3EGRJ7XV5ZT2MNB@x.co", "[REDACTED:pii.email]"],
    ["a 4539148803436467@a.de b", "a [REDACTED:pii.email] b"],
    ["Blue Heron Two!", "[REDACTED:custom.project]!"],
    ["MRN: 12345678@x.co", "MRN: [REDACTED:pii.email]"],
  ])("of everything in %s", (text, masked) => {
    expect(redact(text, classifier.classify(text), all(text))).toBe(masked);
  });

  it.each([
    ["AKIAQ3EGRJ7XV5ZT2MNB@x.co", "secret.aws_access_key", "[REDACTED:secret.aws_access_key]@x.co"],
    ["password: Tr0ub4dor3xQ9@corp.com", "secret.generic", "password: [REDACTED:secret.generic]"],
    ["to heron@example.org", "custom.project", "to [REDACTED:custom.project]@example.org"],
  ])("of one label in %s: %s", (text, label, masked) => {
    expect(redact(text, classifier.classify(text), new Set([label]))).toBe(masked);
  });

  it("cover every span of the labels asked for, and nothing else", () => {
    const piece = fc.constantFrom(
      ...values(samples).flatMap(({ text, failing }) => [text, ...failing]),
      ..."@x.co|Heron Two|Blue | |.|-|@".split("|"),
    );
    const wanted = fc.subarray(classifier.labels as string[]);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), wanted, (pieces, labelList) => {
        const text = pieces.join("");
        const chosen = new Set(labelList);
        const findings = classifier.classify(text);
        const isMasked = new Array<boolean>(text.length).fill(false);
        for (const finding of findings) {
          if (!chosen.has(finding.label)) continue;
          for (const [start, end] of spansOf(finding)) isMasked.fill(true, start, end);
        }
        const kept = [...text].filter((_character, index) => !isMasked[index]).join("");
        const out = redact(text, findings, chosen).replaceAll(/\[REDACTED:[\w.]+\]/g, "");
        expect(out).toBe(kept);
      }),
      { numRuns: runs },
    );
  });

  it.each([
    ['{"ssn": 536904399, "a": 1}', '{"ssn": "[REDACTED:pii.ssn]", "a": 1}'],
    ['[{"ssn":"536-90-4399"}]', '[{"ssn":"[REDACTED:pii.ssn]"}]'],
    ['{"a\\"ssn": 536904399}', '{"a\\"ssn": "[REDACTED:pii.ssn]"}'],
    ["{ssn: 536904399}", "{ssn: [REDACTED:pii.ssn]}"],
    ['{"card":4539148803436467}', '{"card":"[REDACTED:pci.card]"}'],
    ["[4539148803436467, 2]", '["[REDACTED:pci.card]", 2]'],
  ])("leave JSON that is JSON: %s", (text, masked) => {
    expect(redact(text, classifier.classify(text), all(text))).toBe(masked);
  });
});
