// The whole body. Nothing can be said about a request before its hash is known, so it is held in memory:
// bounded for one call, and over all calls together.

import type { Refusal } from "@writ/surface";
import { type Admitted, establish, type Incoming, type Received } from "../call.ts";
import type { Shortage } from "../in-flight.ts";
import type { Services } from "../services.ts";
import type { Stage } from "../stage.ts";

export const receive: Stage<Admitted, Received> = async (call, services) => {
  const { incoming } = call;
  const { bodyBytes } = services.config.limits;
  const declared = Number(incoming.headers["content-length"] ?? 0);
  if (declared > bodyBytes) return tooLarge(bodyBytes);
  const body = await readBody(incoming, call, services);
  return Buffer.isBuffer(body) ? establish(call, { body }) : body;
};

/** Stops reading at whatever ends it; the connection is left as it is, for the answer. */
function readBody(
  incoming: Incoming,
  { hold }: Admitted,
  services: Services,
): Promise<Buffer | Refusal> {
  const { bodyBytes, requestTimeoutMs } = services.config.limits;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      const shortage = hold.take(chunk.length);
      if (size > bodyBytes) stop(tooLarge(bodyBytes));
      else if (shortage !== undefined) stop(OVERLOADED[shortage]);
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
  return { code: "too_large", message };
}

function overloaded(message: string): Refusal {
  return { code: "overloaded", message };
}

const OVERLOADED: { readonly [S in Shortage]: Refusal } = {
  gateway: overloaded("the gateway holds as many requests as it can; try again"),
  unverified: overloaded(
    "the gateway holds as many requests as it can before their senders are known; try again, or sign the hash of the body in a header",
  ),
  caller: {
    code: "throttled",
    message:
      "this caller has as many bytes of requests under way as it may have; try again when one is over",
  },
};

const TOO_SLOW: Refusal = {
  code: "timeout",
  message: "the request body did not arrive in time",
};
const CUT_SHORT: Refusal = {
  code: "invalid_request",
  message: "the request body ended before it was complete",
};
