// The gateway's cases: each a file with a policy, limits, a request and an upstream of its own, and what must come of
// it: bytes and records. Streams arrive in three ways, and nothing may depend on which.

import type { ServerResponse } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { type CaseFile, jsonOf, readCases } from "./case-file.ts";
import { encode, expectFrames } from "./frames.ts";
import { callGateway, type GatewayUnderTest, startUnderTest } from "./gateway-under-test.ts";

/** Cases with the same settings share a gateway. */
const running = new Map<string, Promise<GatewayUnderTest>>();
afterAll(async () => {
  for (const under of await Promise.all(running.values())) await under.close();
});

function gatewayFor(file: CaseFile): Promise<GatewayUnderTest> {
  const { policy, limits, upstreamSettings, dictionaries } = file;
  const key = JSON.stringify({ policy, limits, upstreamSettings, dictionaries });
  const known = running.get(key) ?? startUnderTest(file);
  running.set(key, known);
  return known;
}

const PIECES = ["in one piece", "frame by frame", "in pieces of a few bytes"] as const;

async function answer(
  file: CaseFile,
  frames: readonly Buffer[],
  cut: (typeof PIECES)[number],
  outgoing: ServerResponse,
): Promise<void> {
  const { status = 200, headers = {}, body, reset } = file.upstream ?? {};
  const isStream = file.upstream?.stream !== undefined;
  const type = isStream ? "application/vnd.amazon.eventstream" : "application/json";
  outgoing.writeHead(status, {
    "content-type": type,
    "x-amzn-requestid": "0c5b9b1e-3f1c-4f0a-9d59-0d3f9a3f1e01",
    ...headers,
  });
  outgoing.on("error", () => undefined);
  const whole = isStream ? Buffer.concat(frames) : Buffer.from(jsonOf(body ?? {}));
  // Of a long answer the pieces are longer, so that there are not millions of them.
  const few = Math.max(7, Math.ceil(whole.length / 2_000));
  const size = cut === "in pieces of a few bytes" ? few : whole.length;
  const pieces =
    cut === "frame by frame" && isStream
      ? frames
      : Array.from({ length: Math.ceil(whole.length / Math.max(1, size)) }, (_unused, index) =>
          whole.subarray(index * size, (index + 1) * size),
        );
  for (const piece of pieces) {
    if (outgoing.destroyed) return;
    outgoing.write(piece);
    if (cut === "frame by frame") await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // What was written must arrive before the connection is reset.
  if (reset === true) setTimeout(() => outgoing.destroy(), 200);
  else outgoing.end();
}

async function run(file: CaseFile, cut: (typeof PIECES)[number]): Promise<void> {
  const under = await gatewayFor(file);
  const frames = (file.upstream?.stream ?? []).map(encode);
  under.answer = (_body, outgoing) => answer(file, frames, cut, outgoing);
  const before = under.received.length;
  const { operation } = file.request;
  const usual = operation.startsWith("converse") ? CONVERSE : CLAUDE_BODY;
  const body = Buffer.from(jsonOf(file.request.body ?? usual));
  const got = await callGateway(under.port, file.request, body);
  expectClient(file, frames, got);
  const sent = under.received[before];
  if (file.forwarded !== undefined)
    expect(sent?.toString()).toBe(
      file.forwarded === "same" ? body.toString() : jsonOf(file.forwarded),
    );
  if (file.upstream === undefined) expect(sent).toBeUndefined();
  await expectRecords(file, under, String(got.headers["x-amzn-requestid"]));
}

const CONVERSE = { messages: [{ role: "user", content: [{ text: "hello" }] }] };
const CLAUDE_BODY = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 100,
  messages: [{ role: "user", content: "hello" }],
};

function expectClient(
  { client, upstream }: CaseFile,
  frames: readonly Buffer[],
  got: Awaited<ReturnType<typeof callGateway>>,
): void {
  expect(got.status, got.body.toString()).toBe(client.status ?? 200);
  if (client.code !== undefined) expect(got.headers["x-amzn-errortype"]).toBe(client.code);
  if (client.message !== undefined)
    expect((JSON.parse(got.body.toString()) as { message: string }).message).toMatch(
      new RegExp(client.message),
    );
  if (client.body !== undefined)
    expect(got.body.toString()).toBe(
      client.body === "same" ? jsonOf(upstream?.body) : jsonOf(client.body),
    );
  if (client.stream !== undefined) expectFrames(got.body, client.stream, frames);
}

async function expectRecords(file: CaseFile, under: GatewayUnderTest, call: string): Promise<void> {
  const records = (await under.records()).filter((record) => record.call === call);
  if (file.records !== undefined) expect(records).toMatchObject(file.records);
  expect(records.length).toBe(file.records?.length ?? records.length);
  expect(records.length).toBeGreaterThan(0);
}

describe.each(readCases())("%s", (_name, file) => {
  const ways = file.upstream?.stream === undefined ? PIECES.slice(0, 1) : PIECES;
  it.each(ways)("%s", async (cut) => run(file, cut));
});
