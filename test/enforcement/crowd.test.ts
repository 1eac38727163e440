// A crowd: five hundred clients that hang up at random points and fifty that stop reading, beside twenty honest ones.
// Every honest call is answered, nothing is held for the others once they are gone, and every call has its ending.

import { request, type ServerResponse } from "node:http";
import { connect } from "node:http2";
import { setTimeout as wait } from "node:timers/promises";
import {
  CLAUDE,
  callGateway,
  encodeEventFrame as encode,
  type GatewayUnderTest,
  type LoggedRecord,
  signedHeaders,
} from "@writ/gateway-testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUnderTest } from "./start.ts";

const LEAVING = 500;
const PAUSED = 50;
const HONEST = 20;
const CALLS_EACH = 5;
/** How many of those that leave are there at one time. */
const AT_ONCE = 50;
const WRITE_TIMEOUT_MS = 1_500;
const PATH = `/model/${encodeURIComponent(CLAUDE)}/converse-stream`;
const START = encode({ messageStart: { role: "assistant" } });
const WORD = encode({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "word. " } } });
/** Large: what fills the buffers on the way should not be most of the work. */
const FLOOD = encode({
  contentBlockDelta: { contentBlockIndex: 0, delta: { text: "word. ".repeat(5_000) } },
});
const END = Buffer.concat([
  encode({ contentBlockStop: { contentBlockIndex: 0 } }),
  encode({ messageStop: { stopReason: "end_turn" } }),
]);
const bodyOf = (text: string): Buffer =>
  Buffer.from(JSON.stringify({ messages: [{ role: "user", content: [{ text }] }] }));

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startUnderTest({
    policy: "package p\n\nallow := true\n",
    limits: { callsPerCaller: 2_000, writeTimeoutMs: WRITE_TIMEOUT_MS },
    upstreamSettings: { connections: 1_000 },
  });
  under.answer = (body, outgoing) => answer(body.toString(), outgoing);
});
afterAll(() => under.close());

/** `slow`: for those that leave. `endless`: for those that do not read. */
async function answer(body: string, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  outgoing.write(START);
  if (body.includes("endless")) {
    // More than the buffers on the way take; a client that begins to read after all gets the end of it.
    for (let written = 0; written < 400 && !outgoing.destroyed; await wait(5)) {
      if (outgoing.writableNeedDrain) continue;
      outgoing.write(FLOOD);
      written += 1;
    }
    outgoing.end(END);
    return;
  }
  for (let at = 0; at < 20 && !outgoing.destroyed; at += 1) {
    outgoing.write(WORD);
    if (body.includes("slow")) await wait(20);
  }
  outgoing.end(END);
}

/** A stream of numbers that is the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

async function leave(random: () => number): Promise<void> {
  const body = bodyOf("slow");
  const headers = await signedHeaders(under.port, PATH, body);
  const when = random() * 300;
  const sent = random() < 0.2 ? body.subarray(0, 20) : body;
  const isWhole = sent.length === body.length;
  if (random() < 0.5) await leaveHttp1(headers, sent, isWhole, when);
  else await leaveHttp2(headers, sent, isWhole, when);
}

async function leaveHttp1(
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  isWhole: boolean,
  when: number,
): Promise<void> {
  const outgoing = request({
    host: "127.0.0.1",
    port: under.port,
    method: "POST",
    path: PATH,
    headers,
    agent: false,
  });
  outgoing.on("error", () => undefined);
  outgoing.on("response", (incoming) => incoming.on("error", () => undefined).resume());
  if (isWhole) outgoing.end(body);
  else outgoing.write(body);
  await wait(when);
  outgoing.destroy();
}

async function leaveHttp2(
  { host = "", ...headers }: Readonly<Record<string, string>>,
  body: Buffer,
  isWhole: boolean,
  when: number,
): Promise<void> {
  const session = connect(`http://127.0.0.1:${under.port}`);
  session.on("error", () => undefined);
  const stream = session.request({
    ":method": "POST",
    ":path": PATH,
    ":authority": host,
    ...headers,
  });
  stream.on("error", () => undefined);
  stream.resume();
  if (isWhole) stream.end(body);
  else stream.write(body);
  await wait(when);
  // With an error, without one, or the whole connection.
  if (when % 3 < 1) stream.close(8);
  else if (when % 3 < 2) stream.close(0);
  session.destroy();
}

/** Reads nothing of an answer. Over HTTP/1.1 its buffers take megabytes first; a few of those will do. */
async function pause(_value: unknown, index: number): Promise<void> {
  const body = bodyOf("endless");
  const headers = await signedHeaders(under.port, PATH, body);
  await (index % 10 === 0 ? pauseHttp1(headers, body) : pauseHttp2(headers, body));
}

function pauseHttp1(headers: Readonly<Record<string, string>>, body: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const outgoing = request(
      { host: "127.0.0.1", port: under.port, method: "POST", path: PATH, headers, agent: false },
      (incoming) => {
        incoming.on("error", () => undefined).once("close", resolve);
        setTimeout(() => incoming.resume(), WRITE_TIMEOUT_MS * 3);
      },
    );
    outgoing.on("error", () => resolve());
    outgoing.end(body);
  });
}

function pauseHttp2(
  { host = "", ...headers }: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<void> {
  const session = connect(`http://127.0.0.1:${under.port}`);
  session.on("error", () => undefined);
  return new Promise((resolve) => {
    const stream = session.request({
      ":method": "POST",
      ":path": PATH,
      ":authority": host,
      ...headers,
    });
    stream.on("error", () => undefined);
    stream.once("close", () => {
      session.destroy();
      resolve();
    });
    setTimeout(() => stream.resume(), WRITE_TIMEOUT_MS * 3);
    stream.end(body);
  });
}

async function honest(): Promise<number> {
  let answered = 0;
  for (let at = 0; at < CALLS_EACH; at += 1) {
    const got = await callGateway(under.port, { operation: "converse-stream" }, bodyOf("hello"));
    if (got.status === 200 && !got.isBroken && got.body.includes("end_turn")) answered += 1;
  }
  return answered;
}

async function leaveAll(): Promise<void> {
  const random = seeded(12);
  let left = LEAVING;
  const next = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await leave(random);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

function heap(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it("of clients that leave and that do not read keeps nobody waiting, and nothing", async () => {
  await honest();
  const before = heap();
  const [, , ...answered] = await Promise.all([
    leaveAll(),
    Promise.all(Array.from({ length: PAUSED }, pause)),
    ...Array.from({ length: HONEST }, honest),
  ]);
  expect(answered).toEqual(Array.from({ length: HONEST }, () => CALLS_EACH));
  await wait(WRITE_TIMEOUT_MS);
  const records = await under.records();
  const calls = Map.groupBy(
    records.filter(({ call }) => call !== undefined),
    ({ call }) => call,
  );
  const isEnd = ({ type, ending }: LoggedRecord): boolean =>
    type === "refusal" || ending !== undefined;
  const unended = [...calls.values()].filter((list) => list.filter(isEnd).length !== 1);
  expect(
    unended.map((list) => list.map(({ type, stage, ending }) => [type, stage, ending])),
  ).toEqual([]);
  const endings = records.map(({ ending }) => ending);
  expect(endings.filter((ending) => ending === "complete").length).toBeGreaterThanOrEqual(
    (HONEST + 1) * CALLS_EACH,
  );
  expect(endings.filter((ending) => ending === "client_gone").length).toBeGreaterThan(LEAVING / 4);
  // What a hundred thousand frames of those that do not read would take.
  expect(heap() - before).toBeLessThan(128 * 1024 * 1024);
}, 120_000);
