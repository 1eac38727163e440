// Labels for every text of the request.

import { type Classified, establish, type Normalised } from "../call.ts";
import { classifyContent } from "../inspect.ts";
import type { Stage } from "../stage.ts";

export const classifyRequest: Stage<Normalised, Classified> = async (call, { classifier }) =>
  establish(call, {
    findings: await classifyContent(call.request.content.segments, classifier),
  });
