// Reading files of this machine: what cannot be read is wrong use, said in one line. Only regular files are read: a pipe
// or a device would make whoever reads wait or run on for ever.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from "node:fs";
import { usageError } from "../usage-error.ts";

/** Bundles and logs are smaller, and a text of more cannot be held. */
export const MAX_BYTES: number = 512 * 1024 * 1024;

/** A file that was named on the command line: it may be a link. */
export function readBytes(path: string): Buffer {
  const problem = attempt(path, () => whatItIs(statSync(path)));
  if (problem !== undefined) throw usageError(`${path} is ${problem}, which is not read`);
  return readOpened(path, 0, MAX_BYTES);
}

/** A file that was found in a folder, which may have become a link since. */
export function readFound(path: string, limit: number): Buffer {
  return readOpened(path, constants.O_NOFOLLOW, limit);
}

/** `O_NONBLOCK`: to open a pipe that nobody writes to does not wait. */
function readOpened(path: string, flags: number, limit: number): Buffer {
  return attempt(path, () => {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
    try {
      const stats = fstatSync(descriptor);
      const problem = whatItIs(stats);
      if (problem !== undefined) throw usageError(`${path} is ${problem}, which is not read`);
      if (stats.size > limit)
        throw usageError(`${path} has ${stats.size} bytes, more than the ${limit} that are read`);
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}

const KINDS: readonly (readonly [(stats: Stats) => boolean, string])[] = [
  [(stats) => stats.isDirectory(), "a folder"],
  [(stats) => stats.isSymbolicLink(), "a link"],
  [(stats) => stats.isFIFO(), "a pipe"],
  [(stats) => stats.isSocket(), "a socket"],
  [(stats) => stats.isCharacterDevice() || stats.isBlockDevice(), "a device"],
];

/** What stands there instead of a regular file. */
export function whatItIs(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  return KINDS.find(([is]) => is(stats))?.[1] ?? "no regular file";
}

/** Whether a path, or what a link leads to, is a folder. Throws a `UsageError` where nothing is. */
export function isDirectory(path: string): boolean {
  return attempt(path, () => statSync(path).isDirectory());
}

/** Whether something of that name is there, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw usageError(`cannot read ${path} (${describeFileFault(error)})`);
  }
}

/** The code of what a file operation threw. */
export function describeFileFault(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
