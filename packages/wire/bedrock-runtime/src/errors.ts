// Errors in the form AWS clients understand: status, `x-amzn-errortype`, and a JSON body with `message`. SDKs raise
// their own typed error from these; further members of the body appear on it.

import {
  type ClientForm,
  type EncodedRefusal,
  memberOf,
  type NativeErrors,
  nativeError,
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
  denied: { status: 403, name: "AccessDeniedException" },
  not_enabled: { status: 403, name: "AccessDeniedException" },
  unknown_operation: { status: 404, name: "UnknownOperationException" },
  invalid_request: { status: 400, name: "ValidationException" },
  unauthenticated: { status: 403, name: "UnrecognizedClientException" },
  not_permitted: { status: 403, name: "AccessDeniedException" },
  too_large: { status: 400, name: "ValidationException" },
  throttled: { status: 429, name: "ThrottlingException" },
  overloaded: { status: 429, name: "ThrottlingException" },
  timeout: { status: 408, name: "RequestTimeoutException" },
  upstream_timeout: { status: 408, name: "ModelTimeoutException" },
  upstream_failed: { status: 502, name: "InternalServerException" },
  upstream_refused: { status: 502, name: "InternalServerException" },
  unavailable: { status: 503, name: "ServiceUnavailableException" },
  unrecorded: { status: 503, name: "ServiceUnavailableException" },
  internal: { status: 500, name: "InternalServerException" },
  client_gone: { status: 499, name: "ClientGone" },
};

/** Claude Code sends what is denied with 403 a dozen times again, over minutes, and what is invalid once. */
export const clientForms: readonly ClientForm[] = [
  { userAgent: "claude-cli/", code: "denied", status: 400, name: "ValidationException" },
];

/** AWS's SDKs send what fails with 429 or 5xx again, whatever its headers say; this they do not. */
const FINAL = { status: 403, name: "AccessDeniedException" };
const RETRIED = /^(?:408|429|5\d\d)$/;
/** Seconds; a client that is not told when to come back comes back at once. */
const COME_BACK = "1";

/** A refusal as AWS's SDKs read it. */
export function encodeRefusal(
  refusal: Refusal,
  { requestId, decisionId }: RefusalContext,
): EncodedRefusal {
  const native = nativeError(errors, refusal);
  const { status, name } =
    refusal.isFinal === true && RETRIED.test(String(native.status)) ? FINAL : native;
  const content = {
    message: withDecisionId(refusal.message, decisionId),
    ...(decisionId === undefined ? {} : { decisionId }),
  };
  const body = Buffer.from(JSON.stringify(content), "utf8");
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "content-length": String(body.length),
    "x-amzn-errortype": name,
    "x-amzn-requestid": requestId,
    // SDKs learn the server's clock from this and correct their own.
    date: new Date().toUTCString(),
    ...(status === 429 || refusal.retryAfter !== undefined
      ? { "retry-after": refusal.retryAfter ?? COME_BACK }
      : {}),
  };
  return { status, headers, body };
}

const NAME = /^(?:[\w.]+#)?([A-Za-z]{1,64})/;
const OWN_FAULT =
  /^(?:ExpiredToken|ExpiredTokenException|InvalidSignatureException|SignatureDoesNotMatch|UnrecognizedClientException|IncompleteSignatureException|MissingAuthenticationTokenException|InvalidClientTokenId)$/;

export function readUpstreamError(
  _status: number,
  headers: UpstreamHeaders,
  body: Buffer,
): UpstreamError {
  const read = readJson(body);
  const member = (name: string): string | undefined =>
    read.ok ? stringOf(memberOf(read.root, name)) : undefined;
  const declared = headers["x-amzn-errortype"];
  const type = typeof declared === "string" ? declared : (member("__type") ?? member("code") ?? "");
  const name = NAME.exec(type)?.[1];
  return {
    name,
    message: member("message") ?? member("Message") ?? "",
    isOwnFault: name !== undefined && OWN_FAULT.test(name),
    ...retryAfterOf(headers, ["retry-after", "x-amz-retry-after"]),
  };
}

/** As AWS makes them; anything else could be content. */
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function upstreamRequestId(headers: UpstreamHeaders): string | undefined {
  const requestId = headers["x-amzn-requestid"];
  return typeof requestId === "string" && REQUEST_ID.test(requestId) ? requestId : undefined;
}
