// Refusals in the form AWS clients understand: status, `x-amzn-errortype`, and a JSON body with `message`.
// SDKs raise their own typed error from these; extra members of the body appear on it.

/** Why a call does not go on, in words for its caller. */
export interface Refusal {
  readonly status: number;
  /** The exception's name, as the service models it. */
  readonly code: string;
  readonly message: string;
  /** When to come back, as whoever refused has it. */
  readonly retryAfter?: string;
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

/** A refusal as AWS's SDKs read it. */
export function encodeRefusal(
  refusal: Refusal,
  { requestId, decisionId }: RefusalContext,
): EncodedRefusal {
  const content = {
    message: withId(refusal.message, decisionId),
    ...(decisionId === undefined ? {} : { decisionId }),
  };
  const body = Buffer.from(JSON.stringify(content), "utf8");
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "content-length": String(body.length),
    "x-amzn-errortype": refusal.code,
    "x-amzn-requestid": requestId,
    // SDKs learn the server's clock from this and correct their own.
    date: new Date().toUTCString(),
    // A throttled client that is told when to come back does not come back at once.
    ...(refusal.status === 429 || refusal.retryAfter !== undefined
      ? { "retry-after": refusal.retryAfter ?? "1" }
      : {}),
  };
  return { status: refusal.status, headers, body };
}

/** Not every client shows more of an error than its message. */
function withId(message: string, decisionId: string | undefined): string {
  return decisionId === undefined || message.includes(decisionId)
    ? message
    : `${message} (decision ${decisionId})`;
}
