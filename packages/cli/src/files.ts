// Reading and writing for commands: what cannot be read or written is wrong use, said in one line.

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { usageError } from "./exit.ts";

export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw usageError(`cannot read ${path} (${reason(error)})`);
  }
}

/** All of standard input. A descriptor, not /dev/stdin: that cannot be opened when it is a socket. */
export function readStandardInput(): string {
  try {
    return readFileSync(0, "utf8");
  } catch (error) {
    throw usageError(`cannot read standard input (${reason(error)})`);
  }
}

export function readText(path: string): string {
  return readBytes(path).toString("utf8");
}

export function writeBytes(path: string, bytes: Uint8Array | string, mode = 0o644): void {
  try {
    writeFileSync(path, bytes, { mode });
  } catch (error) {
    throw usageError(`cannot write ${path} (${reason(error)})`);
  }
}

export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw usageError(`cannot read ${path} (${reason(error)})`);
  }
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
