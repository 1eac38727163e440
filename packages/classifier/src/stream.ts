// Classifying text as it comes. What may be released is everything before the first position from which
// some recogniser could still be in the middle of a match; the law is that releases and findings, put
// together, are the same for every way of cutting the text into pieces. Classifying a whole text is the
// case of one piece.

import { canonicalise, isPlain, openEnd } from "./canonical.ts";
import type { LinkedRecogniser } from "./linked.ts";
import type { Tier } from "./recogniser.ts";

export interface RawFinding {
  readonly label: string;
  readonly recogniser: string;
  readonly tier: Tier;
  readonly rank: number;
  /** Offsets in the whole text. */
  readonly start: number;
  readonly end: number;
  /** As the recogniser saw it. */
  readonly value: string;
}

export interface Release {
  readonly text: string;
  /** Offset of `text` in the whole. */
  readonly offset: number;
  readonly findings: readonly RawFinding[];
  readonly overflow: boolean;
}

/** A match in the view, together with everything it needs to stay in one piece. */
interface Match {
  readonly start: number;
  readonly end: number;
  readonly finding: RawFinding;
}

/** What is kept of released text, for what must not stand before a match. */
const LEFT_CONTEXT = 16;

export class Scanner {
  readonly #recognisers: readonly LinkedRecogniser[];
  readonly #maxHeld: number;
  /** From where each recogniser goes on looking, in the view. */
  readonly #from: number[];
  #pending: Match[] = [];
  /** The text not released yet, and its offset in the whole. */
  #raw = "";
  #rawOffset = 0;
  /** The view: released context, then the view of `#raw`. */
  #view = "";
  #settled = 0;
  /** Place in `#raw` of each character of the view from `#settled` on; undefined while the text is plain. */
  #places: { readonly start: number; readonly end: number }[] | undefined;
  /** The beginning of a surrogate pair, or of an escape, whose rest has not come. */
  #half = "";

  constructor(recognisers: readonly LinkedRecogniser[], maxHeld: number) {
    this.#recognisers = recognisers;
    this.#maxHeld = maxHeld;
    this.#from = recognisers.map(() => 0);
  }

  get held(): number {
    return this.#raw.length + this.#half.length;
  }

  push(chunk: string): Release {
    const text = this.#half + chunk;
    const whole = text.length - openEnd(text);
    this.#half = text.slice(whole);
    this.#append(text.slice(0, whole));
    return this.#release(false);
  }

  /** A whole text at once. */
  whole(text: string): Release {
    this.#append(text);
    return this.#release(true);
  }

  end(): Release {
    this.#append(this.#half);
    this.#half = "";
    return this.#release(true);
  }

  #append(text: string): void {
    const base = this.#raw.length;
    this.#raw += text;
    if (this.#places === undefined && isPlain(text)) {
      this.#view += text;
      return;
    }
    this.#places ??= Array.from({ length: base }, (_unused, index) => ({
      start: index,
      end: index + 1,
    }));
    const places = this.#places;
    let view = "";
    canonicalise(text, (character, start, end) => {
      view += character;
      places.push({ start: base + start, end: base + end });
    });
    this.#view += view;
  }

  #release(isFinal: boolean): Release {
    let hold = this.#view.length;
    for (const [index, recogniser] of this.#recognisers.entries()) {
      const from = Math.max(this.#from[index] ?? 0, this.#settled);
      const live = isFinal ? this.#view.length + 1 : recogniser.liveFrom(this.#view, from);
      this.#collect(recogniser, index, live);
      hold = Math.min(hold, live);
    }
    hold = this.#keepWhole(hold);
    const findings = this.#take(hold);
    const rawEnd = this.#rawPlace(hold);
    const released = this.#raw.slice(0, rawEnd);
    const offset = this.#rawOffset;
    this.#advance(hold, rawEnd);
    return { text: released, offset, findings, overflow: this.#raw.length > this.#maxHeld };
  }

  /** Matches that begin before the recogniser's live region: more text cannot change them. */
  #collect(recogniser: LinkedRecogniser, index: number, live: number): void {
    for (;;) {
      const match = recogniser.next(this.#view, this.#from[index] ?? 0);
      if (match === undefined || match.start >= live) return;
      this.#from[index] = Math.max(match.end, match.start + 1);
      if (match.verdict === undefined) continue;
      const { verdict, valueStart, valueEnd } = match;
      const finding: RawFinding = {
        label: verdict.isTestValue === true ? `${recogniser.label}.test_value` : recogniser.label,
        recogniser: recogniser.id,
        tier: verdict.tier,
        rank: recogniser.rank,
        start: this.#rawOffset + this.#startPlace(valueStart),
        end: this.#rawOffset + this.#endPlace(valueEnd),
        value: this.#view.slice(valueStart, valueEnd),
      };
      this.#pending.push({ start: valueStart, end: valueEnd, finding });
    }
  }

  /** Lowers the hold until no match, and no group of overlapping matches, is cut by it. */
  #keepWhole(hold: number): number {
    let lowered = hold;
    // From the last to the first: a match that is cut lowers the hold for those before it.
    for (const { start, end } of this.#pending.toSorted((a, b) => b.end - a.end)) {
      if (end <= lowered) break;
      if (start < lowered) lowered = start;
    }
    return lowered;
  }

  /** The findings before the hold; one that a surer one covers says nothing more. */
  #take(hold: number): readonly RawFinding[] {
    const taken = this.#pending.filter(({ end }) => end <= hold).map(({ finding }) => finding);
    this.#pending = this.#pending.filter(({ end }) => end > hold);
    return withoutCovered(taken);
  }

  #advance(hold: number, rawEnd: number): void {
    const keepFrom = Math.max(0, hold - LEFT_CONTEXT);
    this.#places = this.#places
      ?.slice(hold - this.#settled)
      .map(({ start, end }) => ({ start: start - rawEnd, end: end - rawEnd }));
    this.#raw = this.#raw.slice(rawEnd);
    this.#rawOffset += rawEnd;
    this.#view = this.#view.slice(keepFrom);
    this.#settled = hold - keepFrom;
    for (const [index, from] of this.#from.entries())
      this.#from[index] = Math.max(from - keepFrom, this.#settled);
    this.#pending = this.#pending.map((match) => ({
      ...match,
      start: match.start - keepFrom,
      end: match.end - keepFrom,
    }));
    // Once what is held is plain again, so is the bookkeeping.
    if (this.#places !== undefined && isPlain(this.#raw)) this.#places = undefined;
  }

  #rawPlace(viewAt: number): number {
    return viewAt >= this.#view.length ? this.#raw.length : this.#startPlace(viewAt);
  }

  #startPlace(viewAt: number): number {
    const index = viewAt - this.#settled;
    return this.#places?.[index]?.start ?? index;
  }

  #endPlace(viewEnd: number): number {
    const index = viewEnd - this.#settled;
    return this.#places === undefined ? index : (this.#places[index - 1]?.end ?? this.#raw.length);
  }
}

const TIERS: { readonly [T in Tier]: number } = { possible: 0, likely: 1, certain: 2 };

/**
 * Findings that no surer one covers, in order. One that covers another comes before it in the order; and of
 * one recogniser no two overlap, so that few are open at any place, however many there are.
 */
function withoutCovered(findings: readonly RawFinding[]): readonly RawFinding[] {
  const ordered = [...findings].sort(
    (a, b) =>
      a.start - b.start || b.end - a.end || TIERS[b.tier] - TIERS[a.tier] || a.rank - b.rank,
  );
  const kept: RawFinding[] = [];
  let open: RawFinding[] = [];
  for (const finding of ordered) {
    open = open.filter(({ end }) => end > finding.start);
    if (!open.some((other) => covers(other, finding))) kept.push(finding);
    open.push(finding);
  }
  return kept.sort((a, b) => a.start - b.start || a.end - b.end || a.rank - b.rank);
}

/** Of two findings of the same characters the surer one stands; of equally sure ones the recogniser listed first. */
function covers(other: RawFinding, finding: RawFinding): boolean {
  if (other === finding || other.start > finding.start || other.end < finding.end) return false;
  const surer = TIERS[other.tier] - TIERS[finding.tier];
  if (surer !== 0) return surer > 0;
  const isLonger = other.end - other.start > finding.end - finding.start;
  return isLonger || other.rank < finding.rank;
}
