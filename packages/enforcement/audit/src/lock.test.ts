import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { takeLock } from "./lock.ts";

const home = mkdtempSync(join(tmpdir(), "writ-lock-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("a lock", () => {
  it("is one's own until it is released, which may be said twice", () => {
    const path = join(home, "lock");
    const held = takeLock(path);
    expect(takeLock(path)).toEqual({ ok: false, isHeld: true, reason: "database is locked" });
    if (!held.ok) throw new Error(held.reason);
    expect(readdirSync(home)).toEqual(["lock"]);
    held.release();
    held.release();
    const next = takeLock(path);
    expect(next.ok).toBe(true);
    if (next.ok) next.release();
  });

  it("that cannot be made is held by nobody", () => {
    expect(takeLock(join(home, "nowhere", "lock"))).toEqual({
      ok: false,
      isHeld: false,
      reason: "unable to open database file",
    });
    expect(takeLock("\0")).toEqual({
      ok: false,
      isHeld: false,
      reason: "ERR_INVALID_ARG_TYPE",
    });
  });
});
