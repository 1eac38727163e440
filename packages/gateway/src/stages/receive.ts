// The whole body. Nothing can be said about a request before its hash is known, so it is held in memory:
// bounded for one call, and over all calls together.

import type { Refusal } from "@writ/protocol";
import { type Call, establish, type Incoming } from "../call.ts";
import type { GatewayStage } from "../pipeline.ts";
import type { Services } from "../services.ts";

export const receive: GatewayStage = async (call, services) => {
  const { incoming } = call;
  const { bodyBytes } = services.config.limits;
  const declared = Number(incoming.headers["content-length"] ?? 0);
  if (declared > bodyBytes) return tooLarge(bodyBytes);
  const body = await readBody(incoming, call, services);
  return Buffer.isBuffer(body) ? establish(call, { body }) : body;
};

/** Stops reading at whatever ends it; the connection is left as it is, for the answer. */
function readBody(incoming: Incoming, call: Call, services: Services): Promise<Buffer | Refusal> {
  const { inFlight, config } = services;
  const { bodyBytes, inFlightBytes, requestTimeoutMs } = config.limits;
  const chunks: Buffer[] = [];
  let size = 0;
  call.outgoing.once("close", () => {
    inFlight.bytes -= size;
  });
  return new Promise((resolve) => {
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      inFlight.bytes += chunk.length;
      if (size > bodyBytes) stop(tooLarge(bodyBytes));
      else if (inFlight.bytes > inFlightBytes) stop(OVERLOADED);
      else chunks.push(chunk);
    };
    const whole = (): void => stop(Buffer.concat(chunks, size));
    const broken = (): void => stop(CUT_SHORT);
    const late = setTimeout(() => stop(TOO_SLOW), requestTimeoutMs);
    const stop = (body: Buffer | Refusal): void => {
      clearTimeout(late);
      incoming.off("data", take);
      incoming.off("end", whole);
      incoming.off("close", broken);
      incoming.pause();
      resolve(body);
    };
    incoming.on("data", take);
    incoming.on("end", whole);
    incoming.on("close", broken);
    // What breaks a request closes it; a stream's error that nobody hears would end the process.
    incoming.on("error", broken);
  });
}

function tooLarge(limit: number): Refusal {
  const message = `the request body is larger than the ${limit} bytes this gateway inspects`;
  return { status: 400, code: "ValidationException", message };
}

const OVERLOADED: Refusal = {
  status: 429,
  code: "ThrottlingException",
  message: "the gateway holds as many requests as it can; try again",
};

const TOO_SLOW: Refusal = {
  status: 408,
  code: "RequestTimeoutException",
  message: "the request body did not arrive in time",
};
const CUT_SHORT: Refusal = {
  status: 400,
  code: "ValidationException",
  message: "the request body ended before it was complete",
};
