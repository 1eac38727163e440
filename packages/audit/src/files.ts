// The file operations the log is made of: a seam where a test can make each of them fail.

import { type FileHandle, mkdir, open, readFile, rename, truncate } from "node:fs/promises";

/** A file that is open for writing. */
export interface LogFile {
  write(bytes: Buffer, position: number): Promise<number>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** What the log asks of a file system. Each operation rejects when it fails. */
export interface LogFiles {
  makeFolder(path: string): Promise<void>;
  /** Creates the file, or opens it for writing where it is. */
  open(path: string): Promise<LogFile>;
  truncate(path: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  read(path: string): Promise<Buffer>;
  /** Makes names that were added or changed in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

/** Node's own. */
export const nodeFiles: LogFiles = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
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
  read: (path) => readFile(path),
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
