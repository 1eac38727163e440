// Writing an answer piece by piece, and how its connection ended.

import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";

/** `answered` in full, `cut` by the simulator, or `aborted` by whoever asked. */
export type Outcome = "answered" | "cut" | "aborted";

const cuts = new WeakSet<ServerResponse>();

export async function outcomeOf(outgoing: ServerResponse): Promise<Outcome> {
  await closed(outgoing);
  if (outgoing.writableFinished) return "answered";
  return cuts.has(outgoing) ? "cut" : "aborted";
}

/** Resolves once nothing more can be written. */
export async function closed(outgoing: ServerResponse): Promise<void> {
  if (!outgoing.closed) await new Promise((resolve) => outgoing.once("close", resolve));
}

/** Closes the connection as it is. */
export function cut(outgoing: ServerResponse): void {
  cuts.add(outgoing);
  outgoing.socket?.destroy();
}

/** Waits; less when the connection closes meanwhile. */
export async function pause(outgoing: ServerResponse, milliseconds: number): Promise<void> {
  if (milliseconds <= 0 || outgoing.closed) return;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  outgoing.once("close", stop);
  await setTimeout(milliseconds, undefined, { signal: controller.signal }).catch(() => undefined);
  outgoing.off("close", stop);
}

/** Whether the bytes were handed to the connection. */
export async function write(
  outgoing: ServerResponse,
  bytes: string | Uint8Array,
): Promise<boolean> {
  if (outgoing.closed || outgoing.destroyed) return false;
  outgoing.flushHeaders();
  if (bytes.length === 0) return true;
  return await new Promise((resolve) => {
    outgoing.write(bytes, (error) => resolve(error === undefined || error === null));
  });
}
