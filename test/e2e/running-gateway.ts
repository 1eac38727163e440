// The gateway as a user runs it: `writ dev` in a process of its own, in a folder of its own, on a free port.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRecords } from "@writ/audit";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";

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

export interface LoggedRecord {
  readonly type: string;
  readonly id: string;
  readonly call?: string;
  readonly stage?: string;
  readonly policy?: { readonly hash: string };
  readonly decision?: { readonly effect: string; readonly redactions: readonly string[] };
  readonly refusal?: { readonly status: number; readonly code: string };
  readonly ending?: string;
  readonly [key: string]: unknown;
}

const schema = new URL("../../schemas/audit-record.schema.json", import.meta.url);
export const validateRecord: ValidateFunction<LoggedRecord> = new Ajv2020().compile<LoggedRecord>(
  JSON.parse(readFileSync(schema, "utf8")),
);

/** Every record of a log, in order; each is as the schema says. */
export async function logOf(dir: string): Promise<readonly LoggedRecord[]> {
  const records: LoggedRecord[] = [];
  const problem = await readRecords(dir, (bytes) => {
    const record: unknown = JSON.parse(bytes.toString("utf8"));
    if (!validateRecord(record)) throw new Error(`${bytes}: ${describeErrors()}`);
    records.push(record);
  });
  if (problem !== undefined) throw new Error(problem.message);
  return records;
}

function describeErrors(): string {
  const errors = validateRecord.errors ?? [];
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`).join("; ");
}

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
