// Events of a streamed answer: an event says the same whichever host carries it, and what readers could take for two
// things says nothing.

import { encodeMessage } from "@writ/event-stream";
import type { AnswerStream, StreamFrame } from "@writ/surface";
import { describe, expect, it } from "vitest";
import { openHostedStream } from "./hosted-stream.ts";
import { openSseStream } from "./stream.ts";

const MAX = 10_000;
const sse = (type: string, data: string): Buffer =>
  Buffer.from(`event: ${type}\ndata: ${data}\n\n`);

function chunk(data: string): Buffer {
  const bytes = Buffer.from(data).toString("base64");
  const headers = { ":event-type": "chunk", ":message-type": "event" };
  return encodeMessage(headers, Buffer.from(JSON.stringify({ bytes, p: "abc" }))).bytes;
}

function readFrom(stream: AnswerStream, bytes: Buffer): StreamFrame | undefined {
  const { frames } = stream.push(bytes);
  const read = frames[0]?.read();
  return read?.ok === true ? read.frame : undefined;
}

const fromSse = (bytes: Buffer): StreamFrame | undefined =>
  readFrom(openSseStream("m", MAX), bytes);

const delta = (of: object): object => ({ type: "content_block_delta", index: 0, delta: of });
const start = (of: object): object => ({
  type: "content_block_start",
  index: 0,
  content_block: of,
});

describe("an event", () => {
  it.each<[string, object, object]>([
    [
      "the start of an answer",
      { type: "message_start", message: { id: "m", content: [], usage: { input_tokens: 3 } } },
      { steps: [{ kind: "message-start" }], usage: { inputTokens: 3 } },
    ],
    [
      "a block of text",
      start({ type: "text", text: "a" }),
      { steps: [{ kind: "block-start", block: "0", of: "text" }] },
    ],
    [
      "a block of thinking",
      start({ type: "thinking", thinking: "" }),
      { steps: [{ of: "thinking" }] },
    ],
    [
      "a tool call",
      start({ type: "tool_use", id: "t", name: "n", input: {} }),
      { steps: [{ of: "tool", tool: { id: "t", name: "n" } }], opaque: [] },
    ],
    [
      "a tool call that is whole",
      start({ type: "tool_use", id: "t", name: "n", input: { a: 1 } }),
      { steps: [{ tool: { input: '{"a":1}' } }] },
    ],
    [
      "a call of the service's own",
      start({ type: "server_tool_use", id: "t", name: "n" }),
      { steps: [{ of: "tool" }], opaque: [] },
    ],
    [
      "encrypted reasoning",
      start({ type: "redacted_thinking", data: "ZW5j" }),
      { opaque: ["redacted_thinking"] },
    ],
    [
      "a result that only the service reads",
      start({ type: "web_search_tool_result", tool_use_id: "t", content: [] }),
      { opaque: ["web_search_tool_result"] },
    ],
    [
      "an upload",
      start({ type: "container_upload", file_id: "f" }),
      { opaque: ["container_upload"] },
    ],
    ["a block of a new kind", start({ type: "hologram" }), { opaque: ["hologram"] }],
    [
      "a block that is called like what every object has",
      start({ type: "constructor" }),
      { opaque: ["constructor"] },
    ],
    [
      "a piece of text",
      delta({ type: "text_delta", text: "a" }),
      { steps: [{ kind: "delta", of: "text" }], opaque: [] },
    ],
    [
      "a piece of thinking",
      delta({ type: "thinking_delta", thinking: "a" }),
      { steps: [{ of: "thinking" }] },
    ],
    [
      "a piece of parameters",
      delta({ type: "input_json_delta", partial_json: "" }),
      { steps: [{ of: "tool" }] },
    ],
    [
      "a signature",
      delta({ type: "signature_delta", signature: "c2ln" }),
      { steps: [{ of: "other" }] },
    ],
    [
      "the end of a block",
      { type: "content_block_stop", index: 0 },
      { steps: [{ kind: "block-stop", block: "0" }] },
    ],
    [
      "what an answer came to",
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } },
      { steps: [{ kind: "closing" }], usage: { outputTokens: 7 } },
    ],
    ["the end", { type: "message_stop" }, { steps: [{ kind: "stop" }] }],
    ["a keep-alive", { type: "ping" }, { steps: [{ kind: "aside" }] }],
    [
      "an error",
      { type: "error", error: { type: "overloaded_error", message: "m" } },
      { steps: [{ kind: "failure" }] },
    ],
  ])("%s says the same from every host", (_name, event, expected) => {
    const text = JSON.stringify(event);
    const { type } = event as { readonly type: string };
    const own = fromSse(sse(type, text));
    const hosted = readFrom(openHostedStream("m", MAX), chunk(text));
    expect(own).toMatchObject(expected);
    const { edit: _own, ...ofOwn } = own ?? { edit: undefined };
    const { edit: _hosted, ...ofHosted } = hosted ?? { edit: undefined };
    expect(ofHosted).toEqual(ofOwn);
  });

  it.each<[string, Buffer]>([
    ["without a name", Buffer.from('data: {"type":"ping"}\n\n')],
    ["without data", Buffer.from("event: ping\n\n")],
    ["that is of another type", sse("ping", '{"type":"message_stop"}')],
    ["without a type", sse("ping", "{}")],
    ["that is no object", sse("ping", '"ping"')],
    ["that is no JSON", sse("ping", "[DONE]")],
    ["with a key twice", sse("ping", '{"type":"ping","type":"ping"}')],
    [
      "with content in the start of the answer",
      sse(
        "message_start",
        '{"type":"message_start","message":{"content":[{"type":"text","text":"a"}]}}',
      ),
    ],
    ["of a block without an index", sse("content_block_stop", '{"type":"content_block_stop"}')],
    [
      "of a block with an index that is a text",
      sse("content_block_stop", '{"type":"content_block_stop","index":"0"}'),
    ],
    [
      "with a block of no kind",
      sse(
        "content_block_start",
        '{"type":"content_block_start","index":0,"content_block":{"text":"a"}}',
      ),
    ],
    [
      "with a tool call without a name",
      sse(
        "content_block_start",
        '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t"}}',
      ),
    ],
    [
      "with text that says it is something else",
      sse("content_block_delta", JSON.stringify(delta({ type: "signature_delta", text: "a" }))),
    ],
    [
      "with text of two kinds",
      sse(
        "content_block_delta",
        JSON.stringify(delta({ type: "text_delta", text: "a", thinking: "b" })),
      ),
    ],
    [
      "with text that is none",
      sse("content_block_delta", JSON.stringify(delta({ type: "text_delta", text: ["a"] }))),
    ],
  ])("%s is not read", (_name, bytes) => {
    const [frame] = openSseStream("m", MAX).push(bytes).frames;
    expect(frame?.read().ok).toBe(false);
  });
});

it("what is masked is masked where it is, and nothing else changes", () => {
  const bytes = Buffer.from(
    'data:{ "delta":{"text":"a\\u0062c","type":"text_delta"}, "index":0, "type":"content_block_delta" }\r\nevent:content_block_delta\r\n\r\n',
  );
  const frame = fromSse(bytes);
  const at = frame?.pieces.findIndex(({ place }) => place === "delta/text") ?? -1;
  const edited = frame?.edit(new Map([[at, [{ start: 1, end: 2, text: "X" }]]]));
  expect(edited?.toString()).toBe(bytes.toString().replace("\\u0062", "X"));
});

it("a comment takes no step, and what it says is a text that cannot be rewritten", () => {
  expect(fromSse(Buffer.from(": a\n: b\n\n"))).toMatchObject({
    steps: [],
    pieces: [
      { kind: "joined", text: "a", rewritable: false },
      { kind: "joined", text: "b", rewritable: false },
    ],
  });
  expect(fromSse(Buffer.from("\n"))).toMatchObject({ steps: [], pieces: [] });
});

describe("an answer that is ended early", () => {
  const { deny, fail } = openSseStream("m", MAX);
  const types = (events: readonly Buffer[]): readonly unknown[] =>
    events.map(
      (event) =>
        (JSON.parse(/^data: (.*)$/m.exec(event.toString())?.[1] ?? "") as { type: string }).type,
    );
  const denied = { message: "no (decision d)", decisionId: "d" };

  it.each([
    [
      "before it began",
      { hasStarted: false, openBlocks: [] },
      ["message_start", "message_delta", "message_stop"],
    ],
    ["between blocks", { hasStarted: true, openBlocks: [] }, ["message_delta", "message_stop"]],
    [
      "in a block",
      { hasStarted: true, openBlocks: ["2"] },
      ["content_block_stop", "message_delta", "message_stop"],
    ],
  ])("%s is one that the model declined", (_name, sent, expected) => {
    const events = deny(denied, sent);
    expect(types(events)).toEqual(expected);
    expect(Buffer.concat(events).toString()).toContain('"explanation":"no (decision d)"');
  });

  it("and one that failed has an error", () => {
    expect(fail({ code: "upstream_failed", message: "no" }).toString()).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"no"}}\n\n',
    );
  });
});
