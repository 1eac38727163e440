// The call itself: sends what was decided on, and lets the response back through its own inspection,
// whole or frame by frame.

import { type Call, fact, type Refused } from "../call.ts";
import type { GatewayStage } from "../pipeline.ts";
import { relayStream } from "../relay-stream.ts";
import { respond } from "../respond.ts";
import type { Services } from "../services.ts";
import { failureOf, type UpstreamResponse } from "../upstream.ts";
import { upstreamRefused } from "../upstream-error.ts";

export const forward: GatewayStage = async (call, services) => {
  const sent = await send(call, services);
  if (!("status" in sent && "body" in sent)) return sent;
  if (sent.status !== 200) return upstreamRefused(call, sent, services.classifier);
  return fact(call, "operation").stream
    ? relayStream(call, services, sent)
    : respond(call, services, sent);
};

async function send(call: Call, services: Services): Promise<UpstreamResponse | Refused> {
  try {
    return await services.upstream.send(call);
  } catch (error) {
    return failureOf(call, error);
  }
}
