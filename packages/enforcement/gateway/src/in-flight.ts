// What calls hold at this moment: bytes of bodies and places, over all calls, of those whose sender is not proved
// yet, and of each caller. What one takes, others must still have enough of.

import type { GatewayConfig } from "./config.ts";

/** What there was not enough of. */
export type Shortage = "gateway" | "unverified" | "caller";

interface Held {
  readonly name: string;
  bytes: number;
  calls: number;
}

/** What one call holds; given back once, when it is over. */
export interface Hold {
  /** Undefined when so many more bytes may be held. */
  take(bytes: number): Shortage | undefined;
  /** The sender is known to be the caller; false when that one has as many calls as it may have. */
  verify(): boolean;
  release(): void;
}

export class InFlight {
  readonly #limits: GatewayConfig["limits"];
  /** By access key; of those who only say that it is theirs also by where they are: strangers are not the caller. */
  readonly #held = new Map<string, Held>();
  #bytes = 0;
  #unverified = 0;

  constructor(limits: GatewayConfig["limits"]) {
    this.#limits = limits;
  }

  /** Bytes held over all calls. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A place for a call; undefined where there are as many as there may be. */
  enter(accessKeyId: string, sourceIp: string, isProved: boolean): Hold | undefined {
    let of = this.#enter(isProved ? accessKeyId : `${accessKeyId} ${sourceIp}`);
    if (of === undefined) return undefined;
    let own = 0;
    let isVerified = isProved;
    let isReleased = false;
    const { inFlightBytes, inFlightBytesPerCaller, unverifiedBytes } = this.#limits;
    return {
      take: (bytes) => {
        own += bytes;
        if (of !== undefined) of.bytes += bytes;
        this.#bytes += bytes;
        if (!isVerified) this.#unverified += bytes;
        if (this.#bytes > inFlightBytes) return "gateway";
        if (!isVerified && this.#unverified > unverifiedBytes) return "unverified";
        return (of?.bytes ?? 0) > inFlightBytesPerCaller ? "caller" : undefined;
      },
      verify: () => {
        if (isVerified || isReleased) return true;
        isVerified = true;
        this.#unverified -= own;
        if (of !== undefined) this.#leave(of, own);
        of = this.#enter(accessKeyId);
        if (of !== undefined) of.bytes += own;
        return of !== undefined;
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#bytes -= own;
        if (!isVerified) this.#unverified -= own;
        if (of !== undefined) this.#leave(of, own);
      },
    };
  }

  #enter(name: string): Held | undefined {
    const held = this.#held.get(name) ?? { name, bytes: 0, calls: 0 };
    if (held.calls >= this.#limits.callsPerCaller) return undefined;
    this.#held.set(name, held);
    held.calls += 1;
    return held;
  }

  #leave(held: Held, bytes: number): void {
    held.bytes -= bytes;
    held.calls -= 1;
    if (held.calls === 0) this.#held.delete(held.name);
  }
}
