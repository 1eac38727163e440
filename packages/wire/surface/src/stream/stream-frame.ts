// What a frame of a streamed answer says, whatever API it is of: the step it takes in the life of the answer and
// its blocks, and every string and number it carries.

import type { Replacement } from "../json/splice.ts";
import type { Usage } from "../usage.ts";

/** What a block is made of. Signatures and citations come within a block of text or thinking. */
export type DeltaKind = "text" | "thinking" | "tool" | "other";

/** The beginning of a tool call. */
export interface ToolStart {
  readonly id: string;
  readonly name: string;
  /** Parameters that come whole with the start, as JSON text; deltas bring them otherwise. */
  readonly input?: string;
}

/** One step of an answer. */
export type StreamStep =
  | { readonly kind: "message-start" }
  | {
      readonly kind: "block-start";
      readonly block: string;
      readonly of: DeltaKind | undefined;
      readonly tool?: ToolStart;
    }
  | {
      readonly kind: "delta";
      readonly block: string;
      readonly of: DeltaKind;
      /** Its format has no starts of blocks. */
      readonly impliesBlock?: boolean;
    }
  | { readonly kind: "block-stop"; readonly block: string }
  /** The answer is over; what is left to come is said about it. */
  | { readonly kind: "stop" }
  | { readonly kind: "after-stop" }
  /** The service's own figures, at any time, after the end as well. */
  | { readonly kind: "addition" }
  /** The answer may just end from here on, and still go on. */
  | { readonly kind: "may-end" }
  /** It says why the answer ends: no block comes after it. */
  | { readonly kind: "closing" }
  /** Says nothing about the answer: keep-alives, and what is unknown. */
  | { readonly kind: "aside" }
  /** The service gives up. */
  | { readonly kind: "failure" };

/**
 * How a string goes on from frame to frame. `text` and `thinking` are read on through all blocks of their kind;
 * `tool_input` within its block; `joined` is of a kind nobody knows, and is taken for both: whole, and a part of
 * what is under that name in the frames around it. `complete` stands for itself.
 */
export type PieceKind = "text" | "thinking" | "tool_input" | "joined" | "complete";

/** One string, number or unknown name in a frame. */
export interface Piece {
  readonly kind: PieceKind;
  readonly text: string;
  /** Where it stands in its kind of frame, without indices. */
  readonly place: string;
  /** The name of the member it is the value of. */
  readonly key: string | undefined;
  readonly rewritable: boolean;
}

export interface StreamFrame {
  /** As it came. */
  readonly bytes: Buffer;
  readonly steps: readonly StreamStep[];
  readonly pieces: readonly Piece[];
  /** Kinds of content in it that no recogniser reads. */
  readonly opaque: readonly string[];
  readonly usage: Usage | undefined;
  /** It says that the answer ends where its limit of tokens was reached: its last block may be cut. */
  readonly isAtLimit?: boolean;
  /** The frame with parts of its pieces replaced, by the piece's index. */
  edit(edits: ReadonlyMap<number, readonly Replacement[]>): Buffer;
}
