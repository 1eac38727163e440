// A streamed answer of any API: bytes in, frames out, and the forms in which it is ended early.

import type { Refusal } from "../refusal.ts";
import type { MachineOptions } from "./machine.ts";
import type { StreamFrame } from "./stream-frame.ts";

/** What a client has been sent of an answer that is refused now. */
export interface SentSoFar {
  readonly hasStarted: boolean;
  /** Blocks that it takes for open. */
  readonly openBlocks: readonly string[];
}

/** One frame as it came. It is read when its turn has come. */
export interface ReceivedFrame {
  readonly bytes: Buffer;
  /** Not `ok` for a frame that cannot be read in one way: nothing after it can be trusted. */
  read():
    | { readonly ok: true; readonly frame: StreamFrame }
    | { readonly ok: false; readonly message: string };
}

/** One streamed answer. */
export interface AnswerStream {
  readonly machine: MachineOptions;
  /** The frames that are whole with these bytes; not `ok` where what follows them cannot be read. */
  push(
    chunk: Buffer,
  ):
    | { readonly ok: true; readonly frames: readonly ReceivedFrame[] }
    | { readonly ok: false; readonly frames: readonly ReceivedFrame[]; readonly message: string };
  /** Ends the answer here by decision, as this operation's clients understand it. */
  deny(
    refusal: { readonly message: string; readonly decisionId: string },
    sent: SentSoFar,
  ): readonly Buffer[];
  /** Ends it as failed. */
  fail(refusal: Refusal): Buffer;
}
