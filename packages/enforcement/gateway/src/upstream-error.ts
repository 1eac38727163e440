// An upstream that refuses: its error goes on in the form clients know, with its words as far as nothing in them has a
// label, and with its advice on when to come back.

import { type Classifier, redact } from "@writ/classifier";
import type { Call, Refused } from "./call.ts";
import { describeUpstream } from "./upstream.ts";
import type { UpstreamResponse } from "./upstream-response.ts";

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_MESSAGE = 2_000;

export async function upstreamRefused(
  { id, surface }: Pick<Call, "id" | "surface">,
  response: UpstreamResponse,
  classifier: Classifier,
): Promise<Refused> {
  const { status, headers } = response;
  const error = surface.readUpstreamError(status, headers, await readError(response));
  const { name } = error;
  const facts = {
    upstream: describeUpstream(surface, response),
    ending: "upstream_error",
  } as const;
  if (error.isOwnFault) {
    process.stderr.write(
      `writ: the model service does not accept the gateway's credentials (${name ?? `status ${status}`}, call ${id})\n`,
    );
    return { ...OWN_FAULT, ...facts };
  }
  // Cut after it is masked: half of a value has no label.
  const said = mask(error.message, classifier).slice(0, MAX_MESSAGE);
  return {
    code: "upstream_refused",
    ...(status >= 400 ? { status } : {}),
    ...(name === undefined ? {} : { name }),
    message: `the model service refused the call${said === "" ? ` (${name ?? `status ${status}`})` : `: ${said}`}`,
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
    ...facts,
  };
}

/** Whatever has a label stays here: an error is no answer that a policy was asked about. */
function mask(message: string, classifier: Classifier): string {
  const findings = classifier.classify(message);
  return redact(message, findings, new Set(findings.map(({ label }) => label)));
}

async function readError({ body }: UpstreamResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_ERROR_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    // What came of it is what there is.
  }
  body.destroy();
  return Buffer.concat(chunks);
}

const OWN_FAULT: Refused = {
  code: "unavailable",
  message:
    "the gateway's own credentials for the model service are not accepted; tell its operator",
};
