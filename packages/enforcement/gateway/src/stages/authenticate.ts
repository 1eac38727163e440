// Who calls. The proof is checked over the bytes received and nothing else; only then are the identity headers looked
// at, and only those the proof covers.

import { type Authenticated, establish, type Received, type Refused } from "../call.ts";
import { identify } from "../identity.ts";
import type { Stage } from "../stage.ts";
import { TOO_MANY_CALLS } from "./admit.ts";

export const authenticate: Stage<Received, Authenticated> = (call, { config, keyring }) => {
  const verified = call.proof.verify(call.body);
  if (!verified.ok) return verified.refusal;
  if (!call.hold.verify()) return TOO_MANY_CALLS;
  const principal = keyring.principals.get(call.proof.keyId);
  if (principal === undefined) return REVOKED;
  const known = establish(call, {
    principal,
    bodyDigest: `sha256:${verified.payloadHash}` as const,
  });
  const identified = identify(call.rawHeaders, {
    principal,
    assurance: call.proof.assurance,
    covers: verified.covers,
    headerNames: config.identityHeaders,
  });
  return identified.ok ? establish(known, { identity: identified.identity }) : identified.refusal;
};

/** The key was taken out of the keyring while the body arrived. */
const REVOKED: Refused = {
  code: "unauthenticated",
  message: "The security token included in the request is invalid.",
};
