// The stages of a call, in order. Each either establishes facts and lets the call go on, or refuses it.
// This array is the gateway: read it first.

import type { Call, Refused } from "./call.ts";
import type { Services } from "./services.ts";
import { admit } from "./stages/admit.ts";
import { authenticate } from "./stages/authenticate.ts";
import { classifyRequest } from "./stages/classify-request.ts";
import { decideRequest } from "./stages/decide-request.ts";
import { forward } from "./stages/forward.ts";
import { normalise } from "./stages/normalise.ts";
import { receive } from "./stages/receive.ts";
import { recognise } from "./stages/recognise.ts";

/** Undefined lets the call go on; `answered` says that the stage has answered the client itself. */
export type StageResult = Refused | "answered" | undefined;
export type GatewayStage = (call: Call, services: Services) => StageResult | Promise<StageResult>;

export const stages: readonly GatewayStage[] = [
  // The head can be read in one way, and its raw target names an operation this gateway enables.
  recognise,
  // A signature of a known key is given, in time and for this service: nobody else's body is read.
  admit,
  // The whole body, within its limits.
  receive,
  // The signature over exactly those bytes; the principal, and the identity it may assert.
  authenticate,
  // One model-agnostic form of everything the body says.
  normalise,
  // Labels for every text of it.
  classifyRequest,
  // The policy's decision, on record before anything goes on; what it redacts is masked.
  decideRequest,
  // To the upstream, and back through the inspection of the response.
  forward,
];
