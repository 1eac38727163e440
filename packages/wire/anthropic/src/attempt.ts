// Which try of a call this is, as this API's clients say it.

import type { Attempt } from "@writ/surface";

const COUNT = /^\d{1,3}$/;
/** Anything else could be content. */
const SESSION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The number of the try, and the session of Claude Code that it is of. */
export function readAttempt(rawHeaders: readonly string[]): Attempt {
  let number: number | undefined;
  let session: string | undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase();
    const value = rawHeaders[at + 1] ?? "";
    // Counted from 0.
    if (name === "x-stainless-retry-count" && COUNT.test(value)) number ??= Number(value) + 1;
    if (name === "x-claude-code-session-id" && SESSION.test(value)) session ??= value.toLowerCase();
  }
  return {
    ...(number === undefined ? {} : { number }),
    ...(session === undefined ? {} : { session }),
  };
}
