// One writer a log. The lock is the kernel's, on a file inside the log's directory: it belongs to the file
// and not to a name, so it holds whatever path leads there, and it dies with the process.
//
// INVARIANT: nothing in this process may open and close the lock file. By POSIX the first descriptor of a
// file that is closed gives up all locks its process has on it.

import { DatabaseSync } from "node:sqlite";

export const LOCK_NAME = "lock";

export type LockResult =
  | { readonly ok: true; release(): void }
  | { readonly ok: false; readonly isHeld: boolean; readonly reason: string };

/** SQLite's result code for a database that another connection has locked. */
const SQLITE_BUSY = 5;

export function takeLock(path: string): LockResult {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // The journal, of which there is no use here, would be another file.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    const held = database;
    return {
      ok: true,
      release() {
        if (held.isOpen) held.close();
      },
    };
  } catch (error) {
    database?.close();
    const {
      errcode = 0,
      errstr,
      code,
    } = error as {
      readonly errcode?: number;
      readonly errstr?: string;
      readonly code?: string;
    };
    // Extended codes have the primary one in their lowest byte.
    return {
      ok: false,
      isHeld: (errcode & 0xff) === SQLITE_BUSY,
      reason: errstr ?? code ?? String(error),
    };
  }
}
