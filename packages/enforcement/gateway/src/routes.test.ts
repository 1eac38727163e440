// Every route is a surface's or a page, and everything else is answered, too.

import { anthropicMessages } from "@writ/anthropic";
import { bedrockRuntime } from "@writ/bedrock-runtime";
import type { Operation, Surface } from "@writ/surface";
import { expect, it } from "vitest";
import { healthPages } from "./pages.ts";
import { createRoutes, dispatch, type NodeBindings } from "./routes.ts";

const options = {
  region: "us-east-1",
  models: {},
  upstream: { url: "https://models.example" },
  credentials: () => "{}",
};
const surfaces: readonly Surface[] = [
  anthropicMessages.create(options),
  bedrockRuntime.create(options),
];

interface Enforced {
  readonly surface: string;
  readonly operation: Operation | undefined;
}

function routes(): {
  readonly app: ReturnType<typeof createRoutes>;
  readonly enforced: Enforced[];
} {
  const enforced: Enforced[] = [];
  const app = createRoutes({
    surfaces,
    readiness: () => ({ ready: true }),
    enforce: async (_node, { name: surface }, operation) => {
      enforced.push({ surface, operation });
    },
  });
  return { app, enforced };
}

async function ask(method: string, url: string): Promise<Enforced | string> {
  const { app, enforced } = routes();
  let page = "";
  const outgoing = {
    setHeader: () => undefined,
    end: (body: Buffer) => {
      page = body.toString();
    },
  };
  const node = { incoming: { method, url }, outgoing } as unknown as NodeBindings;
  await dispatch(app, node);
  expect(enforced.length + (page === "" ? 0 : 1)).toBe(1);
  return enforced[0] ?? page;
}

it("has no route but the surfaces' and the pages'", () => {
  const { app } = routes();
  const known = new Set([
    ...surfaces.flatMap(({ operations }) =>
      operations.map(({ method, path }) => `${method} ${path}`),
    ),
    ...Object.keys(healthPages).map((path) => `GET ${path}`),
  ]);
  const registered = app.routes.map(({ method, path }) => `${method} ${path}`);
  expect(registered.filter((route) => !known.has(route))).toEqual([]);
  expect(new Set(registered)).toEqual(known);
});

it("no two operations share a route", () => {
  const all = surfaces.flatMap(({ operations }) => operations);
  expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
});

it.each([
  ["POST", "/v1/messages?beta=true", "anthropic", "CreateMessage"],
  ["POST", "/v1/messages/count_tokens", "anthropic", "CountTokens"],
  ["POST", "/model/a.b%3A0/converse", "bedrock", "Converse"],
  ["POST", "/model/arn:aws:x::y/a.b/converse-stream", "bedrock", "ConverseStream"],
  ["POST", "/v1/chat/completions", "bedrock", "the OpenAI Chat Completions API"],
  ["GET", "/async-invoke/arn%3Aaws", "bedrock", "GetAsyncInvoke"],
])("%s %s is of %s: %s", async (method, url, surface, name) => {
  expect(await ask(method, url)).toMatchObject({ surface, operation: { name } });
});

it.each([
  ["POST", "/v1/unheard-of", "anthropic"],
  ["DELETE", "/v1/messages", "anthropic"],
  ["GET", "/v1/messages%2Fcount_tokens", "anthropic"],
  ["POST", "//v1/messages", "bedrock"],
  ["POST", "/V1/messages", "bedrock"],
  ["POST", "/model/a.b/converse/", "bedrock"],
  ["POST", "/model/converse", "bedrock"],
  ["OPTIONS", "*", "bedrock"],
  ["GET", "http://models.example/healthz", "bedrock"],
  ["GET", "/healthz?x=1", "bedrock"],
  ["GET", "/healthz/", "bedrock"],
  ["POST", "/healthz", "bedrock"],
  ["CONNECT", "models.example:443", "bedrock"],
  ["GET", "", "bedrock"],
])("%s %s is enforced on as no operation, in the words of %s", async (method, url, surface) => {
  expect(await ask(method, url)).toEqual({ surface, operation: undefined });
});

it("a page is answered with itself", async () => {
  expect(await ask("GET", "/readyz")).toBe('{"status":"ready"}\n');
});
