// What a log is to those who write it.

import type { KeyObject } from "node:crypto";
import type { LogFiles } from "./files.ts";
import type { AuditRecord } from "./record.ts";

/** Where a log is, who signs it, and how much may wait. */
export interface OpenLogOptions {
  readonly dir: string;
  /** The log's name in its checkpoints: no spaces, no `+`. */
  readonly origin: string;
  /** Ed25519. */
  readonly signingKey: KeyObject;
  readonly now?: () => Date;
  /** How many bytes may wait: 64 MiB unless told. */
  readonly maxQueueBytes?: number;
  /** When a new segment begins: 64 MiB unless told. */
  readonly segmentBytes?: number;
  readonly files?: LogFiles;
}

/** Names a record that is durable. */
export interface Receipt {
  readonly origin: string;
  readonly seq: number;
  /** The record's leaf hash, hex. */
  readonly leaf: string;
}

/** A receipt, or why the record is not in the log. */
export type AppendResult =
  | { readonly ok: true; readonly receipt: Receipt }
  | {
      readonly ok: false;
      readonly error: {
        readonly code: "queue_full" | "unfit" | "failed" | "closed";
        readonly message: string;
      };
    };

/** A log that is open for writing. */
export interface AuditLog {
  /** Resolves when the record is durable, or refused; never before. */
  append(record: AuditRecord): Promise<AppendResult>;
  /** How many records are durable. */
  readonly size: number;
  readonly failed: boolean;
  /** Writes what waits, and the newest checkpoint. */
  close(): Promise<void>;
}

/** A log, with what was found of an earlier run, or why it cannot be opened. */
export type OpenLogResult =
  | {
      readonly ok: true;
      readonly log: AuditLog;
      readonly recovered: { readonly records: number; readonly tornBytes: number };
    }
  | {
      readonly ok: false;
      readonly error: {
        readonly code: "locked" | "corrupt" | "unwritable" | "key_mismatch";
        readonly message: string;
      };
    };
