// A head and a target that can be read in one way, of an operation that its route knows and that is let through: a
// gateway that passes on what it does not know can be walked around.

import { rejectHead, rejectTarget } from "@writ/http";
import { type Call, establish, type Recognised, type Refused } from "../call.ts";
import { endConnection } from "../refuse.ts";
import type { Stage } from "../stage.ts";

export const recognise: Stage<Call, Recognised> = (call) => {
  const { incoming, operation, rawHeaders, rawTarget, surface } = call;
  const ambiguous = rejectHead({ version: incoming.httpVersion, rawHeaders });
  if (ambiguous !== undefined) {
    // Where such a request ends and the next begins is anyone's guess.
    endConnection(call);
    const { status, problem } = ambiguous;
    return { code: "invalid_request", status, message: `the request ${problem}` };
  }
  const rejected = rejectTarget(rawTarget);
  if (rejected !== undefined)
    return { code: "invalid_request", message: `the request target ${rejected}` };
  if (operation === undefined) return UNKNOWN;
  if (operation.stance === "deny")
    return { code: "not_enabled", message: `${operation.name} is not enabled on this gateway` };
  const read = surface.readTarget(operation, rawTarget);
  return read.ok ? establish(call, { target: read.target }) : read.refusal;
};

const UNKNOWN: Refused = {
  code: "unknown_operation",
  message: "this gateway knows no such operation and passes nothing on that it does not know",
};
