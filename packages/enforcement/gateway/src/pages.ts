// Pages for who watches over the gateway: whether it is alive, and whether it takes calls. They need no signature, and
// leave no record: nothing is decided, and nothing is told but that.

import type { IncomingMessage, ServerResponse } from "node:http";

/** Whether calls are taken; false from the moment the gateway drains. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not. */
  readonly reason?: string;
}

const PAGES: {
  readonly [target: string]: ((readiness: Readiness) => readonly [number, object]) | undefined;
} = {
  "/healthz": () => [200, { status: "alive" }],
  "/readyz": ({ ready, reason }) =>
    ready ? [200, { status: "ready" }] : [503, { status: "not ready", reason }],
};

/** Answers a page; false for everything else, which is a call. Exactly these targets are pages. */
export function answerPage(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  readiness: () => Readiness,
): boolean {
  const { method, url = "" } = incoming;
  const page = Object.hasOwn(PAGES, url) ? PAGES[url] : undefined;
  if (page === undefined || (method !== "GET" && method !== "HEAD")) return false;
  const [status, content] = page(readiness());
  const body = Buffer.from(`${JSON.stringify(content)}\n`);
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "content-length": body.length,
    "cache-control": "no-store",
  });
  outgoing.end(method === "HEAD" ? undefined : body);
  return true;
}
