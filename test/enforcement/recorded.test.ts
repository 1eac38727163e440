// Recorded traffic of real Bedrock through the gateway: where the policy allows everything and masks nothing, a client
// gets what Bedrock sent, and Bedrock what the client sent, both to the byte.

import type { ServerResponse } from "node:http";
import { createFrameDecoder } from "@writ/event-stream";
import {
  type CaseRequest,
  callGateway,
  frameDifferences,
  type GatewayUnderTest,
} from "@writ/gateway-testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RecordedExchange, readRecorded } from "../recorded-traffic.ts";
import { describeWithShared } from "../shared-data.ts";
import { startUnderTest } from "./start.ts";

/** Of suites that made up their traffic: requests that Bedrock would refuse, too. */
const INVALID: ReadonlySet<string> = new Set([
  "otel-js-contrib/bedrock-invokemodel-adds-amazon-nova-model-attributes-to-span.json",
  "js:should-handle-large-payloads.json",
]);
/** In the place of a request that is invalid or was not recorded. */
const HELLO = '{"messages":[{"role":"user","content":[{"text":"hello"}]}]}';
/** Bytes a write: frames come in pieces, and more than one of them at once. */
const WRITE = 333;

const PATHS: Readonly<Record<string, string>> = {
  Converse: "converse",
  ConverseStream: "converse-stream",
  InvokeModel: "invoke",
  InvokeModelWithResponseStream: "invoke-with-response-stream",
};

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startUnderTest({ policy: "package p\n\nallow := true\n" });
});
afterAll(() => under.close());

async function replay({ file, call, request = HELLO, response }: RecordedExchange) {
  const sent = Buffer.from(INVALID.has(file) ? HELLO : request);
  under.answer = (_body, outgoing) => send(outgoing, response, call.stream);
  const answer = await callGateway(
    under.port,
    { operation: PATHS[call.name] as NonNullable<CaseRequest["operation"]>, model: call.modelId },
    sent,
  );
  return { answer, sent, received: under.received.at(-1) };
}

async function send(outgoing: ServerResponse, body: Buffer, isStream: boolean): Promise<void> {
  const type = isStream ? "application/vnd.amazon.eventstream" : "application/json";
  outgoing.writeHead(200, { "content-type": type });
  for (let at = 0; at < body.length; at += WRITE)
    await new Promise((resolve) => outgoing.write(body.subarray(at, at + WRITE), resolve));
  outgoing.end();
}

/** Replays those of one kind, whole or streamed, and says how many there were. */
async function replayAll(isStream: boolean): Promise<number> {
  const exchanges = readRecorded().filter(({ call }) => call.stream === isStream);
  for (const exchange of exchanges) {
    const { answer, sent, received } = await replay(exchange);
    const { file, response } = exchange;
    expect(answer, file).toMatchObject({ status: 200, isBroken: false });
    if (isStream)
      expect(frameDifferences(answer.body, "same", splitFrames(response)), file).toEqual([]);
    else expect(answer.body.toString(), file).toBe(response.toString());
    expect(answer.body.equals(response), file).toBe(true);
    expect(received?.toString(), file).toBe(sent.toString());
  }
  return exchanges.length;
}

function splitFrames(stream: Buffer): readonly Buffer[] {
  const decoded = createFrameDecoder({ maxFrameBytes: 1 << 24 }).push(stream);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.frames.map(({ bytes }) => bytes);
}

describeWithShared("recorded traffic through the gateway", () => {
  it("of whole answers arrives as it was sent", async () => {
    expect(await replayAll(false)).toBeGreaterThan(100);
  }, 60_000);

  it("of streams arrives frame by frame as it was sent, and ends in order", async () => {
    const before = (await under.records()).length;
    const count = await replayAll(true);
    expect(count).toBeGreaterThan(70);
    const records = (await under.records()).slice(before);
    expect(records.filter(({ ending }) => ending === "complete").length).toBe(count);
  }, 60_000);
});
