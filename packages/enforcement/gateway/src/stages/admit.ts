// Who says to be calling, from the head alone: of whoever is not known nothing of a body is read, and one caller holds
// only so much of the gateway at once.

import { type Admitted, establish, type Recognised, type Refused } from "../call.ts";
import type { Stage } from "../stage.ts";

export const admit: Stage<Recognised, Admitted> = (call, { keyring, inFlight }) => {
  const { method, rawHeaders, rawTarget: target, startedAt: now } = call;
  const checked = call.surface.checkCaller(
    { method, target, rawHeaders },
    { now, keys: keyring.keys },
  );
  if (!checked.ok) return checked.refusal;
  const { proof } = checked;
  const hold = inFlight.enter(proof.keyId, call.sourceIp, proof.isProved);
  if (hold === undefined) return TOO_MANY_CALLS;
  call.outgoing.once("close", hold.release);
  return establish(call, { proof, hold });
};

export const TOO_MANY_CALLS: Refused = {
  code: "throttled",
  message: "this caller has as many calls under way as it may have; try again when one is over",
};
