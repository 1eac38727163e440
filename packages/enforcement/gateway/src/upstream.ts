// The way to Bedrock: signs with the gateway's own credentials and sends over pooled connections. Only
// headers the operation knows go on; nothing a caller signed, and nothing about its identity.

import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { createSigner } from "@writ/protocol";
import { Pool } from "undici";
import { type Call, fact, giveUp, type Refused, type UpstreamFacts, whyGivenUp } from "./call.ts";
import type { GatewayConfig } from "./config.ts";

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

export interface Upstream {
  send(call: Call): Promise<UpstreamResponse>;
  close(): Promise<void>;
}

const HOP_TIMEOUT_MS = 10_000;

export function createUpstream(config: GatewayConfig["upstream"], region: string): Upstream {
  const { origin, host } = new URL(config.url);
  const credentials = JSON.parse(readFileSync(config.credentials, "utf8")) as {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  const signer = createSigner({ credentials, region, service: "bedrock" });
  const pool = new Pool(origin, {
    connections: config.connections,
    headersTimeout: config.timeoutMs,
    bodyTimeout: config.timeoutMs,
    connect: { timeout: HOP_TIMEOUT_MS },
  });
  return {
    async send(call) {
      const body = fact(call, "forwarded");
      const payloadHash = fact(call, "forwardedDigest").slice("sha256:".length);
      const path = fact(call, "operation").path;
      const headers = { "content-type": "application/json", ...fact(call, "controlHeaders") };
      const signed = await signer.sign({
        method: "POST",
        path,
        headers,
        body,
        payloadHash,
        host,
        now: new Date(),
      });
      // A place in the pool is part of what is waited for.
      const slow = setTimeout(() => giveUp(call, "upstream_slow"), config.timeoutMs);
      try {
        const response = await pool.request({
          method: "POST",
          path,
          headers: signed,
          body,
          signal: call.gone.signal,
        });
        const { statusCode: status, headers: answered, body: answer } = response;
        // What breaks off is noticed where it is read; where it is not read, an error nobody hears would end the process.
        answer.on("error", () => undefined);
        return { status, headers: answered, body: answer };
      } finally {
        clearTimeout(slow);
      }
    },
    close: () => pool.destroy(),
  };
}

/** An answer that began and broke off. */
export function brokenOff(call: Pick<Call, "gone">, error: unknown): Refused {
  const failure = failureOf(call, error);
  return failure.code === UNREACHABLE.code ? BROKEN_OFF : failure;
}

const UNREACHABLE: Refused = {
  status: 503,
  code: "ServiceUnavailableException",
  message: "the model service could not be reached",
  ending: "upstream_error",
};
const BROKEN_OFF: Refused = {
  ...UNREACHABLE,
  message: "the model service broke its answer off",
  ending: "cut_short",
};

/** Names the failure of an upstream call in the API's terms; what the network said stays here. */
export function failureOf(call: Pick<Call, "gone">, error: unknown): Refused {
  const why = whyGivenUp(call);
  if (why === "client_gone" || why === "client_stalled") return CLIENT_GONE;
  const code = String((error as { readonly code?: unknown }).code ?? "");
  const isTimeout = why === "upstream_slow" || code.includes("TIMEOUT");
  return isTimeout
    ? {
        status: 408,
        code: "ModelTimeoutException",
        message: "the model service did not answer in time",
        ending: "upstream_error",
      }
    : UNREACHABLE;
}

/** For the record: nobody is there to be told. */
const CLIENT_GONE: Refused = {
  status: 499,
  code: "ClientGone",
  message: "the client went away before it was answered",
  ending: "client_gone",
};

/** As AWS makes them; anything else could be content. */
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function describeUpstream(response: UpstreamResponse): UpstreamFacts {
  const requestId = response.headers["x-amzn-requestid"];
  const isId = typeof requestId === "string" && REQUEST_ID.test(requestId);
  return { status: response.status, ...(isId ? { requestId } : {}) };
}
