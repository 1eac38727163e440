// What stands in for the command (a Node too old for it, npm) passes signals on, ends as the command ends, and does not
// leave it behind.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type DevFacts, writ } from "./running-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-signals-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = fileURLToPath(new URL("../../", import.meta.url));
const otherNode = pathToFileURL(join(root, "packages/apps/cli/bin/other-node.js")).href;

/** Runs a script in the place of the command, with this Node as the other one. */
function standIn(script: string): ChildProcess {
  const child = join(folder, "child.mjs");
  writeFileSync(
    child,
    `import { endWithParent } from ${JSON.stringify(otherNode)};
endWithParent(() => process.kill(process.pid, "SIGTERM"));
${script}
process.stdout.write(String(process.pid) + "\\n");
`,
  );
  const parent = join(folder, "parent.mjs");
  writeFileSync(
    parent,
    `import { runOn } from ${JSON.stringify(otherNode)};\nrunOn(process.execPath, [${JSON.stringify(child)}]);\n`,
  );
  return spawn(process.execPath, [parent], { stdio: ["ignore", "pipe", "inherit"] });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  const [chunk] = (await once(stdout ?? process.stdin, "data")) as [Buffer];
  return chunk.toString().trim();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await setTimeout(100);
  expect(isAlive(pid)).toBe(false);
}

const WAIT = "setInterval(() => {}, 1000);";

describe("what stands in for the command", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("passes %s on", async (signal) => {
    const parent = standIn(
      `process.on(${JSON.stringify(signal)}, () => { process.exitCode = 42; clearInterval(timer); });
const timer = ${WAIT}`,
    );
    await firstLine(parent);
    parent.kill(signal);
    expect(await once(parent, "exit")).toEqual([42, null]);
  });

  it.each([0, 1, 3, 70])("ends with the code %d of the command", async (code) => {
    const parent = standIn(`process.exitCode = ${code};`);
    expect(await once(parent, "exit")).toEqual([code, null]);
  });

  it.each(["SIGTERM", "SIGKILL", "SIGABRT"] as const)(
    "ends by the %s that ended the command",
    async (signal) => {
      const parent = standIn(WAIT);
      process.kill(Number(await firstLine(parent)), signal);
      expect(await once(parent, "exit")).toEqual([null, signal]);
    },
  );

  it("takes the command with it when it is killed", async () => {
    const parent = standIn(WAIT);
    const pid = Number(await firstLine(parent));
    parent.kill("SIGKILL");
    await untilGone(pid);
  });

  it("says which Node does not run", async () => {
    const parent = join(folder, "no-node.mjs");
    writeFileSync(
      parent,
      `import { runOn } from ${JSON.stringify(otherNode)};\nrunOn("/no/node", []);\n`,
    );
    const { status, stderr } = spawnSync(process.execPath, [parent], { encoding: "utf8" });
    expect([status, stderr]).toEqual([2, "writ: /no/node does not run (ENOENT)\n"]);
  });
});

/** A Node of the machine that does not run the command itself. */
const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((dir) => !dir.includes("node_modules"))
  .map((dir) => join(dir, "node"))
  .find((path) =>
    /^v(?:20|22)\./.test(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout ?? ""),
  );

async function startDev(command: string, args: readonly string[], home: string) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, WRIT_HOME: home, PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  for (let tries = 0; !said.includes("Ctrl-C drains"); tries += 1) {
    if (tries > 300) throw new Error(`it did not start: ${said}`);
    await setTimeout(100);
  }
  const facts = JSON.parse(readFileSync(join(home, ".writ", "dev.json"), "utf8")) as DevFacts & {
    readonly pid: number;
  };
  return { child, facts, said: () => said };
}

describe.skipIf(oldNode === undefined)("an older Node of this machine", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("drains the gateway on %s", async (signal) => {
    const home = join(folder, signal);
    const { child, facts, said } = await startDev(oldNode ?? "", [writ, "dev"], home);
    expect(facts.pid).not.toBe(child.pid);
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(said()).toContain("draining");
    expect(isAlive(facts.pid)).toBe(false);
  });

  it("has the keyring read again on SIGHUP, and drains when it is killed", async () => {
    const { child, facts, said } = await startDev(
      oldNode ?? "",
      [writ, "dev"],
      join(folder, "hup"),
    );
    child.kill("SIGHUP");
    for (let tries = 0; tries < 100 && !said().includes("again: 2 keys"); tries += 1)
      await setTimeout(50);
    expect(said()).toContain("again: 2 keys");
    expect((await fetch(`${facts.endpoint}/healthz`)).status).toBe(200);
    child.kill("SIGKILL");
    await untilGone(facts.pid);
    expect(said()).toContain("draining");
  });
});

describe("npm start", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)(
    "ends the gateway, drained, on %s",
    async (signal) => {
      const home = join(folder, `npm-${signal}`);
      const { child, facts, said } = await startDev("npm", ["start"], home);
      child.kill(signal);
      await once(child, "exit");
      await untilGone(facts.pid);
      expect(said()).toContain("draining");
    },
  );

  it("says where it runs already", async () => {
    const home = join(folder, "twice");
    const { child, facts } = await startDev(process.execPath, [writ, "dev"], home);
    const before = readFileSync(join(home, ".writ", "gateway.json"), "utf8");
    const { status, stderr } = spawnSync(process.execPath, [writ, "dev"], {
      encoding: "utf8",
      env: { ...process.env, WRIT_HOME: home, PORT: "0" },
    });
    expect(status).toBe(2);
    expect(stderr).toContain(`it runs already, at ${facts.endpoint} (process ${facts.pid})`);
    expect(readFileSync(join(home, ".writ", "gateway.json"), "utf8")).toBe(before);
    child.kill("SIGTERM");
    await once(child, "exit");
  });
});
