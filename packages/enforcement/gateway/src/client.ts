// The client's side of a call: whether it still takes what is sent, in both versions of HTTP.

import { once } from "node:events";
import { type Call, giveUp, type Outgoing } from "./call.ts";

/** Of an answer that is closed: whether all of it has left. */
export function isDelivered(outgoing: Outgoing): boolean {
  // An answer over HTTP/2 says that it is finished when its stream was reset, too, and a client may reset one without
  // an error: only one that was ended here can have been delivered.
  if (!outgoing.writableEnded || !outgoing.writableFinished) return false;
  return !("stream" in outgoing) || outgoing.stream === undefined || outgoing.stream.rstCode === 0;
}

/** Sends bytes of an answer, at the pace of its client; one that takes nothing for too long is given up. */
export async function write(call: Call, bytes: Buffer, timeoutMs: number): Promise<void> {
  const { outgoing, gone } = call;
  gone.signal.throwIfAborted();
  if (bytes.length === 0) return;
  // SAFETY: both kinds of response have this form of write.
  const isFlushed = (outgoing.write as (bytes: Buffer) => boolean).call(outgoing, bytes);
  if (isFlushed) return;
  const stalled = setTimeout(() => giveUp(call, "client_stalled"), timeoutMs);
  try {
    await once(outgoing, "drain", { signal: gone.signal });
  } finally {
    clearTimeout(stalled);
  }
}

/** An answer that was sent whole must be taken in time, too: until then it is held in memory. */
export function endStalled({ outgoing }: Pick<Call, "outgoing">, timeoutMs: number): void {
  if (outgoing.writableFinished || outgoing.destroyed) return;
  const stalled = setTimeout(() => outgoing.destroy(), timeoutMs);
  outgoing.once("finish", () => clearTimeout(stalled));
  outgoing.once("close", () => clearTimeout(stalled));
}
