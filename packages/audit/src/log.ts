// The writer of a log. One process, one writer; group commit: one batch is under way, what arrives meanwhile
// is the next. A record is acknowledged when the batch that holds it, signed, is on the disk.
//
// INVARIANT: after any error of a write or a sync the log takes nothing more. The kernel may have dropped
// the pages and called them clean, so trying again on the same descriptor would acknowledge what is not
// there (Rebello et al., USENIX ATC 2020). Opening the log again reads what the disk has.

import { type KeyObject, randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSigner, type Signer } from "./checkpoint.ts";
import { type LogFile, type LogFiles, nodeFiles, writeAll } from "./files.ts";
import {
  CHECKPOINT_NAME,
  encodeFrame,
  encodeSegmentHeader,
  HEADER_BYTES,
  headerOf,
  segmentName,
} from "./format.ts";
import { type Frontier, leafHash } from "./merkle.ts";
import {
  type AuditRecord,
  encodeMembers,
  encodeRecord,
  MAX_RECORD_BYTES,
  type Member,
} from "./record.ts";
import { recover } from "./recover.ts";

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

/** One record that cannot be written is its own call's failure, not the log's. */
const UNFIT: AppendResult = {
  ok: false,
  error: {
    code: "unfit",
    message: "a record is too large for the log, or holds what JSON has not",
  },
};
/** What the log adds to a record takes at most this. */
const ADDED_BYTES = 400;

interface Encoded {
  readonly members: readonly Member[];
  /** At most what the record will take. */
  readonly bytes: number;
}

/** Undefined for a record that cannot be encoded. */
function encode(record: AuditRecord): Encoded | undefined {
  try {
    const members = encodeMembers(record);
    const bytes = members.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, ADDED_BYTES);
    return bytes > MAX_RECORD_BYTES ? undefined : { members, bytes };
  } catch {
    return undefined;
  }
}

const MAX_BATCH_BYTES = 1024 * 1024;
const MAX_BATCH_RECORDS = 1024;
const CHECKPOINT_EVERY_MS = 1000;

/** Opens a log, or begins one. Recovers from a crash; refuses a log that is damaged otherwise. */
export async function openLog(options: OpenLogOptions): Promise<OpenLogResult> {
  const { dir, files = nodeFiles } = options;
  const lock = takeLock(`${dir}.lock`);
  if (lock === undefined)
    return { ok: false, error: { code: "locked", message: `another process writes ${dir}` } };
  const signer = createSigner(options.origin, options.signingKey);
  try {
    await files.makeFolder(dir);
    const recovered = await recover(dir, signer, files);
    if (!recovered.ok) {
      lock.close();
      return recovered;
    }
    const log = new Writer(options, signer, lock, recovered.state);
    const { tornBytes } = recovered;
    await log.begin(tornBytes).catch(async (error: unknown) => {
      await log.close();
      throw error;
    });
    return { ok: true, log, recovered: { records: recovered.state.frontier.size, tornBytes } };
  } catch (error) {
    if (lock.isOpen) lock.close();
    return {
      ok: false,
      error: {
        code: "unwritable",
        message: `${dir}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      },
    };
  }
}

/** What the writer goes on from. */
export interface WriterState {
  readonly frontier: Frontier;
  readonly note: string;
  readonly segment: number;
  readonly end: number;
}

interface Waiting extends Encoded {
  readonly resolve: (result: AppendResult) => void;
}

class Writer implements AuditLog {
  failed = false;
  readonly #options: OpenLogOptions;
  readonly #files: LogFiles;
  readonly #signer: Signer;
  readonly #lock: DatabaseSync;
  readonly #boot = randomBytes(8).toString("hex");
  readonly #queue: Waiting[] = [];
  #queueBytes = 0;
  #frontier: Frontier;
  #note: string;
  #segment: number;
  #end: number;
  #file: LogFile | undefined;
  #pumping: Promise<void> | undefined;
  #closed = false;
  #checkpointAt = 0;
  #checkpointed = "";

  constructor(options: OpenLogOptions, signer: Signer, lock: DatabaseSync, state: WriterState) {
    this.#options = options;
    this.#files = options.files ?? nodeFiles;
    this.#signer = signer;
    this.#lock = lock;
    this.#frontier = state.frontier;
    this.#note = state.note;
    this.#segment = state.segment;
    this.#end = state.end;
  }

  get size(): number {
    return this.#frontier.size;
  }

  /** The first record of this run, so that a log is never without a checkpoint. */
  async begin(tornBytes: number): Promise<void> {
    const type = tornBytes > 0 ? "crash.recovered" : "log.opened";
    const opened = await this.append({
      type,
      id: this.#boot,
      ...(tornBytes > 0 ? { tornBytes } : {}),
    });
    await this.#pumping;
    if (!opened.ok) throw new Error(opened.error.message);
    await this.#writeCheckpoint();
  }

  append(record: AuditRecord): Promise<AppendResult> {
    if (this.failed || this.#closed) return Promise.resolve(this.#refused());
    const encoded = encode(record);
    if (encoded === undefined) return Promise.resolve(UNFIT);
    const { bytes } = encoded;
    if (this.#queueBytes + bytes > (this.#options.maxQueueBytes ?? 64 * 1024 * 1024)) {
      return Promise.resolve({
        ok: false,
        error: { code: "queue_full", message: "the audit log cannot keep up" },
      });
    }
    this.#queueBytes += bytes;
    return new Promise((resolve) => {
      this.#queue.push({ ...encoded, resolve });
      this.#pumping ??= this.#pump();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pumping;
    if (!this.failed) await this.#writeCheckpoint().catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    this.#lock.close();
  }

  async #pump(): Promise<void> {
    // Yields once, so that what is appended in the same turn shares the batch.
    await Promise.resolve();
    while (this.#queue.length > 0 && !this.failed) {
      const batch = this.#takeBatch();
      try {
        const receipts = await this.#commit(batch);
        for (const [index, { resolve }] of batch.entries())
          resolve({ ok: true, receipt: receipts[index] as Receipt });
      } catch {
        this.failed = true;
        for (const { resolve } of batch) resolve(this.#refused());
      }
    }
    if (this.failed) for (const { resolve } of this.#queue.splice(0)) resolve(this.#refused());
    this.#pumping = undefined;
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      if (count > 0 && (bytes + waiting.bytes > MAX_BATCH_BYTES || count >= MAX_BATCH_RECORDS))
        break;
      bytes += waiting.bytes;
      count += 1;
    }
    this.#queueBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  async #commit(batch: readonly Waiting[]): Promise<readonly Receipt[]> {
    const frontier = this.#frontier.copy();
    const firstSeq = frontier.size;
    const time = (this.#options.now?.() ?? new Date()).toISOString();
    const { origin } = this.#signer;
    const receipts: Receipt[] = [];
    const records = batch.map(({ members }, index) => {
      const bytes = encodeRecord(members, {
        v: 1,
        seq: firstSeq + index,
        time,
        node: origin,
        boot: this.#boot,
      });
      const leaf = leafHash(bytes);
      frontier.add(leaf);
      receipts.push({ origin, seq: firstSeq + index, leaf: leaf.toString("hex") });
      return bytes;
    });
    const note = this.#signer.sign({ origin, size: frontier.size, root: frontier.root() });
    const frame = encodeFrame({ firstSeq, note, records });
    const file = await this.#openSegment(frame.length);
    // A crash before the next line leaves a log that ends as it did.
    await writeAll(file, frame, this.#end);
    // A crash here may leave part of the frame: nobody was told of it, and recovery cuts it off.
    await file.datasync();
    // From here the batch is part of the log, whatever happens.
    this.#end += frame.length;
    this.#frontier = frontier;
    this.#note = note;
    if (Date.now() - this.#checkpointAt >= CHECKPOINT_EVERY_MS) await this.#writeCheckpoint();
    return receipts;
  }

  async #openSegment(need: number): Promise<LogFile> {
    const limit = this.#options.segmentBytes ?? 64 * 1024 * 1024;
    const isFull = this.#end > HEADER_BYTES && this.#end + need > limit;
    if (this.#file !== undefined && !isFull) return this.#file;
    const { dir } = this.#options;
    if (this.#file === undefined && this.#end > 0 && !isFull) {
      this.#file = await this.#files.open(join(dir, segmentName(this.#segment)));
      return this.#file;
    }
    await this.#file?.close();
    this.#file = undefined;
    const segment = this.#end === 0 ? this.#segment : this.#segment + 1;
    const file = await this.#files.open(join(dir, segmentName(segment)));
    this.#file = file;
    const header = headerOf(this.#signer.vkey, segment, this.#frontier, this.#note);
    // A crash before the sync leaves a segment without a whole header: recovery removes it, it holds nothing.
    await writeAll(file, encodeSegmentHeader(header), 0);
    await file.datasync();
    // Without this a crash could lose the name of a file whose content is safe.
    await this.#files.syncFolder(dir);
    this.#segment = segment;
    this.#end = HEADER_BYTES;
    return file;
  }

  /** The newest checkpoint, beside the log: what makes a log that was cut short show. */
  async #writeCheckpoint(): Promise<void> {
    if (this.#note === this.#checkpointed || this.#note === "") return;
    const path = join(this.#options.dir, CHECKPOINT_NAME);
    const bytes = Buffer.from(this.#note, "utf8");
    const file = await this.#files.open(`${path}.new`);
    try {
      await writeAll(file, bytes, 0);
      await file.datasync();
    } finally {
      await file.close();
    }
    // An older, longer one may have been left by a crash.
    await this.#files.truncate(`${path}.new`, bytes.length);
    // A crash before the rename leaves the older checkpoint, which is as true as before.
    await this.#files.rename(`${path}.new`, path);
    this.#checkpointed = this.#note;
    this.#checkpointAt = Date.now();
  }

  #refused(): AppendResult {
    const error = this.failed
      ? ({
          code: "failed",
          message:
            "the audit log could not be written and takes nothing more until it is opened again",
        } as const)
      : ({ code: "closed", message: "the audit log is closed" } as const);
    return { ok: false, error };
  }
}

/** A lock that dies with the process, and that no file of the log needs to hold. */
function takeLock(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch {
    database?.close();
    return undefined;
  }
}
