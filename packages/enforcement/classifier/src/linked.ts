// Recognisers ready to run.

import type { Recogniser, Tier } from "./recogniser.ts";

/** What one recogniser finds at a place. */
export interface Candidate {
  readonly start: number;
  /** Undefined when the check rejects the match. */
  readonly value: CandidateValue | undefined;
}

export interface CandidateValue {
  readonly label: string;
  readonly tier: Tier;
  readonly start: number;
  readonly end: number;
}

export interface LinkedRecogniser {
  readonly id: string;
  /** The first candidate that begins at or after a position. */
  next(text: string, from: number): Candidate | undefined;
  /** The first position, at or after one, from which the text to its end could still become a candidate. */
  liveFrom(text: string, from: number): number;
}

export function linkRecogniser(recogniser: Recogniser): LinkedRecogniser {
  const { id, label, pattern, check, gate } = recogniser;
  const flags = recogniser.ignoreCase === true ? "gi" : "g";
  const full = new RegExp(pattern.full, flags);
  const partial = new RegExp(pattern.partial, flags);
  const hasGate = linkGate(gate, recogniser.ignoreCase === true);
  return {
    id,
    next(text, from) {
      if (!hasGate(text, from)) return undefined;
      full.lastIndex = from;
      const match = full.exec(text);
      if (match === null) return undefined;
      const end = match.index + match[0].length;
      // Where a pattern names the value, that is its last part.
      const found = match.groups?.["value"] ?? match[0];
      const checked = check.run(found);
      if (checked === undefined) return { start: match.index, value: undefined };
      const start = end - found.length;
      const value = {
        label: checked.isTestValue === true ? `${label}.test_value` : label,
        tier: checked.tier,
        start,
        end: checked.length === undefined ? end : start + checked.length,
      };
      return { start: match.index, value };
    },
    liveFrom(text, from) {
      // Further from the end than the longest match, nothing can reach it.
      partial.lastIndex = Math.max(from, text.length - pattern.maxLength - 1);
      return partial.exec(text)?.index ?? text.length;
    },
  };
}

function linkGate(
  gate: Recogniser["gate"],
  ignoreCase: boolean,
): (text: string, from: number) => boolean {
  if (gate === undefined) return () => true;
  if (gate !== "digit" && !ignoreCase)
    return (text, from) => text.includes(gate, Math.max(0, from - gate.length));
  const wanted = gate === "digit" ? /[0-9]/g : new RegExp(gate, "gi");
  const before = gate === "digit" ? 0 : gate.length;
  return (text, from) => {
    wanted.lastIndex = Math.max(0, from - before);
    return wanted.test(text);
  };
}
