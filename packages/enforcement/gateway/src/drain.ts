// The end of a gateway: calls under way finish, new ones are refused. The port stays open meanwhile, so that who asks
// whether calls are taken hears that they are not.

import { setTimeout } from "node:timers/promises";
import type { Outgoing } from "./call.ts";

export interface Drain {
  readonly isDraining: boolean;
  /** An answer to wait for. */
  watch(outgoing: Outgoing): void;
  /** Resolves once no answer is under way, or when the time is over, with what is left of it. */
  begin(drainMs: number): Promise<number>;
}

export function createDrain(): Drain {
  let isDraining = false;
  let underWay = 0;
  let ended = (): void => undefined;
  return {
    get isDraining() {
      return isDraining;
    },
    watch(outgoing) {
      underWay += 1;
      outgoing.once("close", () => {
        underWay -= 1;
        if (underWay === 0) ended();
      });
    },
    async begin(drainMs) {
      isDraining = true;
      const startedAt = performance.now();
      const over = new AbortController();
      const idle = new Promise<void>((resolve) => {
        ended = resolve;
        if (underWay === 0) resolve();
      });
      await Promise.race([
        idle,
        setTimeout(drainMs, undefined, { signal: over.signal }).catch(() => undefined),
      ]);
      over.abort();
      return Math.max(0, drainMs - (performance.now() - startedAt));
    },
  };
}
