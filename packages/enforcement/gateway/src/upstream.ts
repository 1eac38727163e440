// The way to the model services: a surface says how each is called, and connections are pooled here. Only headers that
// the operation knows go on; nothing a caller signed, and nothing about its identity.

import type { Surface } from "@writ/surface";
import { Pool } from "undici";
import {
  type Allowed,
  type Call,
  giveUp,
  type Refused,
  type UpstreamFacts,
  whyGivenUp,
} from "./call.ts";
import type { UpstreamConfig } from "./config.ts";
import type { UpstreamResponse } from "./upstream-response.ts";

export interface Upstreams {
  send(call: Allowed): Promise<UpstreamResponse>;
  close(): Promise<void>;
}

const HOP_TIMEOUT_MS = 10_000;

/** `configOf`: the limits of the way of each surface, by its name. */
export function createUpstreams(configOf: ReadonlyMap<string, UpstreamConfig>): Upstreams {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string, { connections, timeoutMs }: UpstreamConfig): Pool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connections,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: HOP_TIMEOUT_MS },
    });
    pools.set(origin, pool);
    return pool;
  };
  return {
    async send(call) {
      const { forwarded: body, forwardedDigest, rawTarget, request, surface, target } = call;
      const config = configOf.get(surface.name);
      if (config === undefined) throw new Error(`no upstream is configured for ${surface.name}`);
      const payloadHash = forwardedDigest.slice("sha256:".length);
      const made = await surface.upstreamRequest({
        target,
        rawTarget,
        request,
        body,
        payloadHash,
        now: new Date(),
      });
      // undici's own timer starts once the request is sent: one that is not read would wait for ever.
      const slow = setTimeout(() => giveUp(call, "upstream_slow"), config.timeoutMs);
      try {
        const response = await poolOf(made.origin, config).request({
          method: made.method as "POST",
          path: made.path,
          headers: made.headers,
          ...(made.body === undefined ? {} : { body: made.body }),
          signal: call.gone.signal,
        });
        const { statusCode: status, headers, body: answer } = response;
        // What breaks off is noticed where it is read; where it is not read, an error nobody hears would end the process.
        answer.on("error", () => undefined);
        return { status, headers, body: answer };
      } finally {
        clearTimeout(slow);
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** An answer that began and broke off. */
export function brokenOff(call: Pick<Call, "gone">, error: unknown): Refused {
  const failure = failureOf(call, error);
  return failure === UNREACHABLE ? BROKEN_OFF : failure;
}

const UNREACHABLE: Refused = {
  code: "unavailable",
  message: "the model service could not be reached",
  ending: "upstream_error",
};
const BROKEN_OFF: Refused = {
  code: "unavailable",
  message: "the model service broke its answer off",
  ending: "cut_short",
};
const TOO_SLOW: Refused = {
  code: "upstream_timeout",
  message: "the model service did not answer in time",
  ending: "upstream_error",
};
/** For the record: nobody is there to be told. */
const CLIENT_GONE: Refused = {
  code: "client_gone",
  message: "the client went away before it was answered",
  ending: "client_gone",
};

/** Names the failure of an upstream call; what the network said stays here. */
export function failureOf(call: Pick<Call, "gone">, error: unknown): Refused {
  const why = whyGivenUp(call);
  if (why === "client_gone" || why === "client_stalled") return CLIENT_GONE;
  const code = String((error as { readonly code?: unknown }).code ?? "");
  return why === "upstream_slow" || code.includes("TIMEOUT") ? TOO_SLOW : UNREACHABLE;
}

export function describeUpstream(surface: Surface, response: UpstreamResponse): UpstreamFacts {
  const requestId = surface.upstreamRequestId(response.headers);
  return { status: response.status, ...(requestId === undefined ? {} : { requestId }) };
}

/** An answer that nobody can say what a client would make of. */
export function unreadableAnswer(upstream: UpstreamFacts): Refused {
  return {
    code: "upstream_failed",
    message: "the model's answer could not be read in one way, so it is not passed on",
    ending: "refused",
    upstream,
  };
}
