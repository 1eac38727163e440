// Streams that nobody has thought of: random blocks cut at random places, with steps dropped, repeated, exchanged and
// given to other blocks, in any pieces. Whatever a client puts together from what it gets was inspected whole, decided
// and recorded; and an answer gets the same masks, findings and decisions whole as it gets streamed.

import { createHash } from "node:crypto";
import type { AuditRecord } from "@writ/audit";
import { parseJson } from "@writ/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerUnderTest, type Wire } from "./answer-under-test.ts";
import {
  type Assembled,
  assemble,
  block,
  chunk,
  disorder,
  disturb,
  leaks,
  POLICY,
  readWhole,
  stepsOf,
  wholeOf,
  write,
} from "./stream-model.ts";

const under = new AnswerUnderTest(POLICY);
const runs = Number(process.env["FUZZ_RUNS"] ?? 500);
const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 3 });

type Loose = AuditRecord & {
  readonly stage?: string;
  readonly ending?: string;
  readonly labels?: unknown;
  readonly findings?: unknown;
  readonly decision?: unknown;
  readonly action?: unknown;
  readonly digests?: { readonly released?: string };
};

const digestOf = (bytes: Buffer | string): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function parametersDigest(input: string): string {
  return digestOf(JSON.stringify(input === "" ? {} : parseJson(input)));
}

function expectRecorded(client: Assembled, records: readonly Loose[]): void {
  const actions = records.filter(({ stage }) => stage === "action");
  for (const [index, tool] of client.tools.entries()) {
    expect(tool.isWhole).toBe(true);
    expect(actions[index]).toMatchObject({
      decision: { effect: "allow" },
      action: { name: tool.name, parameters: parametersDigest(tool.input) },
    });
  }
  const endings = records.filter(({ ending }) => ending !== undefined);
  expect(endings.length).toBe(1);
  expect(records.at(-1)?.ending).toBe(endings[0]?.ending);
}

/** In which order blocks of several kinds are settled is no part of what was found. */
function sorted(findings: unknown): readonly string[] {
  return (findings as readonly { readonly hashes: readonly string[] }[])
    .map((finding) => JSON.stringify({ ...finding, hashes: [...finding.hashes].sort() }))
    .sort();
}

function seen(records: readonly Loose[]): unknown[] {
  const said = ({ labels, findings, decision, action }: Loose): unknown => ({
    labels,
    findings: sorted(findings),
    decision,
    action,
  });
  return [
    records.filter(({ ending }) => ending !== undefined).map(said),
    records.filter(({ stage }) => stage === "action").map(said),
  ];
}

describe.each<Wire>(["bedrock", "anthropic"])("streams of %s", (wire) => {
  it("of any steps in any order leave nothing that was not inspected, decided and recorded", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { maxLength: 4 }),
        fc.array(disorder, { maxLength: 3 }),
        lengths,
        async (blocks, disorders, sizes) => {
          const frames = write(wire, disturb(stepsOf(blocks), disorders));
          const bytes = Buffer.concat(frames);
          const { bytes: sent, records } = await under.stream(wire, chunk(bytes, sizes));
          const client = assemble(wire, sent);
          expect(leaks(client, assemble(wire, bytes))).toEqual([]);
          expectRecorded(client, records as readonly Loose[]);
          const last = records.at(-1) as Loose;
          if (last.ending !== "complete") return;
          // What is on record is what has left; where nothing was masked that is what came.
          expect(last.digests?.released).toBe(digestOf(sent));
          if (!sent.includes("REDACTED")) expect(sent.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: runs },
    );
  });

  it("are decided alike in whatever pieces they come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 3 }), lengths, async (blocks, sizes) => {
        const bytes = Buffer.concat(write(wire, stepsOf(blocks)));
        const [one, other] = await Promise.all([
          under.stream(wire, [bytes]),
          under.stream(wire, chunk(bytes, sizes)),
        ]);
        expect(seen(other.records as readonly Loose[])).toEqual(
          seen(one.records as readonly Loose[]),
        );
        expect(assemble(wire, other.bytes)).toEqual(assemble(wire, one.bytes));
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it("and whole answers get the same masks, findings and decisions", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 4 }), async (blocks) => {
        const streamed = await under.stream(wire, write(wire, stepsOf(blocks)));
        const whole = await under.whole(wire, Buffer.from(wholeOf(wire, blocks)));
        const client = assemble(wire, streamed.bytes);
        const isAllowed = client.isComplete && client.reason === "end_turn";
        expect(whole.refused).toBe(isAllowed ? undefined : "denied");
        if (!isAllowed) return;
        const { texts, tools } = readWhole(wire, whole.bytes.toString());
        const streamedTexts = [...client.texts].filter(([key]) => key.startsWith("text"));
        // A block without a text is none where it is streamed.
        const said = (list: readonly string[]): readonly string[] =>
          list.filter((text) => text !== "");
        expect(said(streamedTexts.map(([, text]) => text))).toEqual(said(texts));
        expect(client.tools.length).toBe(tools);
        expect(seen(streamed.records as readonly Loose[])).toEqual(
          seen(whole.records as readonly Loose[]),
        );
      }),
      { numRuns: runs },
    );
  });
});
