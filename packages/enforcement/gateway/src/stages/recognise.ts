// The operation, from the raw request target. What is not enabled here is refused by name: a gateway
// that passes on what it does not know can be walked around.

import { matchOperation, rejectHead, rejectTarget } from "@writ/protocol";
import { establish } from "../call.ts";
import type { GatewayStage } from "../pipeline.ts";
import { endConnection } from "../refuse.ts";

export const recognise: GatewayStage = (call) => {
  const { incoming, rawHeaders } = call;
  const ambiguous = rejectHead({ version: incoming.httpVersion, rawHeaders });
  if (ambiguous !== undefined) {
    // Where such a request ends and the next begins is anyone's guess.
    endConnection(call);
    return ambiguous;
  }
  const rejected = rejectTarget(call.target);
  if (rejected !== undefined) return rejected;
  const match = matchOperation(call.method, call.target);
  return match.ok ? establish(call, { operation: match.operation }) : match.refusal;
};
