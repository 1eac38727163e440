// Findings as they are handed on: offsets and a keyed hash of what was found, never the value. A text may
// hold millions: of each kind the first are listed one by one, the rest together as one finding, which
// counts them and keeps where each is, so that what a text holds stays small and is still masked whole.

import type { RawFinding } from "./detector.ts";
import type { Tier } from "./recogniser.ts";

/** Something that has a label, where it is, and how sure that is. */
export interface Finding {
  readonly label: string;
  readonly recogniser: string;
  readonly tier: Tier;
  /** UTF-16 offsets, half open, in the text the finding came with. */
  readonly start: number;
  readonly end: number;
  /** HMAC-SHA-256 of the value under the classifier's key, base64url: tells equal values from different ones. */
  readonly hash: string;
  /** How many values it represents: 1, or more where `spans` says where each is. 0: the rest of one that began, and was counted, in the text before. */
  readonly count: number;
  /** Starts and ends in turn, of all it represents; `start` and `end` are the first and the last of them, `hash` is of the first value. */
  readonly spans?: Uint32Array;
}

/** Of one label, recogniser and tier in one text so many are listed one by one. */
export const MAX_LISTED = 256;

interface Kind {
  readonly label: string;
  readonly recogniser: string;
  readonly tier: Tier;
  listed: number;
  rest:
    | { readonly finding: Finding; spans: Uint32Array; count: number; length: number }
    | undefined;
}

/** Takes the findings of one text, in order. */
export class FindingList {
  readonly #hash: (value: string) => string;
  readonly #listed: Finding[] = [];
  readonly #kinds = new Map<string, Kind>();
  #last: Kind | undefined;

  constructor(hash: (value: string) => string) {
    this.#hash = hash;
  }

  /** Offsets in the text; `isRest`: of a value that began in the text before. */
  add(raw: RawFinding, start: number, end: number, isRest = false): void {
    const { label, recogniser, tier, value } = raw;
    const kind = this.#kindOf(raw);
    const count = isRest ? 0 : 1;
    if (kind.listed < MAX_LISTED) {
      kind.listed += 1;
      this.#listed.push({ label, recogniser, tier, start, end, hash: this.#hash(value), count });
      return;
    }
    kind.rest ??= {
      finding: { label, recogniser, tier, start, end, hash: this.#hash(value), count },
      spans: new Uint32Array(64),
      count: 0,
      length: 0,
    };
    const { rest } = kind;
    if (rest.length === rest.spans.length) {
      const larger = new Uint32Array(rest.spans.length * 2);
      larger.set(rest.spans);
      rest.spans = larger;
    }
    rest.spans[rest.length] = start;
    rest.spans[rest.length + 1] = end;
    rest.length += 2;
    rest.count += count;
  }

  #kindOf({ label, recogniser, tier }: RawFinding): Kind {
    const last = this.#last;
    if (last?.label === label && last.recogniser === recogniser && last.tier === tier) return last;
    const name = `${recogniser} ${tier} ${label}`;
    const kind = this.#kinds.get(name) ?? { label, recogniser, tier, listed: 0, rest: undefined };
    this.#kinds.set(name, kind);
    this.#last = kind;
    return kind;
  }

  finish(): readonly Finding[] {
    const rests = [...this.#kinds.values()].flatMap(({ rest }) => {
      if (rest === undefined) return [];
      const spans = rest.spans.slice(0, rest.length);
      const end = spans.reduce((last, at) => Math.max(last, at), 0);
      return [{ ...rest.finding, end, count: rest.count, spans }];
    });
    return [...this.#listed, ...rests];
  }
}

/** Every span of a finding. */
export function* spansOf(finding: Finding): Generator<readonly [start: number, end: number]> {
  const { spans } = finding;
  if (spans === undefined) {
    yield [finding.start, finding.end];
    return;
  }
  for (let index = 0; index < spans.length; index += 2)
    yield [spans[index] ?? 0, spans[index + 1] ?? 0];
}

/** The finding in a text of this length, of which the text it came with begins at an offset; undefined where it lies outside. */
export function moveFinding(finding: Finding, by: number, length: number): Finding | undefined {
  const within = (at: number): number => Math.min(length, Math.max(0, at + by));
  if (finding.spans === undefined) {
    const [start, end] = [within(finding.start), within(finding.end)];
    return start < end ? { ...finding, start, end } : undefined;
  }
  const kept: number[] = [];
  for (const [from, to] of spansOf(finding)) {
    const [start, end] = [within(from), within(to)];
    if (start < end) kept.push(start, end);
  }
  if (kept.length === 0) return undefined;
  const spans = Uint32Array.from(kept);
  const end = spans.reduce((last, at) => Math.max(last, at), 0);
  return { ...finding, start: spans[0] ?? 0, end, count: kept.length / 2, spans };
}
