// Recognisers with their regular expressions compiled.

import type { Recogniser, Verdict } from "./recogniser.ts";

export interface RecogniserMatch {
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Undefined: the check says that it is none after all. */
  readonly verdict: Verdict | undefined;
}

export interface LinkedRecogniser {
  readonly id: string;
  readonly label: string;
  readonly rank: number;
  /** The first match that begins at or after a position. */
  next(text: string, from: number): RecogniserMatch | undefined;
  /** The first position, at or after one, from which the text to its end could still become a match. */
  liveFrom(text: string, from: number): number;
}

export function linkRecogniser(recogniser: Recogniser, rank: number): LinkedRecogniser {
  const { id, label, pattern, check, gate } = recogniser;
  const flags = recogniser.ignoreCase === true ? "gi" : "g";
  const full = new RegExp(pattern.full, `${flags}d`);
  const partial = new RegExp(pattern.partial, flags);
  const hasGate = linkGate(gate, recogniser.ignoreCase === true);
  return {
    id,
    label,
    rank,
    next(text, from) {
      if (!hasGate(text, from)) return undefined;
      full.lastIndex = from;
      const match = full.exec(text);
      if (match === null) return undefined;
      const [start, end] = match.indices?.[0] ?? [0, 0];
      const [valueStart, valueEnd] = match.indices?.groups?.["value"] ?? [start, end];
      const verdict = check(text.slice(valueStart, valueEnd));
      const length = verdict?.length;
      return {
        start,
        end,
        valueStart,
        valueEnd: length === undefined ? valueEnd : valueStart + length,
        verdict,
      };
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
