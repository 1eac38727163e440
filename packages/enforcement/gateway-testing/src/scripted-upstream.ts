// The upstream of a case: what it answers, in pieces of one kind or another.

import type { ServerResponse } from "node:http";
import { type CaseFile, type CaseUpstream, jsonOf } from "./case-file.ts";
import { encodeEventFrame } from "./event-frames.ts";
import { encodeSseEvent } from "./sse-events.ts";

/** How the bytes of a stream arrive; nothing may depend on which. */
export const PIECES = ["in one piece", "frame by frame", "in pieces of a few bytes"] as const;
export type Pieces = (typeof PIECES)[number];

/** The ways that the answer of a case can arrive. */
export function piecesOf({ upstream }: CaseFile): readonly Pieces[] {
  return isStream(upstream) ? PIECES : PIECES.slice(0, 1);
}

function isStream(upstream: CaseUpstream | undefined): boolean {
  return upstream?.stream !== undefined || upstream?.events !== undefined;
}

/** The frames of a streamed answer. */
export function framesOf({ stream, events }: CaseUpstream): readonly Buffer[] {
  return [...(stream ?? []).map(encodeEventFrame), ...(events ?? []).map(encodeSseEvent)];
}

const REQUEST_ID = "0c5b9b1e-3f1c-4f0a-9d59-0d3f9a3f1e01";
const TYPES: readonly (readonly [member: keyof CaseUpstream, type: string])[] = [
  ["stream", "application/vnd.amazon.eventstream"],
  ["events", "text/event-stream; charset=utf-8"],
];
/** For what was written to arrive before the connection is reset. */
const BEFORE_RESET_MS = 200;

/** Answers as the case says. */
export async function answerAs(
  upstream: CaseUpstream,
  pieces: Pieces,
  outgoing: ServerResponse,
): Promise<void> {
  const { status = 200, headers = {}, body, reset } = upstream;
  const [, type = "application/json"] =
    TYPES.find(([member]) => upstream[member] !== undefined) ?? [];
  outgoing.writeHead(status, {
    "content-type": type,
    "x-amzn-requestid": REQUEST_ID,
    "request-id": REQUEST_ID,
    ...headers,
  });
  outgoing.on("error", () => undefined);
  const frames = framesOf(upstream);
  const whole = isStream(upstream) ? Buffer.concat(frames) : Buffer.from(jsonOf(body ?? {}));
  const byFrame = pieces === "frame by frame" && isStream(upstream);
  for (const piece of byFrame ? frames : cut(whole, pieces)) {
    if (outgoing.destroyed) return;
    outgoing.write(piece);
    if (byFrame) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (reset === true) setTimeout(() => outgoing.destroy(), BEFORE_RESET_MS);
  else outgoing.end();
}

function cut(whole: Buffer, pieces: Pieces): readonly Buffer[] {
  // Of a long answer the pieces are longer, so that there are not millions of them.
  const few = Math.max(7, Math.ceil(whole.length / 2_000));
  const size = Math.max(1, pieces === "in pieces of a few bytes" ? few : whole.length);
  return Array.from({ length: Math.ceil(whole.length / size) }, (_unused, index) =>
    whole.subarray(index * size, (index + 1) * size),
  );
}
