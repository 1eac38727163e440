import { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWithShared, sharedPath } from "../../../../test/shared-data.ts";
import { createClassifier, type Finding, redact } from "./index.ts";

const classifier = createClassifier({
  hashKey: createSecretKey(Buffer.alloc(32, 7)),
  dictionaries: [{ label: "custom.project", terms: ["Blue Heron", "Blue Heron Two"] }],
});
const runs = Number(process.env["FUZZ_RUNS"] ?? 300);

/** The findings as `label:text`, in order. */
function found(text: string): readonly string[] {
  return classifier
    .classify(text)
    .map(({ label, start, end }) => `${label}:${text.slice(start, end)}`);
}

const cases: readonly (readonly [text: string, findings: readonly string[]])[] = [
  ["write to jane.doe@example.org today", ["pii.email:jane.doe@example.org"]],
  ["my SSN is 536-90-4399.", ["pii.ssn:536-90-4399"]],
  ["ssn: 536904399", ["pii.ssn:536904399"]],
  ["SSN536-90-4399", ["pii.ssn:536-90-4399"]],
  ["ssn_536-90-4399, x-536-90-4399", ["pii.ssn:536-90-4399", "pii.ssn:536-90-4399"]],
  ["see...536.90.4399", ["pii.ssn:536.90.4399"]],
  ["536 90-4399", ["pii.ssn:536 90-4399"]],
  ["536\t90\t4399", ["pii.ssn:536\t90\t4399"]],
  ["SSN #:\n536904399", ["pii.ssn:536904399"]],
  ['{"log":"line\\nAKIAQ3EGRJ7XV5ZT2MNB\\n"}', ["secret.aws_access_key:AKIAQ3EGRJ7XV5ZT2MNB"]],
  ["tab\\t536-90-4399\\u0041", ["pii.ssn:536-90-4399"]],
  [
    "AWS_SECRET_ACCESS_KEY=vZ8kQ2mN4pR7tX1cB9sD3fG6hJ0lW5yE8uA2iO4q",
    ["secret.aws_secret_key:vZ8kQ2mN4pR7tX1cB9sD3fG6hJ0lW5yE8uA2iO4q"],
  ],
  ["000-12-3456 and 666-12-3456 and 912-12-3456 and 123-00-4567", []],
  ["078-05-1120 is an example", ["pii.ssn.test_value:078-05-1120"]],
  ["card 4929 1240 7681 9018, thanks", ["pci.card:4929 1240 7681 9018"]],
  ["card 4929124076819018", ["pci.card:4929124076819018"]],
  ["card 4929124076819019", []],
  ["4111111111111111", ["pci.card.test_value:4111111111111111"]],
  ["pay to DE89 3704 0044 0532 0130 00 EUR 5", ["fin.iban:DE89 3704 0044 0532 0130 00"]],
  ["pay to GB29NWBK60161331926819", ["fin.iban:GB29NWBK60161331926819"]],
  ["pay to GB29NWBK60161331926818", []],
  [
    "call (415) 555-0132 or +44 20 7946 0958",
    ["pii.phone:(415) 555-0132", "pii.phone:+44 20 7946 0958"],
  ],
  [
    "host 10.0.12.255 and 2001:db8::8a2e:370:7334",
    ["net.ipv4:10.0.12.255", "net.ipv6:2001:db8::8a2e:370:7334"],
  ],
  ["at 12:34:56 in version 1.2.3", []],
  ["AKIAQ3EGRJ7XV5ZT2MNB", ["secret.aws_access_key:AKIAQ3EGRJ7XV5ZT2MNB"]],
  ["AKIAIOSFODNN7EXAMPLE", ["secret.aws_access_key.test_value:AKIAIOSFODNN7EXAMPLE"]],
  [
    "aws_secret_access_key = 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",
    ["secret.aws_secret_key:q8Zt1v0bN5kY7uXcR2mWpL9sHj4dFgA6eTiOoKuM"],
  ],
  [
    "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8",
    ["secret.github_token:ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"],
  ],
  ["patient MRN: 00483920 admitted", ["phi.mrn:00483920"]],
  ["order 00483920 shipped", []],
  [
    "about blue heron two and Blue Heron",
    ["custom.project:blue heron two", "custom.project:Blue Heron"],
  ],
  ["ssn \uff15\uff13\uff16\u201090\u20104399", ["pii.ssn:\uff15\uff13\uff16\u201090\u20104399"]],
  ["536-\u200b90-43\u200d99", ["pii.ssn:536-\u200b90-43\u200d99"]],
  [
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ["secret.private_key:-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"],
  ],
];

describe("classify", () => {
  it.each(cases)("%s", (text, findings) => {
    expect(found(text)).toEqual(findings);
  });

  it("hashes equal values alike, different ones differently, under its key", () => {
    const [a, b, c] = classifier.classify("536-90-4399 536-90-4399 537-90-4399");
    expect(a?.hash).toBe(b?.hash);
    expect(a?.hash).not.toBe(c?.hash);
    const other = createClassifier({ hashKey: createSecretKey(Buffer.alloc(32, 8)) });
    expect(other.classify("536-90-4399")[0]?.hash).not.toBe(a?.hash);
  });

  it("has another version with another dictionary", () => {
    const other = createClassifier({ hashKey: createSecretKey(Buffer.alloc(32, 7)) });
    expect(other.version).not.toBe(classifier.version);
  });
});

describe("redact", () => {
  it("masks the labels asked for and leaves the rest", () => {
    const text = "SSN 536-90-4399, mail a.b@example.org";
    expect(redact(text, classifier.classify(text), new Set(["pii.ssn"]))).toBe(
      "SSN [REDACTED:pii.ssn], mail a.b@example.org",
    );
  });
});

/** What a stream makes of a text cut at these places: the text and the findings put together again. */
function streamed(
  text: string,
  cuts: readonly number[],
): { readonly text: string; readonly findings: readonly Finding[] } {
  const stream = classifier.stream();
  const findings: Finding[] = [];
  let out = "";
  let last = 0;
  const take = (settled: ReturnType<typeof stream.push>): void => {
    for (const finding of settled.findings) {
      findings.push({
        ...finding,
        start: finding.start + out.length,
        end: finding.end + out.length,
      });
      expect(finding.end).toBeLessThanOrEqual(settled.text.length);
    }
    out += settled.text;
  };
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    take(stream.push(text.slice(last, cut)));
    last = cut;
  }
  take(stream.push(text.slice(last)));
  take(stream.end());
  return { text: out, findings };
}

const pieces = fc.constantFrom(
  "\\",
  "\\\\",
  "\\n",
  "\\u0041",
  "\\u00",
  ...cases.map(([text]) => text),
  " ",
  ".",
  ", ",
  "\n",
  "-",
  "4",
  "a",
  "@",
  "\ud83d\ude00",
  "\u00e9",
  "1",
  "(",
  "+1 ",
  "eyJ",
  "sk-",
  "AKIA",
);
const dense = fc
  .array(fc.oneof(pieces, fc.string({ unit: "grapheme", maxLength: 6 })), { maxLength: 8 })
  .map((parts) => parts.join(""));

describe("a stream", () => {
  it("gives the same text and findings for every way of cutting (chunking invariance)", () => {
    fc.assert(
      fc.property(dense, fc.array(fc.nat(400), { maxLength: 30 }), (text, places) => {
        const cuts = places.map((place) => place % (text.length + 1));
        const result = streamed(text, cuts);
        expect(result.text).toBe(text);
        expect(result.findings).toEqual(classifier.classify(text));
      }),
      { numRuns: runs },
    );
  });

  it("gives the same for single characters", () => {
    fc.assert(
      fc.property(dense, (text) => {
        const cuts = Array.from({ length: text.length }, (_unused, index) => index);
        expect(streamed(text, cuts).findings).toEqual(classifier.classify(text));
      }),
      { numRuns: runs },
    );
  });

  it("never releases the start of what turns out to be a match", () => {
    const stream = classifier.stream();
    let out = "";
    for (const chunk of ["my SSN is 5", "36-9", "0-43", "99 and that is it"])
      out += stream.push(chunk).text;
    expect(out.startsWith("my SSN is ")).toBe(true);
    const early = classifier.stream();
    expect(early.push("my SSN is 536-90-43").text).toBe("my SSN is ");
  });

  it("holds nothing back once nothing can match", () => {
    const stream = classifier.stream();
    expect(stream.push("a plain sentence. ").text).toBe("a plain sentence. ");
    expect(stream.held).toBe(0);
  });

  it("says so when it would have to hold more than it may", () => {
    const small = createClassifier({
      hashKey: createSecretKey(Buffer.alloc(32)),
      maxHeld: 100,
    }).stream();
    expect(small.push(`-----BEGIN PRIVATE KEY-----${"A".repeat(200)}`).overflow).toBe(true);
  });
});

describe("hostile text", () => {
  const units = [
    "1",
    "1-",
    "a@",
    "a.",
    "key ",
    "(",
    "AKIA",
    ":",
    "a:",
    "password=",
    "eyJ",
    "+1 ",
    "DE89",
    "mrn ",
    "-----BEGIN ",
    "\u200b1",
    "sk-",
    "4 ",
    "a@b.co ",
    "536-90-4399 ",
    " +123456789012345678901234567x",
    "password=a1b2c3d4e5f6g7h8 ",
    "4111 1111 1111 1111 111x ",
    "\\n",
    "\\u0041",
  ];
  it.each(units)("of %j costs no more than its length", (unit) => {
    const time = (length: number): number => {
      const text = unit.repeat(length / unit.length);
      let best = Number.POSITIVE_INFINITY;
      for (let run = 0; run < 3; run += 1) {
        const startedAt = performance.now();
        classifier.classify(text);
        best = Math.min(best, performance.now() - startedAt);
      }
      return best;
    };
    time(2_000);
    // Quadratic work on a quarter of a million characters is minutes.
    expect(time(250_000)).toBeLessThan(2_000);
  });
});

interface Row {
  readonly text: string;
  readonly spans?: readonly {
    readonly start: number;
    readonly end: number;
    readonly label: string;
    readonly valid?: boolean;
  }[];
}

function rows(corpus: string): readonly Row[] {
  const lines = gunzipSync(readFileSync(sharedPath(`classify/${corpus}.jsonl.gz`)))
    .toString()
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Row);
}

/** How many of the labelled spans (those that can exist) a finding of the label covers or meets. */
function recall(corpus: string, label: string): number {
  let all = 0;
  let hit = 0;
  for (const { text, spans = [] } of rows(corpus)) {
    const wanted = spans.filter((span) => span.label === label && span.valid !== false);
    if (wanted.length === 0) continue;
    const findings = classifier.classify(text).filter((finding) => finding.label.startsWith(label));
    for (const span of wanted) {
      all += 1;
      if (findings.some(({ start, end }) => start < span.end && end > span.start)) hit += 1;
    }
  }
  return hit / all;
}

describeWithShared("the corpora", () => {
  it.each([
    ["pii_presidio_synth", "pci.card", 0.98],
    ["pii_presidio_synth", "pii.email", 0.98],
    ["pii_presidio_synth", "fin.iban", 0.98],
    ["pii_anon_bench", "pii.ssn", 0.97],
    ["pii_anon_bench", "pii.email", 0.95],
    ["pii_anon_bench", "pci.card", 0.8],
  ])("%s %s recall is at least %d", (corpus, label, floor) => {
    expect(recall(corpus, label)).toBeGreaterThanOrEqual(floor);
  });

  it("finds next to nothing in benign prose", () => {
    const texts = rows("benign_mtbench").map(({ text }) => text);
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    const findings = texts.flatMap((text) => classifier.classify(text));
    expect(findings.length / (characters / 1e6)).toBeLessThan(30);
  });

  it("streams the corpora as it classifies them", () => {
    for (const { text } of rows("pii_presidio_synth").slice(0, 400)) {
      const cuts = Array.from(
        { length: Math.ceil(text.length / 4) },
        (_unused, index) => index * 4,
      );
      expect(streamed(text, cuts).findings).toEqual(classifier.classify(text));
    }
  });
});
