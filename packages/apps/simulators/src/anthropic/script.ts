// What a test has the simulator answer in place of the echo.

import type { ContentBlock, Usage } from "../claude.ts";
import type { Problem } from "./errors.ts";
import type { Operation } from "./routes.ts";

/** An answer of the model: whole or streamed, as the request asks. */
export interface MessageReply {
  readonly kind: "message";
  readonly content: readonly ContentBlock[];
  readonly stopReason?: string;
  readonly stopDetails?: object;
  readonly usage?: Usage;
  /** Characters a delta; 7 unless told. */
  readonly chunkSize?: number;
  /** Between events. */
  readonly delayMs?: number;
}

/** An error before the first byte, in the API's own form. */
export interface ErrorReply extends Problem {
  readonly kind: "error";
  readonly operation?: Operation;
}

/** Bytes of an answer, after a pause. */
export type Frame =
  | string
  | Uint8Array
  | { readonly bytes: string | Uint8Array; readonly delayMs: number };

/**
 * Exactly these bytes, a frame a write. The head leaves with the first frame, which may be empty: without
 * frames a `stall` never answers, and a `cut` closes the connection with no answer.
 */
export interface RawReply {
  readonly kind: "raw";
  readonly operation?: Operation;
  readonly status?: number;
  /** In place of those of a stream of events. */
  readonly headers?: { readonly [name: string]: string };
  readonly frames: readonly Frame[];
  /** What comes after the frames: the end, a closed connection, or nothing. The end unless told. */
  readonly end?: "finish" | "cut" | "stall";
}

export type ScriptedReply = MessageReply | ErrorReply | RawReply;

/** Takes the first reply that is for this operation out of the queue; one for no named operation is for messages. */
export function takeReply(queue: ScriptedReply[], operation: Operation): ScriptedReply | undefined {
  const at = queue.findIndex(
    (reply) =>
      ((reply.kind === "message" ? undefined : reply.operation) ?? "messages") === operation,
  );
  return at === -1 ? undefined : queue.splice(at, 1)[0];
}
