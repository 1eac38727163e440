// A whole answer that is on record, to its client.

import type { AllowedAnswer } from "../call.ts";
import type { Stage } from "../stage.ts";

export const deliver: Stage<AllowedAnswer, object> = (call) => {
  const { id: requestId, outgoing, released, request, response, surface, target } = call;
  if (outgoing.destroyed) return "answered";
  const headers = surface.answerHeaders(target, request, { requestId, upstream: response.headers });
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.setHeader("content-length", released.length);
  outgoing.statusCode = 200;
  outgoing.end(released);
  return "answered";
};
