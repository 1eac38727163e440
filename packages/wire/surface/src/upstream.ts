// The way to a model service, as a surface sees it: it makes the request and reads the error; connections are the
// gateway's.

import type { ReadRequest, RequestTarget } from "./request.ts";

export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface UpstreamCall {
  readonly target: RequestTarget;
  readonly rawTarget: string;
  readonly request: ReadRequest;
  readonly body: Buffer;
  /** SHA-256 of exactly this body, hex. */
  readonly payloadHash: string;
  readonly now: Date;
}

/** A request as it is sent. */
export interface UpstreamRequest {
  /** `https://host:port`. */
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** What a model service that refuses says. */
export interface UpstreamError {
  readonly name: string | undefined;
  readonly message: string;
  /** It is the gateway's own credentials that are not accepted: nothing that its callers can mend. */
  readonly isOwnFault: boolean;
  readonly retryAfter?: string;
}

/** A date or a number of seconds; anything else could be content. */
const RETRY_AFTER = /^(?:\d{1,6}|[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT)$/;

/** What of the first of these headers may go on to a client. */
export function retryAfterOf(
  headers: UpstreamHeaders,
  names: readonly string[],
): { readonly retryAfter?: string } {
  const value = names.map((name) => headers[name]).find((given) => given !== undefined);
  return typeof value === "string" && RETRY_AFTER.test(value) ? { retryAfter: value } : {};
}
