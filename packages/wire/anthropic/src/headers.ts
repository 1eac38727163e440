// The headers of a request that go on, and of an answer that come back. A header could carry content past every
// inspection: each has a grammar of its own, and what does not fit does not go on.

import type { Refusal, UpstreamHeaders } from "@writ/surface";

const VERSION = /^\d{4}-\d{2}-\d{2}$/;
const BETAS = /^[a-z0-9-]{1,64}(?: ?, ?[a-z0-9-]{1,64}){0,31}$/;

export type HeadersResult =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly refusal: Refusal };

/** What of a request's headers goes on, each as its grammar has it. */
export function readHeaders(rawHeaders: readonly string[]): HeadersResult {
  const given = (wanted: string): readonly string[] =>
    rawHeaders
      .filter((_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted)
      .map((value) => value.trim());
  if (given("content-encoding").some((coding) => coding.toLowerCase() !== "identity"))
    return invalid("an encoded body is not read; send it as it is");
  const [version, ...more] = given("anthropic-version");
  if (version === undefined) return invalid("anthropic-version: header is required");
  if (more.length > 0) return invalid("`anthropic-version` is given twice");
  if (!VERSION.test(version)) return invalid("`anthropic-version` is no version");
  const betas = given("anthropic-beta");
  if (!betas.every((list) => BETAS.test(list)))
    return invalid("`anthropic-beta` is no list of names");
  return {
    ok: true,
    headers: {
      "anthropic-version": version,
      ...(betas.length === 0 ? {} : { "anthropic-beta": betas.join(",") }),
    },
  };
}

const NUMBER = /^\d{1,12}$/;
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;
const LIMIT =
  /^anthropic-ratelimit-(?:requests|tokens|input-tokens|output-tokens)-(limit|remaining|reset)$/;

/** What an answer says of the limits its caller's clients watch. */
export function passedHeaders(headers: UpstreamHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => {
      const [name, value] = entry;
      const kind = LIMIT.exec(name)?.[1];
      if (kind === undefined || typeof value !== "string") return false;
      return (kind === "reset" ? DATE : NUMBER).test(value);
    }),
  );
}

function invalid(message: string): HeadersResult {
  return { ok: false, refusal: { code: "invalid_request", message } };
}
