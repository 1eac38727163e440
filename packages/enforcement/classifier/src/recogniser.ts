// A recogniser: a pattern, the label of what it finds, and a check of what a pattern cannot say. All of it
// is data but the check, which has a name and a revision instead: the classifier's version is made of these.

import type { Pattern } from "./pattern.ts";

/** How sure a finding is. */
export type Tier = "possible" | "likely" | "certain";

/** What a check says of a match that it accepts: how sure it is, whether the value is shorter, whether it is a known test value. */
export interface CheckResult {
  readonly tier: Tier;
  /** Of the value, when only its beginning counts. */
  readonly length?: number;
  readonly isTestValue?: boolean;
}

export interface Check {
  /** Name and revision: a new revision for every change of what the check says. */
  readonly id: string;
  /** What it goes by beside the value: tables, thresholds, examples. */
  readonly data: unknown;
  run(value: string): CheckResult | undefined;
}

export interface Recogniser {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly pattern: Pattern;
  readonly ignoreCase?: boolean;
  /** A match is possible only in text that has this: a character or word, or any digit. */
  readonly gate?: string | "digit";
  readonly check: Check;
}

export function check<D>(
  id: string,
  data: D,
  run: (value: string, data: D) => CheckResult | undefined,
): Check {
  return { id, data, run: (value) => run(value, data) };
}

export function always(tier: Tier): Check {
  const result = { tier };
  return check("always/1", tier, () => result);
}
