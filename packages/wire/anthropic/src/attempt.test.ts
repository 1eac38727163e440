import { expect, it } from "vitest";
import { readAttempt } from "./attempt.ts";

const SESSION = "0b8f2a64-7d4e-4c3b-9a53-3f6f6f1f2a10";

it.each<[string, readonly string[], object]>([
  ["nothing", [], {}],
  ["the first try", ["x-stainless-retry-count", "0"], { number: 1 }],
  ["the third", ["X-Stainless-Retry-Count", "2"], { number: 3 }],
  ["a session", ["x-claude-code-session-id", SESSION.toUpperCase()], { session: SESSION }],
  [
    "the first of two",
    ["x-stainless-retry-count", "0", "x-stainless-retry-count", "5"],
    { number: 1 },
  ],
  ["no number", ["x-stainless-retry-count", "1e3"], {}],
  ["a number without end", ["x-stainless-retry-count", "9999"], {}],
  ["no session", ["x-claude-code-session-id", "AKIAQ3EGRJ7XV5ZT2MNB"], {}],
  ["a value that is called like a header", ["x-note", "x-stainless-retry-count"], {}],
])("%s", (_name, rawHeaders, attempt) => {
  expect(readAttempt(rawHeaders)).toEqual(attempt);
});
