// How answers are written: whole, as events, as bytes that a test gave, or as an error.

import type { ServerResponse } from "node:http";
import { eventsOf, type Message } from "../claude.ts";
import type { Directives } from "../directives.ts";
import { closed, cut, pause, write } from "./connection.ts";
import { ERROR_STATUS, errorBody, type Problem } from "./errors.ts";
import type { MessageReply, RawReply } from "./script.ts";

/** Where an answer goes. */
interface Target {
  readonly outgoing: ServerResponse;
  readonly requestId: string;
}

/** How an echo goes wrong half way. */
export type Faults = Pick<Directives, "failure" | "exception"> | Record<string, never>;

const JSON_TYPE = "application/json";
const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
};
const END = ["message_delta", "message_stop"];

export async function sendEvents(
  { outgoing, requestId }: Target,
  message: Message,
  { chunkSize = 7, delayMs = 0 }: MessageReply,
  { failure, exception }: Faults,
): Promise<void> {
  outgoing.writeHead(200, STREAM_HEADERS);
  const events = eventsOf(message, chunkSize);
  const middle = Math.floor(events.length / 2);
  for (const [index, event] of events.entries()) {
    if (index === middle && failure === "reset") return cut(outgoing);
    if (index === middle && exception !== undefined) {
      await write(outgoing, frame(errorBody(exception, "simulated", requestId)));
      break;
    }
    if (failure === "cut" && END.includes(event.type)) break;
    // As real streams have it: one ping, once the first block has begun.
    const ping = index === 1 ? frame({ type: "ping" }) : "";
    if (!(await write(outgoing, frame(event) + ping))) return;
    await pause(outgoing, delayMs);
  }
  outgoing.end();
}

function frame(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export async function sendRaw(
  outgoing: ServerResponse,
  { status = 200, headers = STREAM_HEADERS, frames, end = "finish" }: RawReply,
): Promise<void> {
  for (const [index, each] of frames.entries()) {
    const { bytes, delayMs } =
      typeof each === "string" || each instanceof Uint8Array ? { bytes: each, delayMs: 0 } : each;
    await pause(outgoing, delayMs);
    if (index === 0) outgoing.writeHead(status, headers);
    if (!(await write(outgoing, bytes))) return;
  }
  if (end === "cut") return cut(outgoing);
  if (end === "stall") return closed(outgoing);
  if (frames.length === 0) outgoing.writeHead(status, headers);
  outgoing.end();
}

export function sendProblem(
  { outgoing, requestId }: Target,
  { type, message, status = ERROR_STATUS[type], headers = {} }: Problem,
): void {
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  sendJson(outgoing, status, errorBody(type, message, requestId));
}

export function sendJson(outgoing: ServerResponse, status: number, value: object): void {
  const bytes = Buffer.from(JSON.stringify(value));
  outgoing.writeHead(status, { "content-type": JSON_TYPE, "content-length": bytes.length });
  outgoing.end(bytes);
}

/** A body that stops short of its length: an error for whoever reads it. */
export async function sendHalf(outgoing: ServerResponse, value: object): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(value));
  outgoing.writeHead(200, { "content-type": JSON_TYPE, "content-length": bytes.length });
  await write(outgoing, bytes.subarray(0, bytes.length >> 1));
  cut(outgoing);
}
