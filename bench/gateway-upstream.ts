// The upstream of the gateway benchmark: answers at once with a fixed Converse body or stream, and checks
// nothing, so that what is measured is what stands before it.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeFrame } from "@writ/event-stream";

const text = "The quick brown fox jumps over the lazy dog, and nobody minds. ".repeat(14);
const whole = Buffer.from(
  JSON.stringify({
    output: { message: { role: "assistant", content: [{ text }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 200, outputTokens: 220, totalTokens: 420 },
    metrics: { latencyMs: 1 },
  }),
);
const event = (type: string, value: object): Buffer =>
  encodeFrame(
    new Map(
      Object.entries({
        ":event-type": type,
        ":content-type": "application/json",
        ":message-type": "event",
      }).map(([name, header]) => [name, { type: "string", value: header }]),
    ),
    Buffer.from(JSON.stringify(value)),
  ).bytes;
const frames = [
  event("messageStart", { role: "assistant", p: "abc" }),
  ...Array.from({ length: 20 }, (_unused, index) =>
    event("contentBlockDelta", {
      contentBlockIndex: 0,
      delta: { text: text.slice(index * 44, index * 44 + 44) },
      p: "abcdef",
    }),
  ),
  event("contentBlockStop", { contentBlockIndex: 0, p: "a" }),
  event("messageStop", { stopReason: "end_turn", p: "abcd" }),
  event("metadata", {
    usage: { inputTokens: 200, outputTokens: 220, totalTokens: 420 },
    metrics: { latencyMs: 1 },
    p: "ab",
  }),
];

const server = createServer((incoming, outgoing) => {
  incoming.resume();
  incoming.once("end", () => {
    if (incoming.url?.endsWith("stream") === true) {
      outgoing.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
      for (const frame of frames) outgoing.write(frame);
      outgoing.end();
    } else {
      outgoing.writeHead(200, {
        "content-type": "application/json",
        "content-length": whole.length,
      });
      outgoing.end(whole);
    }
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
