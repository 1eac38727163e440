// A checkpoint that falls due while one is being written. In a process of its own: a writer that never comes to an end
// of its turn would take this one with it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const WRITER = `
import { generateKeyPairSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
const { nodeFiles } = await import(process.argv[1]);
const { openLog } = await import(process.argv[2]);
let isSlow = false;
const files = {
  ...nodeFiles,
  rename: async (from, to) => {
    if (isSlow) await pause(1_500);
    await nodeFiles.rename(from, to);
  },
};
const signingKey = generateKeyPairSync("ed25519").privateKey;
const { log } = await openLog({ dir: process.argv[3], origin: "test/node-1", signingKey, files });
// The checkpoint of this one is due in a second.
await log.append({ type: "decision", id: "first" });
// That second is over before its timer is: the next batch writes the checkpoint, and the timer comes in the middle.
const now = Date.now;
Date.now = () => now() + 2_000;
isSlow = true;
await log.append({ type: "decision", id: "second" });
await pause(2_500);
const { ok } = await log.append({ type: "decision", id: "third" });
await log.close();
process.stdout.write(ok ? "goes on" : "refuses");
`;

it("leaves the log, and the process, to go on", () => {
  const home = mkdtempSync(join(tmpdir(), "writ-audit-"));
  const module = (name: string): string => new URL(name, import.meta.url).href;
  const { stdout, signal, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", WRITER, module("./files.ts"), module("./log.ts"), home],
    { timeout: 15_000, killSignal: "SIGKILL", encoding: "utf8" },
  );
  rmSync(home, { recursive: true, force: true });
  expect({ stdout, signal }, stderr).toEqual({ stdout: "goes on", signal: null });
}, 20_000);
