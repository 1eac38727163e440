// Streams that nobody has thought of: random blocks cut at random places, with frames dropped, repeated and exchanged.
// Whatever a client puts together from what it gets was inspected whole, decided and recorded; and an answer gets the
// same masks, findings and decisions whole as it gets streamed.

import { createHash, createSecretKey } from "node:crypto";
import { createClassifier } from "@writ/classifier";
import { parseJson } from "@writ/evaluator";
import { createFrameDecoder } from "@writ/event-stream";
import {
  callGateway,
  encodeEventFrame as encode,
  type GatewayUnderTest,
  type LoggedRecord,
} from "@writ/gateway-testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUnderTest } from "./start.ts";

const POLICY = `package p

allow := true

deny contains "secret" if "secret.aws_access_key" in input.labels

deny contains "over the cap" if {
	input.action.name == "refund"
	input.action.parameters.amount > 500
}

deny contains "too often" if {
	some f in input.findings
	f.label == "pii.email"
	f.count > 1
}

redact contains "pii.ssn"
`;
const DENIED = "secret.aws_access_key";
const MASKED = "pii.ssn";

const classifier = createClassifier({ hashKey: createSecretKey(Buffer.alloc(32, 1)) });
let under: GatewayUnderTest;
let calls = 0;
/** A log is read from its beginning: it must not grow with the runs. */
const CALLS_PER_LOG = 25;
async function startAnew(): Promise<void> {
  if (calls > 0) await under.close();
  under = await startUnderTest({ policy: POLICY });
}
beforeAll(startAnew);
afterAll(() => under.close());

interface Block {
  readonly kind: "text" | "thinking" | "tool";
  readonly name: string;
  readonly text: string;
  readonly cuts: readonly number[];
}

const words = fc.constantFrom(
  "hello ",
  "the key: ",
  "AKIAQ3EGRJ",
  "7XV5ZT2MNB",
  " 536-90-",
  "4399 ",
  "jane@example.org ",
  ". ",
  "1",
);
const said = fc.array(words, { maxLength: 5 }).map((list) => list.join(""));
const parameters = fc
  .record({
    amount: fc.constantFrom("20", "900", "900.00000000000000001", "1e400", "500.0"),
    note: said,
  })
  .map(({ amount, note }) => `{"amount":${amount},"note":${JSON.stringify(note)}}`);
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 4 });
const block: fc.Arbitrary<Block> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("text" as const),
      name: fc.constant(""),
      text: said,
      cuts,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("thinking" as const),
      name: fc.constant(""),
      text: said,
      cuts,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("tool" as const),
      name: fc.constantFrom("refund", "look"),
      text: parameters,
      cuts,
    }),
  },
);

function pieces({ text, cuts: places }: Block): readonly string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  const ends = [...at, text.length];
  return ends.map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end));
}

interface Frame {
  readonly [type: string]: unknown;
}

function framesOf(blocks: readonly Block[]): readonly Frame[] {
  const frames: Frame[] = [{ messageStart: { role: "assistant" } }];
  for (const [contentBlockIndex, one] of blocks.entries()) {
    if (one.kind === "tool") {
      const start = { toolUse: { toolUseId: `t${contentBlockIndex}`, name: one.name } };
      frames.push({ contentBlockStart: { contentBlockIndex, start } });
    }
    for (const piece of pieces(one)) {
      const delta = {
        text: { text: piece },
        thinking: { reasoningContent: { text: piece } },
        tool: { toolUse: { input: piece } },
      }[one.kind];
      frames.push({ contentBlockDelta: { contentBlockIndex, delta } });
    }
    frames.push({ contentBlockStop: { contentBlockIndex } });
  }
  frames.push({ messageStop: { stopReason: "end_turn" } });
  return frames;
}

/** What a model should not do to its frames. */
type Disorder = readonly [kind: "drop" | "repeat" | "swap" | "move", at: number, to: number];
const disorder: fc.Arbitrary<Disorder> = fc.tuple(
  fc.constantFrom("drop", "repeat", "swap", "move"),
  fc.nat({ max: 40 }),
  fc.nat({ max: 40 }),
);

function disturb(frames: readonly Frame[], disorders: readonly Disorder[]): readonly Frame[] {
  let list = [...frames];
  for (const [kind, one, other] of disorders) {
    const [at, to] = [one % Math.max(1, list.length), other % Math.max(1, list.length)];
    const frame = list[at];
    if (frame === undefined) continue;
    if (kind === "drop") list.splice(at, 1);
    else if (kind === "repeat") list.splice(to, 0, frame);
    else if (kind === "move") {
      list.splice(at, 1);
      list.splice(to, 0, frame);
    } else
      list = list.map((item, index) =>
        index === at ? (list[to] as Frame) : index === to ? frame : item,
      );
  }
  return list;
}

interface Assembled {
  readonly texts: Map<string, string>;
  readonly tools: { readonly name: string; input: string; isWhole: boolean }[];
  isComplete: boolean;
  reason: string;
}

/** As clients do it: by index, whatever the order. */
function assemble(bytes: Buffer): Assembled {
  const decoded = createFrameDecoder({ maxFrameBytes: 1 << 24 }).push(bytes);
  if (!decoded.ok) throw new Error(decoded.error.message);
  const out: Assembled = { texts: new Map(), tools: [], isComplete: false, reason: "" };
  const open = new Map<number, Assembled["tools"][number]>();
  for (const frame of decoded.frames) {
    const type = String(frame.headers.get(":event-type")?.value ?? "exception");
    const value = JSON.parse(frame.payload.toString());
    const index = value.contentBlockIndex as number;
    if (type === "contentBlockStart") addTool(out, open, index, value.start?.toolUse?.name);
    if (type === "contentBlockDelta") addDelta(out, open, index, value.delta);
    const tool = open.get(index);
    if (type === "contentBlockStop" && tool !== undefined) tool.isWhole = true;
    if (type !== "messageStop") continue;
    out.isComplete = true;
    out.reason = value.stopReason;
  }
  return out;
}

type OpenTools = Map<number, Assembled["tools"][number]>;

function addTool(out: Assembled, open: OpenTools, index: number, name: string | undefined): void {
  if (name === undefined) return;
  const tool = { name, input: "", isWhole: false };
  open.set(index, tool);
  out.tools.push(tool);
}

interface Delta {
  readonly text?: string;
  readonly reasoningContent?: { readonly text?: string };
  readonly toolUse?: { readonly input: string };
}

function addDelta(out: Assembled, open: OpenTools, index: number, delta: Delta): void {
  const { text, reasoningContent, toolUse } = delta;
  const tool = open.get(index);
  if (toolUse !== undefined && tool !== undefined) tool.input += toolUse.input;
  const key = `${reasoningContent === undefined ? "text" : "thinking"} ${index}`;
  const more = text ?? reasoningContent?.text;
  if (more !== undefined) out.texts.set(key, (out.texts.get(key) ?? "") + more);
}

/** Everything that must not be in what a client got. */
function leaks({ texts, tools }: Assembled): readonly string[] {
  const kinds = ["text", "thinking"].map((kind) =>
    [...texts].filter(([key]) => key.startsWith(kind)).map(([, text]) => text),
  );
  const readings = [
    ...kinds.flat(),
    ...kinds.map((list) => list.join("")),
    ...tools.map(({ input }) => input),
  ];
  return readings.filter((text) =>
    classifier.classify(text).some(({ label }) => label === DENIED || label === MASKED),
  );
}

async function stream(frames: readonly Frame[]) {
  const bytes = frames.map(encode);
  calls += 1;
  if (calls % CALLS_PER_LOG === 0) await startAnew();
  under.answer = (_body, outgoing) => {
    outgoing.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    outgoing.end(Buffer.concat(bytes));
  };
  const got = await callGateway(under.port, { operation: "converse-stream" }, HELLO);
  expect(got.status).toBe(200);
  const all = await under.records();
  const records = all.filter(({ call }) => call === got.headers["x-amzn-requestid"]);
  return { client: assemble(got.body), records, bytes: got.body };
}

const HELLO = Buffer.from('{"messages":[{"role":"user","content":[{"text":"hello"}]}]}');

function parametersDigest(input: string): string {
  const text = JSON.stringify(input === "" ? {} : parseJson(input));
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

function expectRecorded(client: Assembled, records: readonly LoggedRecord[]): void {
  const actions = records.filter(({ stage }) => stage === "action");
  for (const [index, tool] of client.tools.entries()) {
    expect(actions[index]).toMatchObject({
      decision: { effect: "allow" },
      action: { name: tool.name, parameters: parametersDigest(tool.input) },
    });
  }
  const endings = records.filter(({ ending }) => ending !== undefined);
  expect(endings.length).toBe(1);
  expect(records.at(-1)?.ending).toBe(endings[0]?.ending);
}

const runs = Number(process.env["FUZZ_RUNS"] ?? 60);

it("of any frames in any order leave nothing that was not inspected, decided and recorded", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(block, { maxLength: 4 }),
      fc.array(disorder, { maxLength: 3 }),
      async (blocks, disorders) => {
        const { client, records } = await stream(disturb(framesOf(blocks), disorders));
        expect(leaks(client)).toEqual([]);
        expectRecorded(client, records);
      },
    ),
    { numRuns: runs },
  );
});

function wholeOf(blocks: readonly Block[]): string {
  const content = blocks.map(({ kind, name, text }, index) => {
    if (kind === "text") return JSON.stringify({ text });
    if (kind === "thinking")
      return JSON.stringify({ reasoningContent: { reasoningText: { text } } });
    return `{"toolUse":{"toolUseId":"t${index}","name":"${name}","input":${text}}}`;
  });
  return `{"output":{"message":{"role":"assistant","content":[${content.join(",")}]}},"stopReason":"end_turn"}`;
}

it("and whole answers get the same masks and decisions", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 4 }), async (blocks) => {
      const streamed = await stream(framesOf(blocks));
      under.answer = (_body, outgoing) => {
        outgoing.writeHead(200, { "content-type": "application/json" });
        outgoing.end(wholeOf(blocks));
      };
      const whole = await callGateway(under.port, { operation: "converse" }, HELLO);
      const isAllowed = streamed.client.reason === "end_turn";
      expect(whole.status, JSON.stringify(streamed.client.reason)).toBe(isAllowed ? 200 : 403);
      if (!isAllowed) return;
      const content = JSON.parse(whole.body.toString()).output.message.content as readonly {
        readonly text?: string;
        readonly reasoningContent?: { readonly reasoningText: { readonly text: string } };
        readonly toolUse?: object;
      }[];
      const texts = content.flatMap(({ text }) => text ?? []);
      const streamedTexts = [...streamed.client.texts].filter(([key]) => key.startsWith("text"));
      expect(streamedTexts.map(([, text]) => text)).toEqual(texts);
      expect(streamed.client.tools.length).toBe(content.filter((one) => one.toolUse).length);
      const all = await under.records();
      const records = all.filter(({ call }) => call === whole.headers["x-amzn-requestid"]);
      // In which order blocks of several kinds are settled is no part of what was found.
      const sorted = (findings: unknown): readonly string[] =>
        (findings as readonly { readonly hashes: readonly string[] }[])
          .map((finding) => JSON.stringify({ ...finding, hashes: [...finding.hashes].sort() }))
          .sort();
      const seen = (list: readonly LoggedRecord[]): unknown[] => [
        list
          .filter(({ ending }) => ending !== undefined)
          .map(({ labels, findings, decision }) => ({
            labels,
            findings: sorted(findings),
            decision,
          })),
        list
          .filter(({ stage }) => stage === "action")
          .map(({ labels, findings, decision, action }) => ({
            labels,
            findings: sorted(findings),
            decision,
            action,
          })),
      ];
      expect(seen(streamed.records)).toEqual(seen(records));
    }),
    { numRuns: runs },
  );
});
