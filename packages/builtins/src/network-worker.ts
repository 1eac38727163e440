// The child process of network.ts: one question on standard input, one answer on standard output.

import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import { parse as parseYaml } from "yaml";

interface Question {
  readonly timeout: number;
  readonly lookup?: string;
  readonly request?: { readonly [name: string]: unknown };
}

const MAX_REDIRECTS = 10;

async function answer({ lookup: name, request, timeout }: Question): Promise<unknown> {
  if (name !== undefined) {
    const found = await lookup(name, { all: true });
    return { addresses: found.map(({ address }) => address) };
  }
  const given = request ?? {};
  let url = new URL(String(given["url"]));
  for (let count = 0; ; count += 1) {
    const response = await send(url, given, timeout);
    const { statusCode = 0, headers, statusMessage = "" } = response;
    const isRedirect =
      given["enable_redirect"] === true && [301, 302, 303, 307, 308].includes(statusCode);
    if (isRedirect && headers.location !== undefined && count < MAX_REDIRECTS) {
      url = new URL(headers.location, url);
      response.resume();
      continue;
    }
    const raw = await text(response);
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
  timeout: number,
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
    timeout,
    ...tls(given),
  };
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = start(url, options, resolve);
    sent.on("timeout", () => sent.destroy(new Error("request timed out")));
    sent.on("error", reject);
    sent.end(String(body));
  });
}

function tls(given: { readonly [name: string]: unknown }): RequestOptions {
  const material = (name: string): string | undefined => {
    const [text, file, variable] = ["", "_file", "_env_variable"].map(
      (ending) => given[name + ending] as string | undefined,
    );
    return text ?? (file && readFileSync(file, "utf8")) ?? (variable && process.env[variable]);
  };
  const [ca, cert, key] = ["tls_ca_cert", "tls_client_cert", "tls_client_key"].map(material);
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
