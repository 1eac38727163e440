import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createClassifier, type Finding, MAX_LISTED, redact, spansOf } from "./index.ts";

const hashKey = createSecretKey(Buffer.alloc(32, 7));
const classifier = createClassifier({ hashKey });

const count = (findings: readonly Finding[]): number =>
  findings.reduce((sum, finding) => sum + finding.count, 0);

describe("a text with more findings than are listed", () => {
  const unit = "a@b.co ";
  const text = unit.repeat(2_000);
  const findings = classifier.classify(text);

  it("lists the first, and gathers the rest in one that counts them and knows where they are", () => {
    expect(findings).toHaveLength(MAX_LISTED + 1);
    expect(count(findings)).toBe(2_000);
    const spans = findings.flatMap((finding) => [...spansOf(finding)]);
    const expected = Array.from({ length: 2_000 }, (_unused, index) => [
      index * unit.length,
      index * unit.length + 6,
    ]);
    expect(spans).toEqual(expected);
    const rest = findings.at(-1);
    expect([rest?.start, rest?.end]).toEqual([MAX_LISTED * unit.length, text.length - 1]);
  });

  it("is masked everywhere", () => {
    const masked = redact(text, findings, new Set(["pii.email"]));
    expect(masked).toBe("[REDACTED:pii.email] ".repeat(2_000));
  });

  it("keeps the labels that come after", () => {
    const found = classifier.classify(`${text}536-90-4399`);
    expect(found.map(({ label }) => label)).toContain("pii.ssn");
  });

  it("is listed in a stream as it settles", () => {
    const stream = classifier.stream();
    const parts = [stream.push(text), stream.end()];
    expect(parts.reduce((sum, part) => sum + count(part.findings), 0)).toBe(2_000);
  });
});

describe("work and memory stay in proportion to the text", () => {
  /** CPU time, so that what else the machine does counts for nothing; the best of a few. */
  const cost = (work: () => void): number => {
    const once = (): number => {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    return Math.min(once(), once());
  };

  it.each([
    "a@b.co ",
    "a@b.co@",
    "plain words ",
    "\u0435",
    "\\u0041",
    "-----BEGIN PRIVATE KEY-----\n",
  ])(
    "for ten times as much of %j",
    (unit) => {
      const small = unit.repeat(1_000_000 / unit.length);
      const large = unit.repeat(10_000_000 / unit.length);
      classifier.classify(small);
      const few = Math.max(
        cost(() => classifier.classify(small)),
        20,
      );
      // A hundred would be the square.
      expect(cost(() => classifier.classify(large)) / few).toBeLessThan(25);
    },
    60_000,
  );

  it("for 25 MB of addresses", () => {
    const text = "a@b.co ".repeat(25_000_000 / 7);
    const before = process.memoryUsage();
    const findings = classifier.classify(text);
    const after = process.memoryUsage();
    expect(count(findings)).toBe(Math.floor(25_000_000 / 7));
    expect(findings.length).toBe(MAX_LISTED + 1);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(200e6);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(150e6);
  }, 60_000);

  it.each([
    ["JWT", `eyJ${"aB3".repeat(1_300)}.${"aB3".repeat(5_000)}.${"aB3".repeat(1_000)}`],
    ["private key", `-----BEGIN PRIVATE KEY-----\n${`${"aB3d".repeat(16)}\n`.repeat(300)}`],
    ["chain of addresses", "a@b.co@".repeat(3_000)],
  ])("for a %s that comes in small pieces", (_name, text) => {
    const push = (length: number): number =>
      cost(() => {
        const stream = classifier.stream();
        for (let at = 0; at < length; at += 4) stream.push(text.slice(at, at + 4));
      });
    push(2_000);
    // Four times the text; sixteen times would be the square.
    expect(push(20_000) / Math.max(push(5_000), 10)).toBeLessThan(10);
  });
});

describe("values that overlap in a chain", () => {
  it.each(["sk-", "pypi-", "ghp_"])("of %j are covered without a gap", (unit) => {
    const text = unit.repeat(600);
    let reached = classifier.classify(text)[0]?.start ?? -1;
    const first = reached;
    for (const finding of classifier.classify(text)) {
      for (const [start, end] of spansOf(finding)) {
        expect(start).toBeLessThanOrEqual(reached);
        reached = Math.max(reached, end);
      }
    }
    expect(first).toBe(0);
    expect(reached).toBeGreaterThan(text.length - 40);
  });
});

describe("what is held", () => {
  it("is bounded, and said to be too much", () => {
    const bounded = createClassifier({ hashKey, maxHeld: 1_000 });
    // Every key overlaps the next: no place between them cuts none.
    const chain = (push: (chunk: string) => void): void => {
      for (let at = 0; at < 500; at += 1) push("sk-");
    };
    const single = bounded.stream();
    let isOver = false;
    chain((chunk) => {
      isOver = single.push(chunk).overflow;
    });
    const joined = bounded.joinedStream();
    chain((chunk) => joined.push(chunk));
    expect([isOver, joined.overflow]).toEqual([true, true]);
    expect(bounded.joinedStream().overflow).toBe(false);
  });
});
