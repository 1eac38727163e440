// Who calls. The signature is verified over the bytes received and nothing else; only then are the
// identity headers looked at, and only those the signature covers.

import { verifySignature } from "@writ/protocol";
import { establish, fact } from "../call.ts";
import { identify } from "../identity.ts";
import type { GatewayStage } from "../pipeline.ts";

const SERVICES = ["bedrock"];

export const authenticate: GatewayStage = (call, { config, keyring }) => {
  const { method, target, rawHeaders } = call;
  const verified = verifySignature(
    { method, target, rawHeaders, body: fact(call, "body") },
    {
      now: call.startedAt,
      region: config.region,
      services: SERVICES,
      lookup: (accessKeyId) => keyring.get(accessKeyId),
    },
  );
  if (!verified.ok) return verified.refusal;
  const principal = keyring.get(verified.accessKeyId);
  if (principal === undefined) throw new Error("a signature of an unknown key was verified");
  establish(call, { principal, bodyDigest: `sha256:${verified.payloadHash}` });
  const identified = identify(
    principal,
    rawHeaders,
    verified.signedHeaders,
    config.identityHeaders,
  );
  return identified.ok ? establish(call, { identity: identified.identity }) : identified.refusal;
};
