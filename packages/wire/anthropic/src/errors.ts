// Errors in the form this API's clients understand (https://docs.claude.com/en/api/errors): SDKs raise their own typed
// error from the status and show the message; the id of the request is in a header as well.

import {
  type EncodedRefusal,
  memberOf,
  type NativeErrors,
  nativeError,
  nodeAt,
  type Refusal,
  type RefusalContext,
  readJson,
  retryAfterOf,
  stringOf,
  type UpstreamError,
  type UpstreamHeaders,
  withDecisionId,
} from "@writ/surface";

export const errors: NativeErrors = {
  denied: { status: 403, name: "permission_error" },
  not_enabled: { status: 403, name: "permission_error" },
  unknown_operation: { status: 404, name: "not_found_error" },
  invalid_request: { status: 400, name: "invalid_request_error" },
  unauthenticated: { status: 401, name: "authentication_error" },
  not_permitted: { status: 403, name: "permission_error" },
  too_large: { status: 413, name: "request_too_large" },
  throttled: { status: 429, name: "rate_limit_error" },
  overloaded: { status: 529, name: "overloaded_error" },
  timeout: { status: 408, name: "timeout_error" },
  upstream_timeout: { status: 504, name: "timeout_error" },
  upstream_failed: { status: 502, name: "api_error" },
  upstream_refused: { status: 502, name: "api_error" },
  unavailable: { status: 503, name: "api_error" },
  unrecorded: { status: 503, name: "api_error" },
  internal: { status: 500, name: "api_error" },
  client_gone: { status: 499, name: "client_gone" },
};

/** What stays as it is however often it is asked; some clients try again unless they are told. */
const FINAL: ReadonlySet<Refusal["code"]> = new Set([
  "denied",
  "not_enabled",
  "unknown_operation",
  "invalid_request",
  "unauthenticated",
  "not_permitted",
  "too_large",
]);
/** Seconds; a client that is not told when to come back comes back at once. */
const COME_BACK = "1";

export function errorBody(name: string, message: string, requestId?: string): string {
  return JSON.stringify({
    type: "error",
    error: { type: name, message },
    ...(requestId === undefined ? {} : { request_id: requestId }),
  });
}

export function encodeRefusal(
  refusal: Refusal,
  { requestId, decisionId }: RefusalContext,
): EncodedRefusal {
  const { status, name } = nativeError(errors, refusal);
  const text = errorBody(name, withDecisionId(refusal.message, decisionId), requestId);
  const body = Buffer.from(text, "utf8");
  const isFinal = refusal.isFinal ?? FINAL.has(refusal.code);
  const isBusy = status === 429 || status === 529;
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "content-length": String(body.length),
    "request-id": requestId,
    ...(isFinal ? { "x-should-retry": "false" } : {}),
    ...((isBusy && !isFinal) || refusal.retryAfter !== undefined
      ? { "retry-after": refusal.retryAfter ?? COME_BACK }
      : {}),
  };
  return { status, headers, body };
}

/** The errors of the API; another name could be content. */
const NAMES: ReadonlySet<string> = new Set([
  ...Object.values(errors).map(({ name }) => name),
  "billing_error",
  "conflict_error",
]);
/** What hosts other than Anthropic call their refusal, by status. */
const BY_STATUS: { readonly [status: number]: string } = {
  400: "invalid_request_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export function readUpstreamError(
  status: number,
  headers: UpstreamHeaders,
  body: Buffer,
): UpstreamError {
  const read = readJson(body);
  const root = read.ok ? read.root : undefined;
  const named = stringOf(nodeAt(root, ["error", "type"])) ?? "";
  const name = NAMES.has(named) ? named : (BY_STATUS[status] ?? "api_error");
  const message =
    stringOf(nodeAt(root, ["error", "message"])) ??
    stringOf(memberOf(root, "message")) ??
    stringOf(memberOf(root, "Message")) ??
    "";
  const hosts = headers["x-amzn-errortype"] ?? stringOf(memberOf(root, "__type")) ?? "";
  const isOwnFault =
    status === 401 || name === "authentication_error" || FOREIGN_KEY.test(String(hosts));
  return { name, message, isOwnFault, ...retryAfterOf(headers, ["retry-after"]) };
}

/** What a host whose clients sign calls credentials that it does not accept. */
const FOREIGN_KEY =
  /^(?:[\w.]+#)?(?:ExpiredToken|InvalidSignature|SignatureDoesNotMatch|UnrecognizedClient|IncompleteSignature|MissingAuthenticationToken|InvalidClientTokenId)/;

/** As they are made; anything else could be content. */
const REQUEST_ID = /^(?:req_[A-Za-z0-9]{16,40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

export function upstreamRequestId(headers: UpstreamHeaders): string | undefined {
  const requestId = headers["request-id"] ?? headers["x-amzn-requestid"];
  return typeof requestId === "string" && REQUEST_ID.test(requestId) ? requestId : undefined;
}
