// The call itself: sends what was decided on. An upstream that refuses ends the call.

import { type Allowed, type Answered, establish } from "../call.ts";
import type { Stage } from "../stage.ts";
import { describeUpstream, failureOf } from "../upstream.ts";
import { upstreamRefused } from "../upstream-error.ts";

export const forward: Stage<Allowed, Answered> = async (call, services) => {
  try {
    const response = await services.upstreams.send(call);
    if (response.status !== 200) return await upstreamRefused(call, response, services.classifier);
    return establish(call, { response, upstream: describeUpstream(call.surface, response) });
  } catch (error) {
    return failureOf(call, error);
  }
};
