// Findings in order, and where a text may be cut: not inside a finding, and not inside a group of findings
// that overlap, which one mask may have to cover.
//
// All labels of overlapping findings are kept. Of one label a finding says nothing more where it lies
// wholly inside one that begins no later and is as sure: such are left out.

import type { RawFinding } from "./detector.ts";
import type { Tier } from "./recogniser.ts";

const TIERS: { readonly [T in Tier]: number } = { possible: 0, likely: 1, certain: 2 };

interface Group {
  readonly start: number;
  end: number;
  /** By label: how far its findings reach that are at least this sure. */
  readonly reach: Map<string, readonly [number, number, number]>;
}

export class Groups {
  #pending: RawFinding[] = [];
  #open: Group | undefined;
  #settledTo = Number.NEGATIVE_INFINITY;
  readonly #take: (finding: RawFinding) => void;

  constructor(take: (finding: RawFinding) => void) {
    this.#take = take;
  }

  add(finding: RawFinding): void {
    this.#pending.push(finding);
  }

  /**
   * Takes the findings that begin before an offset, in order; all of them must have been added. Answers how
   * far the text is settled.
   */
  settle(offset: number): number {
    // Asked for again and again while one of two looks waits for more.
    if (offset > this.#settledTo && this.#pending.length > 0) {
      const ready = this.#pending.filter(({ start }) => start < offset);
      this.#pending = this.#pending.filter(({ start }) => start >= offset);
      for (const finding of ready.sort(inOrder)) this.#join(finding);
    }
    this.#settledTo = Math.max(offset, this.#settledTo);
    if (this.#open !== undefined && this.#open.end <= offset) this.#open = undefined;
    return this.#open?.start ?? offset;
  }

  #join(finding: RawFinding): void {
    const { label, start, end } = finding;
    if (this.#open === undefined || start >= this.#open.end)
      this.#open = { start, end, reach: new Map() };
    const group = this.#open;
    group.end = Math.max(group.end, end);
    const tier = TIERS[finding.tier];
    const [possible, likely, certain] = group.reach.get(label) ?? [0, 0, 0];
    if (([possible, likely, certain][tier] ?? 0) >= end) return;
    group.reach.set(label, [
      Math.max(possible, end),
      tier >= 1 ? Math.max(likely, end) : likely,
      tier >= 2 ? Math.max(certain, end) : certain,
    ]);
    this.#take(finding);
  }
}

function inOrder(a: RawFinding, b: RawFinding): number {
  return a.start - b.start || b.end - a.end || TIERS[b.tier] - TIERS[a.tier] || a.rank - b.rank;
}
