// Why a call does not go on, in words that are the same for every API. Each surface has its own form for each code.

/**
 * What went wrong:
 *
 * | code | for |
 * |---|---|
 * | `denied` | the policy, or an answer that cannot be changed as the policy wants it |
 * | `not_enabled` | an operation that this gateway knows and does not let through |
 * | `unknown_operation` | what no table names |
 * | `invalid_request` | a request that cannot be read in exactly one way |
 * | `unauthenticated` | nobody that this gateway knows |
 * | `not_permitted` | a caller that says what it may not say |
 * | `too_large` | a body that is larger than what is inspected |
 * | `throttled` | a caller that has as much under way as it may have |
 * | `overloaded` | a gateway that holds as much as it can |
 * | `timeout` | a request that did not arrive in time |
 * | `upstream_timeout` | a model service that did not answer in time |
 * | `upstream_failed` | an answer that did not come, or that cannot be read in one way |
 * | `upstream_refused` | a model service that refuses: `status` and `name` say how |
 * | `unavailable` | a gateway that is stopping, or whose own credentials are not accepted |
 * | `unrecorded` | a decision that could not be put on record |
 * | `internal` | a bug |
 * | `client_gone` | for the record: nobody is there to be told |
 */
export type RefusalCode =
  | "denied"
  | "not_enabled"
  | "unknown_operation"
  | "invalid_request"
  | "unauthenticated"
  | "not_permitted"
  | "too_large"
  | "throttled"
  | "overloaded"
  | "timeout"
  | "upstream_timeout"
  | "upstream_failed"
  | "upstream_refused"
  | "unavailable"
  | "unrecorded"
  | "internal"
  | "client_gone";

/** Why a call does not go on, in words for its caller. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  /** In place of the status and the name that the surface has for the code, where something more exact is known. */
  readonly status?: number;
  readonly name?: string;
  /** When to come back, as whoever refused has it: seconds, or a date (RFC 9110, section 10.2.3). */
  readonly retryAfter?: string;
  /** The same request sent again gets the same answer: its client is told so, where it can be told. */
  readonly isFinal?: boolean;
}

/** What a surface makes of a code. */
export interface NativeError {
  readonly status: number;
  /** The name of the error, as the API's clients know it. */
  readonly name: string;
}

export type NativeErrors = { readonly [Code in RefusalCode]: NativeError };

/** The status and the name that a client gets. */
export function nativeError(errors: NativeErrors, refusal: Refusal): NativeError {
  const { status, name } = errors[refusal.code];
  return { status: refusal.status ?? status, name: refusal.name ?? name };
}

/** A refusal as HTTP sends it. */
export interface EncodedRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What names the call, for who asks about it later. */
export interface RefusalContext {
  readonly requestId: string;
  readonly decisionId?: string;
}

/** Not every client shows more of an error than its message: the decision is named there. */
export function withDecisionId(message: string, decisionId: string | undefined): string {
  return decisionId === undefined || message.includes(decisionId)
    ? message
    : `${message} (decision ${decisionId})`;
}
