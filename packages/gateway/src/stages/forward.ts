// The call itself: sends what was decided on, and lets the response back through its own inspection,
// whole or frame by frame.

import { buffer } from "node:stream/consumers";
import { type Call, fact, type Refused } from "../call.ts";
import type { GatewayStage } from "../pipeline.ts";
import { relayStream } from "../relay-stream.ts";
import { respond } from "../respond.ts";
import type { Services } from "../services.ts";
import { describeUpstream, failureOf, type UpstreamResponse } from "../upstream.ts";

export const forward: GatewayStage = async (call, services) => {
  const sent = await send(call, services);
  if (!("status" in sent && "body" in sent)) return sent;
  if (sent.status !== 200) return upstreamRefused(sent);
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

const MAX_ERROR_BYTES = 64 * 1024;
const ERROR_NAME = /^[A-Za-z]{1,64}/;

/** An error of the upstream, in the same form but without its text, which may quote the prompt. */
async function upstreamRefused(response: UpstreamResponse): Promise<Refused> {
  const { status, headers } = response;
  const type = headers["x-amzn-errortype"];
  const name = ERROR_NAME.exec(typeof type === "string" ? type : "")?.[0];
  const declared = Number(headers["content-length"] ?? 0);
  if (declared <= MAX_ERROR_BYTES) await buffer(response.body).catch(() => undefined);
  else response.body.destroy();
  return {
    status: status >= 400 ? status : 502,
    code: name ?? "InternalServerException",
    message: `the model service refused the call (${name ?? `status ${status}`})`,
    upstream: describeUpstream(response),
    ending: "upstream_error",
  };
}
