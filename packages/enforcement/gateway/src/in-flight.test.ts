// What calls hold together is bounded, for all, for those who are not proved yet and for each caller; and everything
// that is held is given back.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GatewayConfig } from "./config.ts";
import { type Hold, InFlight } from "./in-flight.ts";

function limits(changes: Partial<GatewayConfig["limits"]> = {}): GatewayConfig["limits"] {
  return {
    bodyBytes: 1_000,
    inFlightBytes: 100,
    unverifiedBytes: 50,
    inFlightBytesPerCaller: 80,
    callsPerCaller: 2,
    frameBytes: 1_000,
    headerBytes: 1_000,
    requestTimeoutMs: 1_000,
    writeTimeoutMs: 1_000,
    keepAliveMs: 1_000,
    streamsPerConnection: 10,
    connections: 10,
    drainMs: 0,
    decisionMs: 50,
    ...changes,
  };
}

function entered(hold: Hold | undefined): Hold {
  if (hold === undefined) throw new Error("no place");
  return hold;
}

describe("what is in flight", () => {
  it("is bounded over all callers", () => {
    const inFlight = new InFlight(limits());
    expect(entered(inFlight.enter("a", "1", true)).take(70)).toBeUndefined();
    expect(entered(inFlight.enter("b", "1", true)).take(40)).toBe("gateway");
  });

  it("is bounded for those who are not proved, who keep nobody else out", () => {
    const inFlight = new InFlight(limits());
    expect(entered(inFlight.enter("a", "1", false)).take(51)).toBe("unverified");
    expect(entered(inFlight.enter("a", "2", true)).take(40)).toBeUndefined();
  });

  it("is bounded for one caller, in bytes and in calls", () => {
    const inFlight = new InFlight(limits());
    expect(entered(inFlight.enter("a", "1", true)).take(81)).toBe("caller");
    entered(inFlight.enter("a", "1", true));
    expect(inFlight.enter("a", "1", true)).toBeUndefined();
    expect(inFlight.enter("b", "1", true)).toBeDefined();
  });

  it("counts who turns out to be the caller among its calls", () => {
    const inFlight = new InFlight(limits({ callsPerCaller: 1 }));
    entered(inFlight.enter("a", "1", true));
    const late = entered(inFlight.enter("a", "2", false));
    expect(late.verify()).toBe(false);
  });

  it("is nothing once all is given back, in whatever order", () => {
    const step = fc.record({
      key: fc.constantFrom("a", "b"),
      ip: fc.constantFrom("1", "2"),
      isProved: fc.boolean(),
      bytes: fc.nat({ max: 60 }),
      verifies: fc.boolean(),
      releases: fc.integer({ min: 1, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const inFlight = new InFlight(limits({ callsPerCaller: 5 }));
        const holds = steps.flatMap(({ key, ip, isProved, bytes, verifies, releases }) => {
          const hold = inFlight.enter(key, ip, isProved);
          hold?.take(bytes);
          if (verifies) hold?.verify();
          return hold === undefined ? [] : [{ hold, releases }];
        });
        for (const { hold, releases } of holds)
          for (let count = 0; count < releases; count += 1) hold.release();
        expect(inFlight.bytes).toBe(0);
        const again = entered(inFlight.enter("a", "1", false));
        expect(again.take(50)).toBeUndefined();
        again.release();
      }),
    );
  });
});
