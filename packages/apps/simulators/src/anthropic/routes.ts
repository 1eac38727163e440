// Where a request goes, and what must hold before its body is looked at: path, key, version.

import type { IncomingMessage } from "node:http";
import type { Problem } from "./errors.ts";

/** An operation that is answered. */
export type Operation = "messages" | "count_tokens" | "models" | "model";

interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly path: RegExp;
  /** What may be asked beside the path, and in what form. */
  readonly query: { readonly [name: string]: RegExp };
}

const BETA = { beta: /^true$/ };
const PAGE = { limit: /^(?:[1-9]\d{0,2}|1000)$/, after_id: /./, before_id: /./ };

const ROUTES: readonly Route[] = [
  { operation: "messages", method: "POST", path: /^\/v1\/messages$/, query: BETA },
  {
    operation: "count_tokens",
    method: "POST",
    path: /^\/v1\/messages\/count_tokens$/,
    query: BETA,
  },
  {
    operation: "models",
    method: "GET",
    path: /^\/v1\/models$/,
    query: { ...BETA, ...PAGE },
  },
  { operation: "model", method: "GET", path: /^\/v1\/models\/[^/]+$/, query: BETA },
];

/** The versions that clients send: before and since October 2026. */
export const VERSIONS = ["2023-06-01", "2026-10-21"] as const;
export type Version = (typeof VERSIONS)[number];

/** A request that may be answered, as far as its head says. */
export interface Routed {
  readonly operation: Operation;
  readonly version: Version;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Where the request goes, or why it goes nowhere. */
export function route(
  incoming: IncomingMessage,
  apiKeys: readonly string[],
): Routed | { readonly problem: Problem } {
  const [path = "", ...search] = (incoming.url ?? "").split("?");
  const query = new URLSearchParams(search.join("?"));
  const key = keyProblem(incoming, apiKeys);
  if (key !== undefined) return { problem: { type: "authentication_error", message: key } };
  const found = ROUTES.find((known) => known.path.test(path));
  if (found === undefined)
    return { problem: { type: "not_found_error", message: `Not found: ${path}` } };
  const invalid = (message: string, status = 400): { readonly problem: Problem } => ({
    problem: { type: "invalid_request_error", message, status },
  });
  if (incoming.method !== found.method) return invalid("Method Not Allowed", 405);
  for (const [name, value] of query) {
    const form = Object.hasOwn(found.query, name) ? found.query[name] : undefined;
    if (form === undefined) return invalid(`${name}: Extra inputs are not permitted`);
    if (!form.test(value)) return invalid(`${name}: String should match pattern '${form.source}'`);
  }
  const given = incoming.headers["anthropic-version"];
  if (given === undefined) return invalid("anthropic-version: header is required");
  const version = VERSIONS.find((known) => known === given);
  if (version === undefined)
    return invalid(`anthropic-version: "${String(given)}" is not a valid version`);
  return { operation: found.operation, version, path, query };
}

/** Every key that is given must be a known one: a second is the caller's own, which no gateway should pass on. */
function keyProblem(incoming: IncomingMessage, apiKeys: readonly string[]): string | undefined {
  const { authorization = [], "x-api-key": plain = [] } = incoming.headersDistinct;
  const keys = [
    ...plain.map((key) => ["x-api-key", key] as const),
    ...authorization.map((value) => ["bearer token", bearerOf(value)] as const),
  ];
  if (keys.length === 0) return "x-api-key header is required";
  const unknown = keys.find(([, key]) => key === undefined || !apiKeys.includes(key));
  return unknown === undefined ? undefined : `invalid ${unknown[0]}`;
}

function bearerOf(authorization: string): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization)?.[1];
}
