// A stand-in for Bedrock: the operations the gateway forwards, over HTTP/1.1, with the wire's own frames. It
// checks every signature with a library of its own and believes no header about the body.

import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import aws4 from "aws4";
import { type Directives, readDirectives } from "../directives.ts";
import { type Format, formatOf, promptOf, streamParts, wholeReply } from "./replies.ts";

/** Where it listens, and whose signatures it takes. */
export interface BedrockSimOptions {
  readonly port?: number;
  readonly host?: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Before every answer. */
  readonly latencyMs?: number;
}

/** A request that came, for tests to look at. */
export interface SimRequest {
  readonly operation: string;
  readonly modelId: string;
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that answers as Bedrock does. */
export interface BedrockSim {
  readonly url: string;
  readonly port: number;
  /** The newest 100 requests whose signature held. */
  readonly requests: readonly SimRequest[];
  close(): Promise<void>;
}

const MAX_KEPT = 100;

/** Starts the server; rejects when it cannot listen. */
export async function createBedrockSim(options: BedrockSimOptions): Promise<BedrockSim> {
  const { host = "127.0.0.1", port = 0 } = options;
  const requests: SimRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, options, requests).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: BedrockSimOptions,
  requests: SimRequest[],
): Promise<void> {
  const body = await buffer(incoming);
  const target = incoming.url ?? "";
  if (!isSigned(incoming, body, options))
    return refuse(
      outgoing,
      403,
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
    );
  const [, encoded = "", operation = ""] =
    /^\/model\/([^/]+)\/(converse|converse-stream|invoke|invoke-with-response-stream)$/.exec(
      target,
    ) ?? [];
  const modelId = decodeURIComponent(encoded);
  const format = formatOf(operation, modelId);
  if (incoming.method !== "POST" || operation === "" || format === undefined)
    return refuse(outgoing, 404, "UnknownOperationException", "");
  const text = body.toString("utf8");
  requests.push({ operation, modelId, target, headers: incoming.headers, body: text });
  if (requests.length > MAX_KEPT) requests.shift();
  const directives = readDirectives(
    promptOf(format, JSON.parse(text) as { readonly [key: string]: unknown }),
  );
  if (options.latencyMs !== undefined) await setTimeout(options.latencyMs);
  if (directives.failure !== undefined && (await fail(directives.failure, outgoing))) return;
  if (operation.endsWith("stream")) await sendStream(format, operation, directives, outgoing);
  else sendWhole(format, directives, outgoing);
}

/** Whether the failure takes the place of an answer. */
async function fail(
  failure: NonNullable<Directives["failure"]>,
  outgoing: ServerResponse,
): Promise<boolean> {
  switch (failure) {
    case "throttle":
      refuse(
        outgoing,
        429,
        "ThrottlingException",
        "Too many requests, please wait before trying again.",
      );
      return true;
    case "error":
      refuse(
        outgoing,
        500,
        "InternalServerException",
        "The system encountered an unexpected error during processing.",
      );
      return true;
    case "refuse":
      outgoing.socket?.destroy();
      return true;
    case "hang":
      await new Promise((resolve) => outgoing.once("close", resolve));
      return true;
    default:
      return false;
  }
}

function sendWhole(format: Format, directives: Directives, outgoing: ServerResponse): void {
  const body = Buffer.from(JSON.stringify(wholeReply(format, directives)));
  const counts =
    format === "converse"
      ? {}
      : { "x-amzn-bedrock-input-token-count": "12", "x-amzn-bedrock-output-token-count": "24" };
  outgoing.writeHead(200, {
    "content-type": "application/json",
    "content-length": body.length,
    "x-amzn-requestid": "5f2c1d9e-0000-4000-8000-000000000001",
    ...counts,
  });
  // A body that stops short of its length is an error for whoever reads it.
  if (directives.failure === "reset" || directives.failure === "cut")
    outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.socket?.destroy());
  else outgoing.end(body);
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);
const PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

async function sendStream(
  format: Format,
  operation: string,
  directives: Directives,
  outgoing: ServerResponse,
): Promise<void> {
  const contentType =
    operation === "converse-stream" ? {} : { "x-amzn-bedrock-content-type": "application/json" };
  outgoing.writeHead(200, {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-requestid": "5f2c1d9e-0000-4000-8000-000000000001",
    ...contentType,
  });
  const parts = streamParts(format, directives);
  for (const [index, { type, value, isEnd }] of parts.entries()) {
    if (outgoing.destroyed) return;
    const isMiddle = index === Math.floor(parts.length / 2);
    if (isMiddle && directives.failure === "reset") {
      outgoing.socket?.destroy();
      return;
    }
    if (isMiddle && directives.exception !== undefined) {
      outgoing.end(
        encode(
          { ":message-type": "exception", ":exception-type": directives.exception },
          { message: "simulated" },
        ),
      );
      return;
    }
    if (isEnd === true && directives.failure === "cut") break;
    // As real frames have it: padding of a length that says nothing.
    const p = PADDING.slice(0, 3 + ((index * 7) % 40));
    const payload =
      operation === "converse-stream"
        ? { ...value, p }
        : { bytes: Buffer.from(JSON.stringify(value)).toString("base64"), p };
    const name = operation === "converse-stream" ? type : "chunk";
    outgoing.write(encode({ ":event-type": name, ":message-type": "event" }, payload));
    if (directives.delayMs > 0) await setTimeout(directives.delayMs);
  }
  outgoing.end();
}

function encode(headers: Readonly<Record<string, string>>, payload: unknown): Uint8Array {
  const all = { ...headers, ":content-type": "application/json" };
  const typed = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, { type: "string" as const, value }]),
  );
  return codec.encode({ headers: typed, body: Buffer.from(JSON.stringify(payload)) });
}

function refuse(outgoing: ServerResponse, status: number, code: string, message: string): void {
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "x-amzn-errortype": `${code}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  });
  outgoing.end(JSON.stringify({ message }));
}

const WINDOW_MS = 300_000;

/** Signs what was received anew and compares: nothing in the request is taken for the body's hash. */
function isSigned(
  incoming: IncomingMessage,
  body: Buffer,
  { region, credentials }: BedrockSimOptions,
): boolean {
  const given = incoming.headers.authorization ?? "";
  const names = /SignedHeaders=([^,\s]+)/.exec(given)?.[1]?.split(";") ?? [];
  const stamp = String(incoming.headers["x-amz-date"] ?? "");
  const time = Date.parse(
    stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (!(Math.abs(Date.now() - time) < WINDOW_MS) || !names.includes("host")) return false;
  const hash = createHash("sha256").update(body).digest("hex");
  const declared = incoming.headers["x-amz-content-sha256"];
  if (declared !== undefined && declared !== hash) return false;
  const headers = Object.fromEntries(
    names.map((name) => [name, String(incoming.headers[name] ?? "")]),
  );
  const isSignedHeader = (name: string): boolean => names.includes(name);
  const request = {
    method: incoming.method,
    path: incoming.url,
    service: "bedrock",
    region,
    headers,
    body,
    extraHeadersToInclude: Object.fromEntries(names.map((name) => [name, true])),
    // The library adds these two by itself; only what the caller signed counts.
    extraHeadersToIgnore: Object.fromEntries(
      ["content-length", "content-type"]
        .filter((name) => !isSignedHeader(name))
        .map((name) => [name, true]),
    ),
  };
  const signer = new aws4.RequestSigner(request as object, credentials);
  const expected = Buffer.from(
    String(
      (signer.sign() as { headers?: { Authorization?: string } }).headers?.Authorization ?? "",
    ),
  );
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
