// The child process of network.ts: one question on standard input, one answer on standard output.

import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { parse as parseYaml } from "yaml";
import { type AllowedHost, isAllowed } from "./allowed-hosts.ts";

interface Question {
  readonly allowed: readonly AllowedHost[];
  readonly timeout: number;
  readonly lookup?: string;
  readonly request?: { readonly [name: string]: unknown };
}

const MAX_REDIRECTS = 10;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

async function answer({ lookup: name, request, timeout, allowed }: Question): Promise<unknown> {
  if (name !== undefined) {
    const found = await lookup(name, { all: true });
    return { addresses: found.map(({ address }) => address) };
  }
  const given = request ?? {};
  const isOver = AbortSignal.timeout(timeout);
  let url = new URL(String(given["url"]));
  for (let count = 0; ; count += 1) {
    const response = await send(url, given, isOver);
    const { statusCode = 0, headers, statusMessage = "" } = response;
    const isRedirect =
      given["enable_redirect"] === true && [301, 302, 303, 307, 308].includes(statusCode);
    const next = isRedirect ? nextUrl(headers.location, url, allowed) : undefined;
    if (next !== undefined && count < MAX_REDIRECTS) {
      url = next;
      response.destroy();
      continue;
    }
    const raw = await readBody(response);
    const lists = Object.entries(headers).map(([key, value]) => [key, [value].flat()]);
    return {
      response: {
        status: `${statusCode} ${statusMessage}`,
        status_code: statusCode,
        headers: Object.fromEntries(lists),
        raw_body: raw,
        body: decode(raw, String(headers["content-type"] ?? ""), given),
      },
    };
  }
}

/** Within the host that was asked; elsewhere the answer is that it was moved. */
function nextUrl(
  location: string | undefined,
  from: URL,
  allowed: readonly AllowedHost[],
): URL | undefined {
  const next = location === undefined ? null : URL.parse(location, from.href);
  const isNear = next?.hostname === from.hostname && isAllowed(next.href, allowed);
  return next !== null && isNear ? next : undefined;
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES)
      throw new Error(`the answer has more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** JSON and YAML are read where the answer, or the policy, says that they are; otherwise null. */
function decode(raw: string, type: string, given: { readonly [name: string]: unknown }): unknown {
  try {
    if (given["force_json_decode"] === true || /\bjson\b/.test(type)) return JSON.parse(raw);
    if (given["force_yaml_decode"] === true || /\byaml\b/.test(type)) return parseYaml(raw);
  } catch {
    return null;
  }
  return null;
}

function send(
  url: URL,
  given: { readonly [name: string]: unknown },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const body =
    given["raw_body"] ?? (given["body"] === undefined ? "" : JSON.stringify(given["body"]));
  const options: RequestOptions = {
    method: String(given["method"]).toUpperCase(),
    headers: Object.fromEntries(
      Object.entries((given["headers"] as object | undefined) ?? {}).map(([name, value]) => [
        name,
        String(value),
      ]),
    ),
    signal,
    ...tls(given),
  };
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = start(url, options, resolve);
    sent.on("error", (error) => reject(signal.aborted ? new Error("request timed out") : error));
    sent.end(String(body));
  });
}

function tls(given: { readonly [name: string]: unknown }): RequestOptions {
  const [ca, cert, key] = ["tls_ca_cert", "tls_client_cert", "tls_client_key"].map(
    (name) => given[name] as string | undefined,
  );
  const servername = given["tls_server_name"] as string | undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    rejectUnauthorized: given["tls_insecure_skip_verify"] !== true,
  };
}

answer(JSON.parse(readFileSync(0, "utf8")) as Question).then(
  (value) => process.stdout.write(JSON.stringify(value)),
  (error: unknown) =>
    process.stdout.write(
      JSON.stringify({ error: error instanceof Error ? error.message : "failed" }),
    ),
);
