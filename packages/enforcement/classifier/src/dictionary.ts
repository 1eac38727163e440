// Words of a company's own: terms looked up at the beginning of every word, in a sorted list, so that a
// dictionary may be large. Terms are seen as text is: without accents and invisible characters, in any case.

import { canonicalise } from "./canonical.ts";
import type { LinkedRecogniser } from "./linked.ts";
import { Places } from "./places.ts";

/** Words of a company's own, under one label. */
export interface Dictionary {
  /** `custom.…`. */
  readonly label: string;
  /** Found as whole words, in any case. */
  readonly terms: readonly string[];
}

/** How much of a term leads to the part of the list that it is in. */
const LEAD = 2;

export function dictionaryId(label: string): string {
  return `dictionary:${label}`;
}

/** The terms as they are looked for, in order, each once. */
export function foldTerms(terms: readonly string[]): readonly string[] {
  const folded = terms.map((term) => foldCase(canonicalise(term.trim(), new Places(), 0, 0)));
  return [...new Set(folded)].filter((term) => term !== "").sort(byUnits);
}

export function linkDictionary({ label, terms }: Dictionary): LinkedRecogniser {
  const list = new TermList(foldTerms(terms));
  const tier = "likely";
  return {
    id: dictionaryId(label),
    next(text, from) {
      for (
        let start = list.nextStart(text, from);
        start >= 0;
        start = list.nextStart(text, start + 1)
      ) {
        const { end } = list.longestAt(text, start);
        if (end > start) return { start, value: { label, tier, start, end } };
      }
      return undefined;
    },
    liveFrom(text, from) {
      const first = Math.max(from, text.length - list.maxLength - 1);
      for (
        let start = list.nextStart(text, first);
        start >= 0;
        start = list.nextStart(text, start + 1)
      )
        if (list.longestAt(text, start).isOpen) return start;
      return text.length;
    },
  };
}

class TermList {
  readonly maxLength: number;
  readonly #terms: readonly string[];
  /** By their first characters: from which to before which the terms are. */
  readonly #ranges = new Map<string, { readonly from: number; to: number }>();
  readonly #single: ReadonlySet<string>;
  /** A place that is not inside a word, with a character that a term begins with. */
  readonly #start: RegExp;

  constructor(terms: readonly string[]) {
    this.#terms = terms;
    this.#single = new Set(terms.filter(({ length }) => length === 1));
    const firsts = [...new Set(terms.map((term) => term.charCodeAt(0)))];
    const units = firsts.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`);
    this.#start = new RegExp(`(?<![A-Za-z0-9_])[${units.join("")}]`, "gi");
    this.maxLength = terms.reduce((longest, { length }) => Math.max(longest, length), 0);
    for (const [index, term] of terms.entries()) {
      for (let length = 1; length <= Math.min(LEAD, term.length); length += 1) {
        const lead = term.slice(0, length);
        const range = this.#ranges.get(lead);
        if (range === undefined) this.#ranges.set(lead, { from: index, to: index + 1 });
        else range.to = index + 1;
      }
    }
  }

  /** The first place at or after one where a term may begin; -1: none. */
  nextStart(text: string, from: number): number {
    this.#start.lastIndex = from;
    return this.#start.exec(text)?.index ?? -1;
  }

  /** Where the longest term that begins here as whole words ends, and whether more text could make it another. */
  longestAt(text: string, start: number): { readonly end: number; readonly isOpen: boolean } {
    const first = foldCase(text.slice(start, start + LEAD));
    const lead = first.length === LEAD && this.#ranges.has(first) ? first : first.slice(0, 1);
    const range = this.#ranges.get(lead);
    if (range === undefined) return { end: start, isOpen: false };
    let { from, to } = range;
    const isSingle =
      lead.length > 1 && this.#single.has(first.slice(0, 1)) && !isWord(text.charCodeAt(start + 1));
    let end = isSingle ? start + 1 : start;
    for (let length = lead.length; from < to; length += 1) {
      const at = start + length;
      // The shortest of a range comes first; it is what was read so far, or longer.
      const isTerm = this.#terms[from]?.length === length;
      if (at >= text.length) return { end: isTerm ? at : end, isOpen: true };
      if (isTerm) {
        if (!isWord(text.charCodeAt(at))) end = at;
        from += 1;
      }
      const unit = foldCase(text.charAt(at)).charCodeAt(0);
      from = this.#firstNotBelow(unit, length, from, to);
      to = this.#firstNotBelow(unit + 1, length, from, to);
    }
    return { end, isOpen: false };
  }

  /** Of terms alike in the characters before `at`, the first whose next is not below `unit`. */
  #firstNotBelow(unit: number, at: number, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#terms[middle]?.charCodeAt(at) ?? 0) < unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f
  );
}

/** Character by character, so that positions stay. */
function foldCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text]
    .map((unit) => (unit.toLowerCase().length === unit.length ? unit.toLowerCase() : unit))
    .join("");
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
