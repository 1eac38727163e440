// Control headers of the operations on a model, both ways. A header could carry content past every
// inspection: each has a grammar of its own, and what does not fit does not go on.

import type { Refusal } from "@writ/surface";

const MEDIA_TYPE = /^(?:\*\/\*|application\/(?:json|vnd\.amazon\.eventstream)|text\/event-stream)$/;
const COUNT = /^\d{1,12}$/;
const TIER = /^(?:standard|optimized|priority|default|flex|reserved)$/;
const PREFIX = "x-amzn-bedrock-";

/** What a caller may set. */
const REQUEST: { readonly [name: string]: RegExp | undefined } = {
  "x-amzn-bedrock-accept": MEDIA_TYPE,
  "x-amzn-bedrock-trace": /^(?:ENABLED|DISABLED|ENABLED_FULL)$/i,
  "x-amzn-bedrock-guardrailidentifier":
    /^(?:[a-z0-9]{1,64}|arn:aws[a-z-]*:bedrock:[a-z0-9-]{1,20}:\d{12}:guardrail\/[a-z0-9]{1,64})$/,
  "x-amzn-bedrock-guardrailversion": /^(?:[1-9]\d{0,7}|DRAFT)$/,
  "x-amzn-bedrock-performanceconfig-latency": TIER,
  "x-amzn-bedrock-service-tier": TIER,
};

/** What an answer may say of itself. */
const RESPONSE: { readonly [name: string]: RegExp | undefined } = {
  "x-amzn-bedrock-input-token-count": COUNT,
  "x-amzn-bedrock-output-token-count": COUNT,
  "x-amzn-bedrock-cache-read-input-token-count": COUNT,
  "x-amzn-bedrock-cache-write-input-token-count": COUNT,
  "x-amzn-bedrock-invocation-latency": COUNT,
  "x-amzn-bedrock-performanceconfig-latency": TIER,
  "x-amzn-bedrock-service-tier": TIER,
};

export type ControlHeadersResult =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly refusal: Refusal };

/** The headers of a request that go on with it. */
export function readControlHeaders(rawHeaders: readonly string[]): ControlHeadersResult {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    const value = rawHeaders[at + 1]?.trim() ?? "";
    // Clients say of their own what they take; what they get is the operation's.
    if (name === "accept" && MEDIA_TYPE.test(value)) headers[name] = value;
    if (!name.startsWith(PREFIX)) continue;
    const grammar = Object.hasOwn(REQUEST, name) ? REQUEST[name] : undefined;
    if (grammar === undefined) return refuse(`the header \`${name.slice(0, 64)}\` is not known`);
    if (headers[name] !== undefined) return refuse(`the header \`${name}\` is given twice`);
    if (!grammar.test(value))
      return refuse(`the header \`${name}\` has a value that it cannot have`);
    headers[name] = value;
  }
  return { ok: true, headers };
}

/** The headers of an answer that go on with it. */
export function passedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const passed: Record<string, string> = {};
  for (const [name, grammar] of Object.entries(RESPONSE)) {
    const value = headers[name];
    if (typeof value === "string" && grammar?.test(value) === true) passed[name] = value;
  }
  return passed;
}

/** The guardrail that InvokeModel takes from its headers; other operations take none from there. */
export function headerGuardrail(
  operation: string,
  headers: Readonly<Record<string, string>>,
): { readonly id: string; readonly version?: string } | undefined {
  if (!operation.startsWith("InvokeModel")) return undefined;
  const id = headers["x-amzn-bedrock-guardrailidentifier"];
  const version = headers["x-amzn-bedrock-guardrailversion"];
  return id === undefined ? undefined : { id, ...(version === undefined ? {} : { version }) };
}

function refuse(problem: string): ControlHeadersResult {
  return { ok: false, refusal: { code: "invalid_request", message: problem } };
}
