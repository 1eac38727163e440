// Who calls. The signature is verified over the bytes received and nothing else; only then are the
// identity headers looked at, and only those the signature covers.

import { establish, fact, type Refused } from "../call.ts";
import { identify } from "../identity.ts";
import type { GatewayStage } from "../pipeline.ts";
import { TOO_MANY_CALLS } from "./admit.ts";

export const authenticate: GatewayStage = (call, { config, keyring }) => {
  const verified = fact(call, "signature").verify(fact(call, "body"));
  if (!verified.ok) return verified.refusal;
  if (!fact(call, "hold").verify()) return TOO_MANY_CALLS;
  const principal = keyring.get(verified.accessKeyId);
  if (principal === undefined) return REVOKED;
  establish(call, { principal, bodyDigest: `sha256:${verified.payloadHash}` });
  const identified = identify(
    principal,
    call.rawHeaders,
    verified.signedHeaders,
    config.identityHeaders,
  );
  return identified.ok ? establish(call, { identity: identified.identity }) : identified.refusal;
};

/** The key was taken out of the keyring while the body arrived. */
const REVOKED: Refused = {
  status: 403,
  code: "UnrecognizedClientException",
  message: "The security token included in the request is invalid.",
};
