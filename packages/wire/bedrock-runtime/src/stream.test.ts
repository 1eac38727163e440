// Where a frame could carry something past the inspection: whatever member it stands in, what it says is
// among what the reader hands on to be inspected.

import { encodeMessage } from "@writ/event-stream";
import type { StreamFrame } from "@writ/surface";
import { describe, expect, it } from "vitest";
import { callOf, openStream } from "../../../../test/bedrock-call.ts";

const SECRET = "AKIAQ3EGRJ7XV5ZT2MNB";
const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";

function reader(kind: "converse-stream" | "invoke-with-response-stream") {
  const call = callOf("POST", `/model/${encodeURIComponent(MODEL)}/${kind}`);
  if (call === undefined) throw new Error("no call of a model");
  const stream = openStream(call);
  return {
    read({ bytes }: { readonly bytes: Buffer }) {
      const received = stream.push(bytes);
      const [frame] = received.ok ? received.frames : [];
      return frame?.read() ?? { ok: false as const, message: "no frame" };
    },
  };
}

function headersOf(type: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    ":event-type": type,
    ":content-type": "application/json",
    ":message-type": "event",
    ...more,
  };
}

/** Everything that a frame gives to be inspected. */
function said({ pieces, steps, opaque }: StreamFrame): string {
  const inputs = steps.map((step) => (step.kind === "block-start" ? step.tool?.input : undefined));
  return [...pieces.map(({ text }) => text), ...inputs, ...opaque].join(" ");
}

const converse: readonly (readonly [type: string, value: { readonly [key: string]: unknown }])[] = [
  ["messageStart", { role: "assistant", extra: SECRET }],
  ["messageStart", { role: SECRET }],
  [
    "contentBlockStart",
    { contentBlockIndex: 0, start: { toolUse: { name: SECRET, toolUseId: "t" } } },
  ],
  [
    "contentBlockStart",
    { contentBlockIndex: 0, start: { toolUse: { name: "t", toolUseId: SECRET } } },
  ],
  ["contentBlockStart", { contentBlockIndex: 0, start: { other: { deep: [SECRET] } } }],
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "a", more: SECRET } }],
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "a" }, beside: SECRET }],
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "a" }, p: SECRET }],
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { toolUse: { input: "{}", x: SECRET } } }],
  [
    "contentBlockDelta",
    { contentBlockIndex: 0, delta: { reasoningContent: { text: "a", signature: SECRET } } },
  ],
  ["contentBlockStop", { contentBlockIndex: 0, x: SECRET }],
  ["messageStop", { stopReason: SECRET }],
  ["messageStop", { stopReason: "end_turn", additionalModelResponseFields: { p: SECRET } }],
  ["metadata", { usage: { inputTokens: 1, note: SECRET } }],
  ["metadata", { trace: { guardrail: { match: SECRET } } }],
  ["somethingNew", { p: SECRET }],
];

describe("a frame of ConverseStream", () => {
  it.each(converse)("%s %j is inspected whole", (type, value) => {
    const payload = Buffer.from(JSON.stringify(value));
    const read = reader("converse-stream").read(encodeMessage(headersOf(type), payload));
    expect(read.ok && said(read.frame)).toContain(SECRET);
  });

  it("is inspected with headers that nobody knows", () => {
    const headers = headersOf("messageStart", { "x-note": SECRET });
    const read = reader("converse-stream").read(encodeMessage(headers, Buffer.from("{}")));
    expect(read.ok && said(read.frame)).toContain(SECRET);
  });

  it.each([
    { reasoningContent: { redactedContent: "AAAA" } },
    { image: { format: "png", source: { bytes: "AAAA" } } },
  ])("with %j is opaque", (delta) => {
    const payload = Buffer.from(JSON.stringify({ contentBlockIndex: 0, delta }));
    const read = reader("converse-stream").read(
      encodeMessage(headersOf("contentBlockDelta"), payload),
    );
    expect(read.ok && read.frame.opaque.length > 0).toBe(true);
  });
});

const claude: readonly { readonly [key: string]: unknown }[] = [
  { type: "ping", note: SECRET },
  { type: "message_start", message: { id: SECRET, content: [] } },
  {
    type: "content_block_start",
    index: 0,
    content_block: { type: "tool_use", id: "t", name: "n", input: { note: SECRET } },
  },
  {
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "", citations: [SECRET] },
  },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "a", x: SECRET } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: SECRET } },
  { type: "content_block_delta", index: 0, x: SECRET, delta: { type: "text_delta", text: "a" } },
  { type: "content_block_stop", index: 0, x: SECRET },
  { type: "message_delta", delta: { stop_sequence: SECRET } },
  { type: "message_stop", x: SECRET },
  { type: "brand_new", deep: { p: SECRET } },
  { completion: "a", stop_reason: null, note: SECRET },
];

describe("a chunk of Claude", () => {
  it.each(claude)("%j is inspected whole", (value) => {
    const bytes = Buffer.from(JSON.stringify(value)).toString("base64");
    const payload = Buffer.from(JSON.stringify({ bytes }));
    const frame = encodeMessage(headersOf("chunk"), payload);
    const read = reader("invoke-with-response-stream").read(frame);
    expect(read.ok && said(read.frame)).toContain(SECRET);
  });

  it("is inspected with what stands beside it", () => {
    const payload = Buffer.from(JSON.stringify({ bytes: "e30=", p: SECRET }));
    const read = reader("invoke-with-response-stream").read(
      encodeMessage(headersOf("chunk"), payload),
    );
    expect(read.ok && said(read.frame)).toContain(SECRET);
  });
});
