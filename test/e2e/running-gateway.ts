// The gateway as a user runs it: `writ dev` in a process of its own, in a folder of its own, on a free port.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface DevFacts {
  readonly anthropicApiKey: string;
  readonly anthropicBaseUrl: string;
  readonly endpoint: string;
  readonly tlsEndpoint: string;
  readonly caFile: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly policyHash: string;
  readonly auditDir: string;
}

export interface RunningGateway {
  readonly facts: DevFacts;
  readonly home: string;
  readonly output: () => string;
  /** As Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>;
  remove(): void;
}

export const writ: string = fileURLToPath(
  new URL("../../packages/apps/cli/bin/writ.js", import.meta.url),
);

export async function runGateway(
  home: string = mkdtempSync(join(tmpdir(), "writ-e2e-")),
  more: { readonly [name: string]: string } = {},
): Promise<RunningGateway> {
  const child = spawn(process.execPath, [writ, "dev"], {
    env: { ...process.env, WRIT_HOME: home, PORT: "0", ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("Ctrl-C drains")) resolve();
    });
    child.once("exit", () => reject(new Error(`the gateway did not start:\n${output}`)));
  });
  const facts = JSON.parse(readFileSync(join(home, ".writ", "dev.json"), "utf8")) as DevFacts;
  return {
    facts,
    home,
    output: () => output,
    stop: () => stop(child),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

export { type LoggedRecord, readLog as logOf, validateRecord } from "@writ/gateway-testing";

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runWrit(args: readonly string[], input = ""): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [writ, ...args], {
    encoding: "utf8",
    input,
  });
  return { status: status ?? -1, stdout, stderr };
}
