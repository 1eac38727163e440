// Writing for commands, and what they are given on standard input: what cannot be read or written is wrong use, said in
// one line.

import { mkdirSync, readSync, writeFileSync } from "node:fs";
import { describeFileFault, readBytes } from "@writ/workspace/node";
import { usageError } from "./exit.ts";

/** All of standard input. A descriptor, not /dev/stdin: that cannot be opened when it is a socket. */
export function readStandardInput(): string {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(64 * 1024);
  for (;;) {
    try {
      const count = readSync(0, chunk);
      if (count === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(Buffer.from(chunk.subarray(0, count)));
    } catch (error) {
      const code = describeFileFault(error);
      if (code === "EOF") return Buffer.concat(chunks).toString("utf8");
      if (code !== "EAGAIN") throw usageError(`cannot read standard input (${code})`);
      // A pipe into which nobody has written yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

export function readText(path: string): string {
  return readBytes(path).toString("utf8");
}

export function writeBytes(path: string, bytes: Uint8Array | string, mode = 0o644): void {
  try {
    writeFileSync(path, bytes, { mode });
  } catch (error) {
    throw usageError(`cannot write ${path} (${describeFileFault(error)})`);
  }
}

/** Whether it was made; false where it was there. */
export function makeFolder(path: string): boolean {
  try {
    return mkdirSync(path, { recursive: true }) !== undefined;
  } catch (error) {
    throw usageError(`cannot make the folder ${path} (${describeFileFault(error)})`);
  }
}
