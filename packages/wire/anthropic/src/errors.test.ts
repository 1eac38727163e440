import type { Refusal, RefusalCode } from "@writ/surface";
import { describe, expect, it } from "vitest";
import { encodeRefusal, errors, readUpstreamError, upstreamRequestId } from "./errors.ts";

const CONTEXT = { requestId: "r", decisionId: "d" };

function encode(refusal: Partial<Refusal> & { readonly code: RefusalCode }) {
  const { status, headers, body } = encodeRefusal({ message: "no", ...refusal }, CONTEXT);
  return { status, headers, body: JSON.parse(body.toString()) as unknown, length: body.length };
}

describe("a refusal", () => {
  it.each(Object.entries(errors))("%s has the form of the API", (code, { status, name }) => {
    const encoded = encode({ code: code as RefusalCode });
    expect(encoded).toMatchObject({
      status,
      headers: {
        "content-type": "application/json",
        "content-length": String(encoded.length),
        "request-id": "r",
      },
      body: { type: "error", error: { type: name, message: "no (decision d)" }, request_id: "r" },
    });
  });

  it("says what is more exact", () => {
    const refusal = { status: 404, name: "not_found_error", retryAfter: "9" };
    expect(encode({ code: "upstream_refused", ...refusal })).toMatchObject({
      status: 404,
      headers: { "retry-after": "9" },
      body: { error: { type: "not_found_error" } },
    });
  });

  it.each<
    [Partial<Refusal> & { readonly code: RefusalCode }, string | undefined, string | undefined]
  >([
    [{ code: "denied" }, "false", undefined],
    [{ code: "denied", status: 429, name: "rate_limit_error" }, "false", undefined],
    [{ code: "unauthenticated" }, "false", undefined],
    [{ code: "throttled" }, undefined, "1"],
    [{ code: "overloaded" }, undefined, "1"],
    [{ code: "upstream_refused", status: 529 }, undefined, "1"],
    [{ code: "upstream_refused", status: 429, retryAfter: "30" }, undefined, "30"],
    [{ code: "unrecorded" }, undefined, undefined],
    [{ code: "unrecorded", isFinal: true }, "false", undefined],
    [{ code: "unavailable" }, undefined, undefined],
  ])("%j says whether to come back, and when", (refusal, shouldRetry, retryAfter) => {
    const { headers } = encode(refusal);
    expect(headers["x-should-retry"]).toBe(shouldRetry);
    expect(headers["retry-after"]).toBe(retryAfter);
  });
});

describe("an error of the service", () => {
  const native = (type: string) => ({ type: "error", error: { type, message: "m" } });
  it.each<[string, number, object, unknown, object]>([
    [
      "of its own form",
      400,
      {},
      native("invalid_request_error"),
      { name: "invalid_request_error", message: "m", isOwnFault: false },
    ],
    [
      "with advice",
      429,
      { "retry-after": "7" },
      native("rate_limit_error"),
      { name: "rate_limit_error", retryAfter: "7" },
    ],
    [
      "with a name that could be content",
      400,
      {},
      native("It is AKIA"),
      { name: "invalid_request_error" },
    ],
    ["of a name that is new", 418, {}, native("teapot_error"), { name: "api_error" }],
    ["that is no JSON", 500, {}, "<html>", { name: "api_error", message: "" }],
    ["that is empty", 529, {}, "", { name: "overloaded_error", message: "" }],
    [
      "of a key that it does not know",
      401,
      {},
      native("authentication_error"),
      { isOwnFault: true },
    ],
    [
      "of a key, with another status",
      403,
      {},
      native("authentication_error"),
      { isOwnFault: true },
    ],
    [
      "of a host",
      400,
      { "x-amzn-errortype": "ValidationException" },
      { message: "m" },
      { name: "invalid_request_error", message: "m", isOwnFault: false },
    ],
    [
      "of a host in capitals",
      403,
      {},
      { Message: "m" },
      { name: "permission_error", message: "m" },
    ],
    [
      "of a host that denies",
      403,
      { "x-amzn-errortype": "AccessDeniedException" },
      { message: "m" },
      { isOwnFault: false },
    ],
    [
      "of a host that is unavailable",
      503,
      { "x-amzn-errortype": "ServiceUnavailableException" },
      {},
      { name: "overloaded_error" },
    ],
    ...[
      "ExpiredTokenException",
      "InvalidSignatureException:http://a/",
      "SignatureDoesNotMatch",
      "UnrecognizedClientException",
      "InvalidClientTokenId",
      "MissingAuthenticationTokenException",
      "IncompleteSignatureException",
    ].flatMap((type): [string, number, object, unknown, object][] => [
      [`of a host: ${type}`, 403, { "x-amzn-errortype": type }, {}, { isOwnFault: true }],
      [
        `of a host in the body: ${type}`,
        403,
        {},
        { __type: `com.amazon#${type}` },
        { isOwnFault: true },
      ],
    ]),
  ])("%s", (_name, status, headers, body, expected) => {
    const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    expect(readUpstreamError(status, headers as Record<string, string>, bytes)).toMatchObject(
      expected,
    );
  });
});

it.each<[object, string | undefined]>([
  [{ "request-id": "req_011CSHoEeqs5C35K2UUqR7Fy" }, "req_011CSHoEeqs5C35K2UUqR7Fy"],
  [
    { "x-amzn-requestid": "0c5b9b1e-3f1c-4f0a-9d59-0d3f9a3f1e01" },
    "0c5b9b1e-3f1c-4f0a-9d59-0d3f9a3f1e01",
  ],
  [{ "request-id": "AKIAQ3EGRJ7XV5ZT2MNB" }, undefined],
  [{ "request-id": ["a", "b"] }, undefined],
  [{}, undefined],
])("the id of a request in %j", (headers, id) => {
  expect(upstreamRequestId(headers as Record<string, string>)).toBe(id);
});
