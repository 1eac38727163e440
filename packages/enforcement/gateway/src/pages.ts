// Pages for who watches over the gateway: whether it is alive, and whether it takes calls. They need no key, and leave
// no record: nothing is decided, and nothing is told but that.

/** Whether calls are taken; false from the moment the gateway drains. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not. */
  readonly reason?: string;
}

export const healthPages: {
  readonly [path: string]: (readiness: Readiness) => readonly [200 | 503, object];
} = {
  "/healthz": () => [200, { status: "alive" }],
  "/readyz": ({ ready, reason }) =>
    ready ? [200, { status: "ready" }] : [503, { status: "not ready", reason }],
};
