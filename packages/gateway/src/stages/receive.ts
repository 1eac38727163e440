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

async function readBody(
  incoming: Incoming,
  call: Call,
  services: Services,
): Promise<Buffer | Refusal> {
  const { inFlight, config } = services;
  const { bodyBytes, inFlightBytes, requestTimeoutMs } = config.limits;
  const chunks: Buffer[] = [];
  let size = 0;
  call.outgoing.once("close", () => {
    inFlight.bytes -= size;
  });
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    incoming.destroy(new Error("timeout"));
  }, requestTimeoutMs);
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      inFlight.bytes += chunk.length;
      if (size > bodyBytes) return tooLarge(bodyBytes);
      if (inFlight.bytes > inFlightBytes) return OVERLOADED;
      chunks.push(chunk);
    }
  } catch {
    return isLate ? TOO_SLOW : CUT_SHORT;
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(chunks, size);
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
