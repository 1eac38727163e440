#!/bin/sh
# @aws-sdk/client-bedrock-runtime 3.1164.0, its default HTTP/2 transport, a stream in progress:
#   - AbortController.abort() ends `for await` without an error: what was cut off looks like what was complete;
#   - `break` out of `for await` does not end the request: the server goes on sending, all of it is received.
# Writ is not part of this. Fails when either changes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @aws-sdk/client-bedrock-runtime@3.1164.0 @smithy/eventstream-codec@4.5.2
cat >run.mjs <<'JS'
import { createServer } from "node:http2";
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { EventStreamCodec } from "@smithy/eventstream-codec";

const codec = new EventStreamCodec((bytes) => Buffer.from(bytes).toString(), (text) => Buffer.from(text));
const frame = (type, value) => codec.encode({
  headers: {
    ":event-type": { type: "string", value: type },
    ":message-type": { type: "string", value: "event" },
    ":content-type": { type: "string", value: "application/json" },
  },
  body: Buffer.from(JSON.stringify(value)),
});
const FRAMES = 20;
let ended = () => {};
const server = createServer().on("stream", (stream) => {
  let sent = 0;
  stream.on("error", () => {});
  stream.respond({ ":status": 200, "content-type": "application/vnd.amazon.eventstream" });
  stream.write(frame("messageStart", { role: "assistant" }));
  const timer = setInterval(() => {
    if (sent === FRAMES) return stream.end(frame("messageStop", { stopReason: "end_turn" }));
    sent += 1;
    stream.write(frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "word " } }));
  }, 50);
  stream.on("close", () => { clearInterval(timer); ended({ sent, code: stream.rstCode }); });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = new BedrockRuntimeClient({
  region: "us-east-1",
  endpoint: `http://127.0.0.1:${server.address().port}`,
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
});
const command = () => new ConverseStreamCommand({ modelId: "m", messages: [{ role: "user", content: [{ text: "hi" }] }] });

const aborted = new Promise((resolve) => { ended = resolve; });
const controller = new AbortController();
const { stream } = await client.send(command(), { abortSignal: controller.signal });
let error = "none", seen = 0, stopped = false;
try {
  for await (const event of stream) {
    seen += 1;
    stopped ||= event.messageStop !== undefined;
    if (seen === 3) controller.abort();
  }
} catch (thrown) { error = thrown.name; }
console.log(`abort: ${seen} events, messageStop seen: ${stopped}, error: ${error}`);

await aborted;
const over = new Promise((resolve) => { ended = resolve; });
const second = await client.send(command());
let taken = 0;
for await (const _ of second.stream) if (++taken === 3) break;
const { sent, code } = await over;
console.log(`break: after ${taken} events; the server sent ${sent} of ${FRAMES}, RST code ${code}`);
process.exit(error === "none" && !stopped && sent === FRAMES && code === 0 ? 0 : 1);
JS
node run.mjs
