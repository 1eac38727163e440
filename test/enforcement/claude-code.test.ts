// The turns of Claude Code as they were recorded, through the gateway: each is answered, goes upstream to the byte, and is
// on record with the session that it is of.

import { ISSUED_KEYS, send } from "@writ/gateway-testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readClaudeCodeTurns } from "../claude-code-turns.ts";
import { describeWithShared } from "../shared-data.ts";
import { startUnderTest } from "./start.ts";

const SSE = [
  { type: "message_start", message: { id: "msg_1", role: "assistant", content: [], usage: {} } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ok" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
  { type: "message_stop" },
]
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .join("");
const WHOLE = JSON.stringify({
  id: "msg_1",
  type: "message",
  role: "assistant",
  content: [{ type: "text", text: "ok" }],
  stop_reason: "end_turn",
});
/** What is of the connection, and of the caller. */
const OWN = /^(?:host|connection|content-length|transfer-encoding|x-api-key|authorization)$/;

describeWithShared("Claude Code's recorded turns", () => {
  let under: Awaited<ReturnType<typeof startUnderTest>>;
  beforeAll(async () => {
    under = await startUnderTest({ policy: "package p\n\nallow := true\n" });
    under.answer = (body, outgoing) => {
      const isStream = JSON.parse(body.toString()).stream === true;
      outgoing.writeHead(200, {
        "content-type": isStream ? "text/event-stream" : "application/json",
      });
      outgoing.end(isStream ? SSE : WHOLE);
    };
  });
  afterAll(() => under.close());

  it("are answered, go on as they came, and are joined by their session", async () => {
    const turns = readClaudeCodeTurns("anthropic").filter(({ body }) => body !== undefined);
    expect(turns.length).toBeGreaterThan(5);
    for (const { label, method, target: path, headers: recorded, body: value } of turns) {
      const body = Buffer.from(JSON.stringify(value));
      const kept = Object.entries(recorded).filter(([name]) => !OWN.test(name));
      const headers = {
        ...Object.fromEntries(kept),
        "x-api-key": ISSUED_KEYS.caller,
        "content-length": String(body.length),
      };
      const got = await send(under.port, { method, path, headers, body });
      expect(got.status, `${label}: ${got.body}`).toBe(200);
      expect(got.body.toString(), label).toBe(value?.["stream"] === true ? SSE : WHOLE);
      expect(under.received.at(-1)?.equals(body), label).toBe(true);
      const record = (await under.records()).findLast(({ call }) => call !== undefined);
      const session = recorded["x-claude-code-session-id"];
      if (session !== undefined) expect(record, label).toMatchObject({ attempt: { session } });
    }
  });
});
