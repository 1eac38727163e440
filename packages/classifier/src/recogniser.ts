// A recogniser: a pattern, the label of what it finds, and a check of what a pattern cannot say.

import type { Pattern } from "./pattern.ts";

/** How sure a finding is. */
export type Tier = "possible" | "likely" | "certain";

/** What a check says of a match: nothing (it is none), or how sure, perhaps a shorter value, perhaps a known test value. */
export interface Verdict {
  readonly tier: Tier;
  /** Of the value, when only its beginning counts. */
  readonly length?: number;
  readonly isTestValue?: boolean;
}

export interface Recogniser {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly pattern: Pattern;
  readonly ignoreCase?: boolean;
  /** A match is possible only in text that has this: a character or word, or any digit. */
  readonly gate?: string | "digit";
  readonly check: (value: string) => Verdict | undefined;
}

export function always(tier: Tier): () => Verdict {
  const verdict = { tier };
  return () => verdict;
}
