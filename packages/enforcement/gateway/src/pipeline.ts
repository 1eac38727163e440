// The stages of a call, in order. Each either establishes facts and lets the call go on, or refuses it.
// This array is the gateway: read it first.

import { type Call, isRefused, type Refused } from "./call.ts";
import type { Services } from "./services.ts";
import { inOrder, type Stage } from "./stage.ts";
import { admit } from "./stages/admit.ts";
import { authenticate } from "./stages/authenticate.ts";
import { classifyAnswer } from "./stages/classify-answer.ts";
import { classifyRequest } from "./stages/classify-request.ts";
import { decideAnswer } from "./stages/decide-answer.ts";
import { decideRequest } from "./stages/decide-request.ts";
import { deliver } from "./stages/deliver.ts";
import { forward } from "./stages/forward.ts";
import { normalise } from "./stages/normalise.ts";
import { receive } from "./stages/receive.ts";
import { receiveAnswer } from "./stages/receive-answer.ts";
import { recognise } from "./stages/recognise.ts";
import { relay } from "./stages/relay.ts";

export const stages: readonly Stage<never, object>[] = inOrder([
  // The head can be read in one way, and its raw target names an operation that is let through.
  recognise,
  // Somebody whom this gateway knows says to be calling: nobody else's body is read.
  admit,
  // The whole body, within its limits.
  receive,
  // The proof, over exactly those bytes; the principal, and the identity it may assert.
  authenticate,
  // One form of everything the request says, whatever the API.
  normalise,
  // Labels for every text of it.
  classifyRequest,
  // The policy's decision, on record before anything goes on; what it redacts is masked.
  decideRequest,
  // To the upstream; an error that it answers with goes back in the API's own form.
  forward,
  // A streamed answer goes through its own inspection, frame by frame, and the call ends here.
  relay,
  // A whole answer, within its limits.
  receiveAnswer,
  // Labels for every text of it.
  classifyAnswer,
  // The policy's decisions on the answer and on each tool call in it, on record.
  decideAnswer,
  // Back to the client.
  deliver,
]);

/** Undefined once the client is answered. */
export async function runStages(call: Call, services: Services): Promise<Refused | undefined> {
  let known: object = call;
  for (const stage of stages) {
    // SAFETY: `inOrder` has checked that each stage takes what the one before returns.
    const result = await (stage as Stage<object, object>)(known, services);
    if (result === "answered") return undefined;
    if (isRefused(result)) return result;
    known = result;
  }
  throw new Error("the last stage has not answered");
}
