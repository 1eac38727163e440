// Finding in text as it comes. Every place of a text is tried by every recogniser, whatever was found
// before it: a candidate consumes nothing, neither one that failed nor one that did not. A place is tried
// once no further text can change it; the law is that the findings, put together, are the
// same for every way of cutting the text into pieces.

import { canonicalise, openEnd } from "./canonical.ts";
import type { LinkedRecogniser } from "./linked.ts";
import { Places } from "./places.ts";
import type { Tier } from "./recogniser.ts";

export interface RawFinding {
  readonly label: string;
  readonly recogniser: string;
  /** The recogniser's place in the list. */
  readonly rank: number;
  readonly tier: Tier;
  /** Offsets in all of the text. */
  readonly start: number;
  readonly end: number;
  /** As the recogniser saw it. */
  readonly value: string;
}

/** What is kept of the view for patterns that look behind a match. */
const LEFT_CONTEXT = 16;
/**
 * A long open candidate is looked at again when it has grown by this part, not at every push, so that the
 * work stays in proportion to the text however small the pieces are.
 */
const GROWTH = 16;
/**
 * Of values that overlap and of which each reaches hardly further than the one before (`sk-sk-sk-…`), not
 * every one is needed to cover them: where less than this part is new, the search skips half of the value.
 */
const NEW_PART = 16;

export class Detector {
  readonly #recognisers: readonly LinkedRecogniser[];
  readonly #report: (finding: RawFinding) => void;
  readonly #places = new Places();
  /** Of the view: what is not settled, and a little before it; its offset in the whole view. */
  #view = "";
  #viewOffset = 0;
  /** In the whole view, by recogniser: the next place to try, the first that is open, when to look again. */
  readonly #next: number[];
  readonly #live: number[];
  readonly #again: number[];
  /** How far what was found reaches. */
  readonly #reach: number[];
  /** The beginning of a surrogate pair, an escape or an entity whose rest has not come. */
  #half = "";
  /** How much text is in the view. */
  #read: number;
  #settled: number;

  /** The text begins at this offset. */
  constructor(
    recognisers: readonly LinkedRecogniser[],
    report: (finding: RawFinding) => void,
    offset = 0,
  ) {
    this.#recognisers = recognisers;
    this.#report = report;
    this.#read = offset;
    this.#settled = offset;
    this.#next = recognisers.map(() => 0);
    this.#live = recognisers.map(() => 0);
    this.#again = recognisers.map(() => 0);
    this.#reach = recognisers.map(() => 0);
  }

  /** Every finding that begins before this offset has been reported. */
  get settled(): number {
    return this.#settled;
  }

  push(chunk: string): void {
    const text = this.#half + chunk;
    const whole = text.length - openEnd(text);
    this.#half = text.slice(whole);
    this.#append(text.slice(0, whole));
    this.#scan(false);
  }

  /** The text ends with this. */
  end(rest = ""): void {
    this.#append(this.#half + rest);
    this.#half = "";
    this.#scan(true);
  }

  #append(text: string): void {
    const viewEnd = this.#viewOffset + this.#view.length;
    this.#view += canonicalise(text, this.#places, viewEnd, this.#read);
    this.#read += text.length;
  }

  #scan(isFinal: boolean): void {
    const end = this.#viewOffset + this.#view.length;
    let open = end;
    for (const [index, recogniser] of this.#recognisers.entries()) {
      const live = isFinal ? end + 1 : this.#findLive(recogniser, index, end);
      this.#live[index] = live;
      this.#try(recogniser, index, live);
      open = Math.min(open, live);
    }
    this.#settled = open >= end ? this.#read : this.#places.startOf(open);
    const dropped = Math.max(0, open - LEFT_CONTEXT - this.#viewOffset);
    this.#view = this.#view.slice(dropped);
    this.#viewOffset += dropped;
    this.#places.forgetBefore(this.#viewOffset);
  }

  /** A place that cannot become a candidate with the text so far will not with more of it. */
  #findLive(recogniser: LinkedRecogniser, index: number, end: number): number {
    const before = this.#live[index] ?? 0;
    if (end < (this.#again[index] ?? 0)) return before;
    const from = Math.max(0, before - this.#viewOffset);
    const live = this.#viewOffset + recogniser.liveFrom(this.#view, from);
    this.#again[index] = end + Math.floor((end - live) / GROWTH);
    return live;
  }

  /** Tries the places before the open one. */
  #try(recogniser: LinkedRecogniser, index: number, live: number): void {
    let from = this.#next[index] ?? 0;
    while (from < live) {
      const found = recogniser.next(this.#view, from - this.#viewOffset);
      if (found === undefined || this.#viewOffset + found.start >= live) break;
      from = this.#viewOffset + found.start + 1;
      const { value } = found;
      if (value === undefined) continue;
      from = this.#after(index, this.#viewOffset + found.start, this.#viewOffset + value.end);
      this.#report({
        label: value.label,
        recogniser: recogniser.id,
        rank: index,
        tier: value.tier,
        start: this.#places.startOf(this.#viewOffset + value.start),
        end: this.#places.endOf(this.#viewOffset + value.end - 1),
        value: this.#view.slice(value.start, value.end),
      });
    }
    this.#next[index] = Math.max(from, live);
  }

  /** Where to go on after something was found. */
  #after(index: number, start: number, end: number): number {
    const reach = this.#reach[index] ?? 0;
    this.#reach[index] = Math.max(reach, end);
    const isHardlyNew = start < reach && end - reach <= (end - start) / NEW_PART;
    return start + (isHardlyNew ? Math.max(1, (end - start) >> 1) : 1);
  }
}
