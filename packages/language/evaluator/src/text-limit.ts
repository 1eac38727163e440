// How long a text may be that an evaluation makes: one made of others, again and again, fills all memory.

import { EvaluationError } from "./evaluation.ts";
import type { Value } from "./value.ts";

export const MAX_TEXT = 10_000_000;

/** What was made, if it is no longer than that. `by`: what the error names. */
export function withinLimit<T extends Value | undefined>(made: T, by: string): T {
  if (typeof made === "string" && made.length > MAX_TEXT) throw tooLong(by);
  return made;
}

export function tooLong(by: string): EvaluationError {
  const limit = String(MAX_TEXT).replace(/\B(?=(?:\d{3})+$)/g, ",");
  const message = `${by}: a text has ${limit} characters at most`;
  return new EvaluationError(message, { code: "eval_limit_error" });
}

/** What V8 says of a text that is longer than any may be. */
export function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && error.message === "Invalid string length";
}
