// The gateway's routes: the tables of its surfaces, and a few pages. Routing is Hono's, on the raw target; enforcement
// works on Node's own request and response, and answers for everything that no route knows.

import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Operation, Surface } from "@writ/surface";
import { type Context, Hono } from "hono";
import type { Incoming, Outgoing } from "./call.ts";
import { healthPages, type Readiness } from "./pages.ts";

/** What Node gave, for whoever answers by itself. */
export interface NodeBindings {
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
}

interface Env {
  readonly Bindings: NodeBindings;
}

export interface RoutesOptions {
  readonly surfaces: readonly Surface[];
  readonly readiness: () => Readiness;
  /** Answers a call; without an operation, of one that no route knows. */
  readonly enforce: (
    node: NodeBindings,
    surface: Surface,
    operation: Operation | undefined,
  ) => Promise<void>;
}

export function createRoutes({ surfaces, readiness, enforce }: RoutesOptions): Hono<Env> {
  const app = new Hono<Env>({ getPath: ({ url }) => pathOf(url) });
  const answer = async (
    { env }: Context<Env>,
    surface: Surface,
    operation: Operation | undefined,
  ): Promise<Response> => {
    await enforce(env, surface, operation);
    return RESPONSE_ALREADY_SENT;
  };
  for (const surface of surfaces)
    for (const operation of surface.operations)
      app.on(operation.method, operation.path, (context) =>
        // Asking for the head of something is asking something else.
        answer(context, surface, isOf(operation, context) ? operation : undefined),
      );
  for (const [path, page] of Object.entries(healthPages)) {
    app.get(path, (context) => {
      // Exactly these targets are pages.
      if (context.env.incoming.url !== path) return context.notFound();
      const [status, content] = page(readiness());
      return context.body(`${JSON.stringify(content)}\n`, status, {
        "content-type": "application/json",
        "cache-control": "no-store",
      });
    });
  }
  app.notFound((context) =>
    answer(context, ownerOf(surfaces, pathOf(context.env.incoming.url ?? "")), undefined),
  );
  app.onError((error) => {
    throw error;
  });
  return app;
}

function isOf({ method }: Operation, { env }: Context<Env>): boolean {
  return env.incoming.method === method;
}

function pathOf(target: string): string {
  const question = target.indexOf("?");
  return question < 0 ? target : target.slice(0, question);
}

function ownerOf(surfaces: readonly Surface[], path: string): Surface {
  const owner = surfaces.find(({ owns }) => owns(path)) ?? surfaces.at(-1);
  if (owner === undefined) throw new Error("a gateway has a surface");
  return owner;
}

const ALREADY_SENT = "x-hono-already-sent";

/** Hands Node's request to the routes; a page's answer goes back as it is. */
export async function dispatch(app: Hono<Env>, node: NodeBindings): Promise<void> {
  const { incoming, outgoing } = node;
  // SAFETY: what routes read of a request is its method and its URL; everything else is Node's.
  const request = { method: incoming.method, url: incoming.url ?? "" } as Request;
  const response = await app.fetch(request, node);
  if (response.headers.has(ALREADY_SENT)) return;
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  if (incoming.method !== "HEAD") outgoing.setHeader("content-length", body.length);
  outgoing.statusCode = response.status;
  outgoing.end(body);
}
