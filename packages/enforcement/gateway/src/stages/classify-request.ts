// Labels for every text of the request.

import { establish, fact } from "../call.ts";
import { classifyContent } from "../inspect.ts";
import type { GatewayStage } from "../pipeline.ts";

export const classifyRequest: GatewayStage = async (call, { classifier }) =>
  establish(call, {
    findings: await classifyContent(fact(call, "content").segments, classifier),
  });
