// What was found so far, counted: what the policy sees of it and what its record keeps. It does not grow with the
// text, only with the number of kinds of things that are found.

import type { Finding, Tier } from "@writ/classifier";

/** An entry of `input.findings`. */
export interface CountedFinding {
  readonly label: string;
  readonly confidence: Tier;
  readonly count: number;
  readonly where: string;
}

/** An entry of a record's `findings`. */
export interface RecordedFinding {
  readonly label: string;
  readonly recogniser: string;
  readonly tier: Tier;
  readonly count: number;
  readonly hashes: readonly string[];
}

/** How many values of one kind a record can tell apart. */
const MAX_HASHES = 32;

export class FindingTally {
  readonly #counted = new Map<string, CountedFinding & { count: number }>();
  readonly #recorded = new Map<string, RecordedFinding & { count: number; hashes: string[] }>();
  readonly #labels = new Set<string>();

  get labels(): ReadonlySet<string> {
    return this.#labels;
  }

  add(where: string, findings: readonly Finding[]): void {
    for (const { label, recogniser, tier, hash, count } of findings) {
      this.#labels.add(label);
      const place = `${label} ${tier} ${where}`;
      const counted = this.#counted.get(place);
      if (counted !== undefined) counted.count += count;
      // A value that was counted where it began is one here, too.
      else this.#counted.set(place, { label, confidence: tier, count: Math.max(1, count), where });
      const kind = `${label} ${recogniser} ${tier}`;
      const recorded = this.#recorded.get(kind);
      if (recorded === undefined)
        this.#recorded.set(kind, {
          label,
          recogniser,
          tier,
          count: Math.max(1, count),
          hashes: [hash],
        });
      else {
        recorded.count += count;
        if (recorded.hashes.length < MAX_HASHES && !recorded.hashes.includes(hash))
          recorded.hashes.push(hash);
      }
    }
  }

  /** As the policy sees them. */
  counted(): readonly CountedFinding[] {
    return [...this.#counted.values()].map((entry) => ({ ...entry }));
  }

  /** As a record keeps them. */
  recorded(): readonly RecordedFinding[] {
    return [...this.#recorded.values()].map((entry) => ({ ...entry, hashes: [...entry.hashes] }));
  }
}
