// `.writ/dev.json`: where the gateway of `npm start` listens, for scripts, for `writ call`, and for a second `npm start`.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { usageError } from "./exit.ts";
import { writeBytes } from "./files.ts";

export interface DevFacts {
  readonly pid: number;
  readonly endpoint: string;
  readonly tlsEndpoint: string;
  readonly caFile: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** For clients of the Messages API. */
  readonly anthropicApiKey: string;
  readonly anthropicBaseUrl: string;
  readonly policyHash: string;
  readonly auditDir: string;
}

const ANSWER_MS = 1_000;

export function writeFacts(folder: string, facts: DevFacts): void {
  writeBytes(join(folder, "dev.json"), `${JSON.stringify(facts, null, 2)}\n`, 0o600);
}

/** Of the gateway that runs, or ran last; undefined where none did. */
export function readFacts(folder: string): DevFacts | undefined {
  const path = join(folder, "dev.json");
  if (!existsSync(path)) return undefined;
  try {
    const facts = JSON.parse(readFileSync(path, "utf8")) as Partial<DevFacts> | null;
    return typeof facts?.endpoint === "string" ? (facts as DevFacts) : undefined;
  } catch {
    return undefined;
  }
}

/** Stops where a gateway runs from this folder already: before anything it stands on is written anew. */
export async function refuseSecond(folder: string): Promise<void> {
  const facts = readFacts(folder);
  if (facts === undefined || !isAlive(facts.pid)) return;
  const answer = await fetch(`${facts.endpoint}/healthz`, {
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch(() => undefined);
  if (answer?.ok !== true) return;
  throw usageError(
    `it runs already, at ${facts.endpoint} (process ${facts.pid}), from ${folder}. Use that one, or stop it with Ctrl-C ` +
      `or \`kill ${facts.pid}\`; a second one needs a folder and a port of its own: WRIT_HOME=DIR PORT=0 npm start`,
  );
}

function isAlive(pid: unknown): boolean {
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
