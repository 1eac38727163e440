// A log that may not be read is not a log that is missing: whoever audits it must hear which.

import { accessSync, constants, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeFileFault } from "@writ/workspace/node";
import { usageError } from "./exit.ts";

/** What is not there is for the log itself to judge; and a log that is written to renames its checkpoint meanwhile. */
const MISSING: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

/** Stops where the folder of a log, or a file in it, is there and cannot be read. */
export function requireReadableLog(dir: string): void {
  const names = attempt(dir, () => readdirSync(dir)) ?? [];
  for (const name of names)
    attempt(join(dir, name), () => accessSync(join(dir, name), constants.R_OK));
}

function attempt<T>(path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = describeFileFault(error);
    if (MISSING.has(code)) return undefined;
    throw usageError(
      `cannot read ${path} (${code}): that says nothing about the log; verify it as a user who may read it`,
    );
  }
}
