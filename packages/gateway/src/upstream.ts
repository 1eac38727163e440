// The way to Bedrock: signs with the gateway's own credentials and sends over pooled connections. Only
// headers the operation knows go on; nothing a caller signed, and nothing about its identity.

import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { createSigner } from "@writ/protocol";
import { Pool } from "undici";
import { type Call, fact, type Refused } from "./call.ts";
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

/** Control headers of InvokeModel and its streaming form; everything else is not passed on. */
const FORWARDED = /^(?:accept|x-amzn-bedrock-[a-z-]+)$/;
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
      const headers = { "content-type": "application/json", ...forwardedHeaders(call.rawHeaders) };
      const signed = await signer.sign({
        method: "POST",
        path,
        headers,
        body,
        payloadHash,
        host,
        now: new Date(),
      });
      const response = await pool.request({
        method: "POST",
        path,
        headers: signed,
        body,
        signal: call.gone.signal,
      });
      return { status: response.statusCode, headers: response.headers, body: response.body };
    },
    close: () => pool.destroy(),
  };
}

function forwardedHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    if (FORWARDED.test(name)) headers[name] = rawHeaders[index + 1] ?? "";
  }
  return headers;
}

/** Names the failure in the API's terms; what the network said stays here. */
export function unreachable(error: unknown): Refused {
  const code = (error as { readonly code?: string }).code ?? "";
  const isTimeout = code.includes("TIMEOUT");
  return isTimeout
    ? {
        status: 408,
        code: "ModelTimeoutException",
        message: "the model service did not answer in time",
      }
    : {
        status: 503,
        code: "ServiceUnavailableException",
        message: "the model service could not be reached",
      };
}

export function describeUpstream(response: UpstreamResponse): {
  readonly status: number;
  readonly requestId?: string;
} {
  const requestId = response.headers["x-amzn-requestid"];
  return { status: response.status, ...(typeof requestId === "string" ? { requestId } : {}) };
}
