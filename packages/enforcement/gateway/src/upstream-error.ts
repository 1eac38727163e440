// An upstream that refuses: its error goes on in the form clients know, with its words as far as nothing in them has a
// label, and with its advice on when to come back.

import { type Classifier, redact } from "@writ/classifier";
import { memberOf, readJson, stringOf } from "@writ/protocol";
import type { Call, Refused } from "./call.ts";
import { describeUpstream, type UpstreamResponse } from "./upstream.ts";

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_MESSAGE = 2_000;
const NAME = /^(?:[\w.]+#)?([A-Za-z]{1,64})/;
const RETRY_AFTER = /^(?:\d{1,6}|[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT)$/;
/** The gateway's own credentials are not accepted: nothing its callers can mend, and not their refusal. */
const OWN_CREDENTIALS =
  /^(?:ExpiredToken|ExpiredTokenException|InvalidSignatureException|SignatureDoesNotMatch|UnrecognizedClientException|IncompleteSignatureException|MissingAuthenticationTokenException|InvalidClientTokenId)$/;

export async function upstreamRefused(
  call: Pick<Call, "id">,
  response: UpstreamResponse,
  classifier: Classifier,
): Promise<Refused> {
  const { status, headers } = response;
  const body = await readError(response);
  const declared = headers["x-amzn-errortype"];
  const name = NAME.exec(typeof declared === "string" ? declared : body.type)?.[1];
  const facts = { upstream: describeUpstream(response), ending: "upstream_error" } as const;
  if (name !== undefined && OWN_CREDENTIALS.test(name)) {
    process.stderr.write(
      `writ: the model service does not accept the gateway's credentials (${name}, call ${call.id})\n`,
    );
    return { ...OWN_FAULT, ...facts };
  }
  const retry = headers["retry-after"] ?? headers["x-amz-retry-after"];
  const said = mask(body.message, classifier);
  return {
    status: status >= 400 ? status : 502,
    code: name ?? "InternalServerException",
    message: `the model service refused the call${said === "" ? ` (${name ?? `status ${status}`})` : `: ${said}`}`,
    ...(typeof retry === "string" && RETRY_AFTER.test(retry) ? { retryAfter: retry } : {}),
    ...facts,
  };
}

/** Whatever has a label stays here: an error is no answer that a policy was asked about. */
function mask(message: string, classifier: Classifier): string {
  const findings = classifier.classify(message);
  return redact(message, findings, new Set(findings.map(({ label }) => label)));
}

async function readError(
  response: UpstreamResponse,
): Promise<{ readonly message: string; readonly type: string }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_ERROR_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    // What came of it is what there is.
  }
  response.body.destroy();
  const read = readJson(Buffer.concat(chunks));
  if (!read.ok) return { message: "", type: "" };
  const { root } = read;
  const message = stringOf(memberOf(root, "message")) ?? stringOf(memberOf(root, "Message")) ?? "";
  const type = stringOf(memberOf(root, "__type")) ?? stringOf(memberOf(root, "code")) ?? "";
  return { message: message.slice(0, MAX_MESSAGE), type };
}

const OWN_FAULT: Refused = {
  status: 503,
  code: "ServiceUnavailableException",
  message:
    "the gateway's own credentials for the model service are not accepted; tell its operator",
};
