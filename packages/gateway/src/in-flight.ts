// What calls hold at this moment: bytes of bodies and places, over all calls, of those whose sender is not proved
// yet, and of each caller. What one takes, others must still have enough of.

import type { GatewayConfig } from "./config.ts";

/** What there was not enough of. */
export type Shortage = "gateway" | "unverified" | "caller";

interface Held {
  bytes: number;
  calls: number;
}

/** What one call holds; given back once, when it is over. */
export interface Hold {
  /** Undefined when so many more bytes may be held. */
  take(bytes: number): Shortage | undefined;
  /** The sender is known to be who it says it is. */
  verified(): void;
  release(): void;
}

export class InFlight {
  readonly #limits: GatewayConfig["limits"];
  readonly #callers = new Map<string, Held>();
  #bytes = 0;
  #unverified = 0;

  constructor(limits: GatewayConfig["limits"]) {
    this.#limits = limits;
  }

  /** Bytes held over all calls. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A place for a call of a caller; undefined when it has as many as it may. */
  enter(caller: string, isVerified: boolean): Hold | undefined {
    const { callsPerCaller, inFlightBytes, inFlightBytesPerCaller, unverifiedBytes } = this.#limits;
    const held = this.#callers.get(caller) ?? { bytes: 0, calls: 0 };
    if (held.calls >= callsPerCaller) return undefined;
    this.#callers.set(caller, held);
    held.calls += 1;
    let own = 0;
    let unverified = 0;
    let isTrusted = isVerified;
    let isReleased = false;
    return {
      take: (bytes) => {
        own += bytes;
        held.bytes += bytes;
        this.#bytes += bytes;
        if (!isTrusted) {
          unverified += bytes;
          this.#unverified += bytes;
        }
        if (this.#bytes > inFlightBytes) return "gateway";
        if (this.#unverified > unverifiedBytes && !isTrusted) return "unverified";
        return held.bytes > inFlightBytesPerCaller ? "caller" : undefined;
      },
      verified: () => {
        isTrusted = true;
        this.#unverified -= unverified;
        unverified = 0;
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#bytes -= own;
        this.#unverified -= unverified;
        held.bytes -= own;
        held.calls -= 1;
        if (held.calls === 0) this.#callers.delete(caller);
      },
    };
  }
}
