// The lines of earlier sessions, newest first: a file in the state folder of the XDG base directories
// (https://specifications.freedesktop.org/basedir-spec/latest/), for its owner's eyes, of bounded size.

import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

export const MAX_LINES = 1000;
const MAX_BYTES = 256 * 1024;

export function historyFile(environment: NodeJS.ProcessEnv): string {
  const state = environment["XDG_STATE_HOME"] ?? "";
  // The specification has relative paths ignored.
  const folder = isAbsolute(state) ? state : join(homedir(), ".local", "state");
  return join(folder, "writ", "repl-history");
}

export function readHistory(file: string): string[] {
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > 2 * MAX_BYTES) return [];
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.filter((line) => line !== "").reverse();
  } catch {
    return [];
  }
}

/** Why it could not be written, if it could not. */
export function writeHistory(file: string, lines: readonly string[]): string | undefined {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.slice(0, MAX_LINES)) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MAX_BYTES) break;
    if (!/[\r\n]/.test(line)) kept.push(line);
  }
  const text = kept.reverse().map((line) => `${line}\n`);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Whole or not at all: two sessions may end at once.
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, text.join(""), { mode: 0o600 });
    renameSync(temporary, file);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
