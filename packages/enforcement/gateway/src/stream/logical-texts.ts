// The logical texts of a streamed answer: what a client puts together from the pieces of its frames. Each piece
// is put where it belongs, and says when everything about it is known and what of it must be masked.

import { type Classifier, type Finding, masksFor } from "@writ/classifier";
import type { Piece, Replacement } from "@writ/surface";
import { classifyUnder, leadOf } from "../inspect.ts";
import type { NotMaskable } from "../mask.ts";
import { TextChannel } from "./text-channel.ts";

/** A piece where it belongs. */
export interface PlacedText {
  readonly isKnown: () => boolean;
  /** Replacements in the piece, and how many findings begin in it; or why it cannot be masked. */
  readonly mask: (labels: ReadonlySet<string>) => PieceMask;
}

export type PieceMask =
  | { readonly ok: true; readonly parts: readonly Replacement[]; readonly count: number }
  | { readonly ok: false; readonly why: NotMaskable };

export type Learn = (where: string, findings: readonly Finding[]) => void;

/** Names under which text of no known kind goes on; each costs a classifier's memory. */
const MAX_CHANNELS = 256;
const NOTHING: PieceMask = { ok: true, parts: [], count: 0 };

export class LogicalTexts {
  readonly #classifier: Classifier;
  readonly #learn: Learn;
  readonly #channels = new Map<string, TextChannel>();
  readonly #roles = new Map<string, string>();

  constructor(classifier: Classifier, learn: Learn) {
    this.#classifier = classifier;
    this.#learn = learn;
  }

  /** More is held back, or under more names, than this gateway holds. */
  get hasOverflowed(): boolean {
    return (
      this.#channels.size > MAX_CHANNELS ||
      [...this.#channels.values()].some(({ hasOverflowed }) => hasOverflowed)
    );
  }

  endBlock(): void {
    for (const [name, channel] of this.#channels) {
      channel.endBlock();
      this.#report(name, channel);
    }
  }

  end(): void {
    for (const [name, channel] of this.#channels) {
      channel.end();
      this.#report(name, channel);
    }
  }

  place(piece: Piece, role: string): PlacedText {
    return piece.kind === "complete" || piece.kind === "tool_input"
      ? this.#placeWhole(piece, role)
      : this.#placePart(piece, role);
  }

  #placeWhole(piece: Piece, role: string): PlacedText {
    const findings = classifyUnder(this.#classifier, piece.key, piece.text);
    this.#learn(role, findings);
    if (findings.length === 0) return { isKnown: () => true, mask: () => NOTHING };
    return {
      isKnown: () => true,
      mask: (labels) => maskPiece(piece, findings, labels, { start: 0, end: piece.text.length }, 0),
    };
  }

  #placePart(piece: Piece, role: string): PlacedText {
    const name = piece.kind === "joined" ? piece.place : piece.kind;
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = new TextChannel(this.#classifier);
      // What a name says holds for a value that comes in parts.
      if (piece.kind === "joined") channel.lead(leadOf(piece.key));
      this.#channels.set(name, channel);
      this.#roles.set(name, role);
    }
    const start = channel.length;
    channel.push(piece.text);
    // What is of no known kind may be whole as well.
    if (piece.kind === "joined")
      channel.add(start, classifyUnder(this.#classifier, piece.key, piece.text));
    this.#report(name, channel);
    const span = { start, end: channel.length };
    const { blockStart } = channel;
    const of = channel;
    return {
      isKnown: () => of.settledTo >= span.end,
      mask: (labels) => {
        const found = of.within(span.start, span.end);
        const masked = maskPiece(piece, found, labels, span, blockStart);
        of.forget(span.end);
        return masked;
      },
    };
  }

  #report(name: string, channel: TextChannel): void {
    this.#learn(this.#roles.get(name) ?? "other", channel.takeFresh());
  }
}

/** Replacements of findings in a text, as their part of a piece of it. A mask stands once in every block. */
function maskPiece(
  piece: Piece,
  findings: readonly Finding[],
  labels: ReadonlySet<string>,
  span: { readonly start: number; readonly end: number },
  blockStart: number,
): PieceMask {
  const merged = masksFor(findings, labels);
  if (merged.length === 0) return NOTHING;
  if (piece.kind === "thinking") return { ok: false, why: "thinking" };
  if (!piece.rewritable) return { ok: false, why: "place" };
  const count = findings.reduce(
    (sum, { label, start, count: of }) => sum + (labels.has(label) && start >= span.start ? of : 0),
    0,
  );
  const parts = merged.map(({ start, end, text }) => ({
    start: Math.max(start, span.start) - span.start,
    end: Math.min(end, span.end) - span.start,
    text: Math.max(start, blockStart) >= span.start ? text : "",
  }));
  return { ok: true, parts, count };
}
