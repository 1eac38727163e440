// Which try of a call this is: AWS's SDKs say so in `amz-sdk-request`, Anthropic's as they do everywhere.

import { readAttempt as readMessagesAttempt } from "@writ/anthropic";
import type { Attempt } from "@writ/surface";

const ATTEMPT = /(?:^|; )attempt=([1-9]\d{0,2})(?:;|$)/;

export function readAttempt(rawHeaders: readonly string[]): Attempt {
  const attempt = readMessagesAttempt(rawHeaders);
  if (attempt.number !== undefined) return attempt;
  const at = rawHeaders.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === "amz-sdk-request",
  );
  const number = at < 0 ? undefined : ATTEMPT.exec(rawHeaders[at + 1] ?? "")?.[1];
  return number === undefined ? attempt : { ...attempt, number: Number(number) };
}
