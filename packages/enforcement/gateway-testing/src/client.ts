// A client of HTTP/1.1, with what the callers of each API send.

import { type IncomingMessage, request } from "node:http";
import { gzipSync } from "node:zlib";
import { createSigner } from "@writ/sigv4";
import { CALLER, ISSUED_KEYS } from "./callers.ts";
import { type CaseFile, type CaseRequest, jsonOf } from "./case-file.ts";
import { REGION } from "./gateway-under-test.ts";

export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** Its connection ended before it did. */
  readonly isBroken: boolean;
}

export interface ClientRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export const CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0";

export async function signedHeaders(
  port: number,
  path: string,
  body: Buffer,
  headers: { readonly [name: string]: string } = {},
  method = "POST",
): Promise<Record<string, string>> {
  const signer = createSigner({ credentials: CALLER, region: REGION, service: "bedrock" });
  return signer.sign({
    method,
    path,
    headers: { ...(body.length === 0 ? {} : { "content-type": "application/json" }), ...headers },
    body,
    host: `127.0.0.1:${port}`,
    now: new Date(),
  });
}

/** Calls an operation of Bedrock's runtime. */
export async function callGateway(
  port: number,
  { operation = "converse", model = CLAUDE, headers = {} }: CaseRequest,
  body: Buffer,
): Promise<ClientAnswer> {
  const path = `/model/${encodeURIComponent(model)}/${operation}`;
  const given = Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
  const signed = await signedHeaders(port, path, body, given);
  return send(port, { method: "POST", path, headers: signed, body });
}

export function send(
  port: number,
  { method, path, headers, body }: ClientRequest,
): Promise<ClientAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, method, path, headers });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const chunks: Buffer[] = [];
      const done = (isBroken: boolean): void =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks),
          isBroken,
        });
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.once("end", () => done(false));
      incoming.once("error", () => done(true));
    });
    outgoing.end(body);
  });
}

const BODIES = {
  converse: { messages: [{ role: "user", content: [{ text: "hello" }] }] },
  invoke: {
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 100,
    messages: [{ role: "user", content: "hello" }],
  },
  messages: {
    model: "claude-sonnet-4-5",
    max_tokens: 100,
    messages: [{ role: "user", content: "hello" }],
  },
};

/** The request of a case, as its client sends it. */
export function requestOf(file: CaseFile, port: number): Promise<ClientRequest> {
  const { method = "POST" } = file.request;
  const hasBody = method === "POST" || method === "PUT";
  const body = hasBody ? bodyOf(file) : Buffer.alloc(0);
  return (file.surface ?? "bedrock") === "bedrock"
    ? bedrockRequest(file.request, { port, method, body })
    : Promise.resolve(messagesRequest(file.request, { port, method, body }));
}

function bodyOf({ request: given, surface, upstream }: CaseFile): Buffer {
  if (given.body !== undefined) return encoded(given, jsonOf(given.body));
  const isMessages = surface === "anthropic";
  const isStream = upstream?.events !== undefined || upstream?.stream !== undefined;
  const usual = isMessages
    ? { ...BODIES.messages, ...(isStream ? { stream: true } : {}) }
    : BODIES[given.operation?.startsWith("invoke") ? "invoke" : "converse"];
  return encoded(given, JSON.stringify({ ...usual, ...given.with }));
}

function encoded({ gzip }: CaseRequest, text: string): Buffer {
  return gzip === true ? gzipSync(text) : Buffer.from(text, "utf8");
}

interface Sent {
  readonly port: number;
  readonly method: string;
  readonly body: Buffer;
}

async function bedrockRequest(
  given: CaseRequest,
  { port, method, body }: Sent,
): Promise<ClientRequest> {
  const { operation = "converse", model = CLAUDE } = given;
  const path = given.path ?? `/model/${encodeURIComponent(model)}/${operation}`;
  const headers = Object.fromEntries(
    Object.entries(given.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
  return { method, path, headers: await signedHeaders(port, path, body, headers, method), body };
}

function messagesRequest(given: CaseRequest, { method, body }: Sent): ClientRequest {
  const headers = {
    "x-api-key": ISSUED_KEYS.caller,
    "anthropic-version": "2023-06-01",
    ...(body.length === 0 ? {} : { "content-type": "application/json" }),
    ...(given.gzip === true ? { "content-encoding": "gzip" } : {}),
    ...given.headers,
  };
  const sent = Object.entries(headers).flatMap(([name, value]): [string, string | string[]][] =>
    value === null ? [] : [[name, typeof value === "string" ? value : [...value]]],
  );
  return {
    method,
    path: given.path ?? "/v1/messages",
    headers: Object.fromEntries(sent),
    body,
  };
}
