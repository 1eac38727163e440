// The file operations the log is made of, reading included: a seam where a test can make each of them fail.

import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
} from "node:fs/promises";
import { dirname } from "node:path";

/** A file that is open for writing. */
export interface LogFile {
  write(bytes: Buffer, position: number): Promise<number>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** What the log asks of a file system. Each operation rejects when it fails. */
export interface LogFiles {
  /** Creates the folder, and those above it, where it is not; resolves to the topmost it created. */
  makeFolder(path: string): Promise<string | undefined>;
  /** The names in a folder. */
  list(path: string): Promise<readonly string[]>;
  /** Creates the file, or opens it for writing where it is. */
  open(path: string): Promise<LogFile>;
  truncate(path: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  read(path: string): Promise<Buffer>;
  /** Which file it is that has this name now, and how long it is, without opening it. */
  identify(path: string): Promise<{ readonly identity: string; readonly size: number }>;
  /** Makes names that were added, changed or removed in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

/** Node's own. */
export const nodeFiles: LogFiles = {
  makeFolder: (path) => mkdir(path, { recursive: true, mode: 0o700 }),
  list: (path) => readdir(path),
  async open(path) {
    const handle: FileHandle = await open(path, "r+").catch(() => open(path, "wx+", 0o600));
    return {
      write: async (bytes, position) =>
        (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
      datasync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  truncate: (path, length) => truncate(path, length),
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path),
  read: (path) => readFile(path),
  async identify(path) {
    const { dev, ino, size } = await stat(path, { bigint: true });
    return { identity: `${dev}:${ino}`, size: Number(size) };
  },
  async syncFolder(path) {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** Writes all of it; a short write is gone on with, as POSIX allows. */
export async function writeAll(file: LogFile, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written <= 0) throw new Error("the file takes no more bytes");
    done += written;
  }
}

/** Creates a folder so that a power cut cannot take it, or a folder above it, away again. */
export async function makeDurableFolder(files: LogFiles, path: string): Promise<void> {
  const topmost = await files.makeFolder(path);
  if (topmost === undefined) return;
  for (let folder = path; folder.length >= topmost.length; folder = dirname(folder)) {
    await files.syncFolder(dirname(folder));
    if (dirname(folder) === folder) return;
  }
}

/** Puts a small file in the place of an older one: after a crash there is the one or the other, whole. */
export async function replaceFile(files: LogFiles, path: string, bytes: Buffer): Promise<void> {
  const next = `${path}.new`;
  const file = await files.open(next);
  try {
    await writeAll(file, bytes, 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  // An older, longer one may have been left by a crash.
  await files.truncate(next, bytes.length);
  // A crash before the rename leaves the older file, which is as true as before.
  await files.rename(next, path);
  // Without this a power cut could bring the older one back, or the name of neither.
  await files.syncFolder(dirname(path));
}
