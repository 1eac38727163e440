// Who says to be calling, from the head alone: without a signature of a known key nothing of a body is read, and
// one caller holds only so much of the gateway at once.

import { checkSignatureHead } from "@writ/protocol";
import { establish, type Refused } from "../call.ts";
import type { GatewayStage } from "../pipeline.ts";

const SERVICES = ["bedrock"];

export const admit: GatewayStage = (call, { config, keyring, inFlight }) => {
  const { method, target, rawHeaders } = call;
  const head = checkSignatureHead(
    { method, target, rawHeaders },
    {
      now: call.startedAt,
      region: config.region,
      services: SERVICES,
      lookup: (accessKeyId) => keyring.get(accessKeyId),
    },
  );
  if (!head.ok) return head.refusal;
  const hold = inFlight.enter(head.accessKeyId, call.sourceIp, head.isProved);
  if (hold === undefined) return TOO_MANY_CALLS;
  call.outgoing.once("close", hold.release);
  return establish(call, { signature: head, hold });
};

export const TOO_MANY_CALLS: Refused = {
  status: 429,
  code: "ThrottlingException",
  message: "this caller has as many calls under way as it may have; try again when one is over",
};
