// The writer of a log. One process, one writer; group commit: one batch is under way, what arrives meanwhile
// is the next. A record is acknowledged when the batch that holds it, signed, is on the disk.
//
// INVARIANT: after any error of a write or a sync the log takes nothing more. The kernel may have dropped
// the pages and called them clean, so trying again on the same descriptor would acknowledge what is not
// there (Rebello et al., USENIX ATC 2020). Opening the log again reads what the disk has.

import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { createSigner, type Signer } from "./checkpoint.ts";
import {
  type LogFile,
  type LogFiles,
  makeDurableFolder,
  nodeFiles,
  replaceFile,
  writeAll,
} from "./files.ts";
import {
  CHECKPOINT_NAME,
  encodeFrame,
  encodeSegmentHeader,
  HEADER_BYTES,
  headerOf,
  segmentName,
} from "./format.ts";
import { LOCK_NAME, type LockResult, takeLock } from "./lock.ts";
import { EMPTY_ROOT, type Frontier, leafHash } from "./merkle.ts";
import type { AppendResult, AuditLog, OpenLogOptions, OpenLogResult, Receipt } from "./port.ts";
import { type AuditRecord, type Encoded, encode, encodeRecord } from "./record.ts";
import { recover } from "./recover.ts";
import type { WriterState } from "./writer-state.ts";

/** One record that cannot be written is its own call's failure, not the log's. */
const UNFIT: AppendResult = {
  ok: false,
  error: {
    code: "unfit",
    message: "a record is too large for the log, or holds what JSON has not",
  },
};
const MAX_BATCH_BYTES = 1024 * 1024;
const MAX_BATCH_RECORDS = 1024;
const CHECKPOINT_EVERY_MS = 1000;

/** Opens a log, or begins one. Recovers from a crash; refuses a log that is damaged otherwise. */
export async function openLog(options: OpenLogOptions): Promise<OpenLogResult> {
  const { files = nodeFiles } = options;
  // As the file system spells it, which the working directory does not change.
  const dir = resolve(options.dir);
  let lock: LockResult | undefined;
  try {
    await makeDurableFolder(files, dir);
    lock = takeLock(join(dir, LOCK_NAME));
    if (!lock.ok) {
      return lock.isHeld
        ? refused("locked", `another process writes ${dir}`)
        : refused("unwritable", `${dir}: ${lock.reason}`);
    }
    const signer = createSigner(options.origin, options.signingKey);
    const recovered = await recover(dir, signer, files);
    if (!recovered.ok) {
      lock.release();
      return recovered;
    }
    const log = new Writer({ ...options, dir }, signer, lock, recovered.state);
    const { tornBytes } = recovered;
    await log.begin(tornBytes).catch(async (error: unknown) => {
      await log.close();
      throw error;
    });
    return { ok: true, log, recovered: { records: recovered.state.frontier.size, tornBytes } };
  } catch (error) {
    if (lock?.ok === true) lock.release();
    return refused(
      "unwritable",
      `${dir}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
    );
  }
}

type OpenFailure = Extract<OpenLogResult, { readonly ok: false }>;

function refused(code: OpenFailure["error"]["code"], message: string): OpenFailure {
  return { ok: false, error: { code, message } };
}

interface Waiting extends Encoded {
  readonly resolve: (result: AppendResult) => void;
}

type Lock = Extract<LockResult, { readonly ok: true }>;

class Writer implements AuditLog {
  failed = false;
  readonly #options: OpenLogOptions;
  readonly #files: LogFiles;
  readonly #signer: Signer;
  readonly #lock: Lock;
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
  /** Writes the checkpoint of a log that has gone idle. */
  #timer: NodeJS.Timeout | undefined;
  #isCheckpointDue = false;
  /** The files written to, as they were when they were opened: by path. */
  readonly #identities = new Map<string, string>();

  constructor(options: OpenLogOptions, signer: Signer, lock: Lock, state: WriterState) {
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

  /** The first record of this run. A log is never without a checkpoint, not even before its first record. */
  async begin(tornBytes: number): Promise<void> {
    const { dir } = this.#options;
    await this.#remember(join(dir, LOCK_NAME));
    if (this.#end === 0 && this.#frontier.size === 0) {
      const { origin } = this.#signer;
      const note = this.#signer.sign({ origin, size: 0, root: EMPTY_ROOT });
      await replaceFile(this.#files, join(dir, CHECKPOINT_NAME), Buffer.from(note, "utf8"));
    }
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
    clearTimeout(this.#timer);
    await this.#pumping;
    if (!this.failed) await this.#writeCheckpoint().catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    this.#lock.release();
  }

  async #pump(): Promise<void> {
    // Yields once, so that what is appended in the same turn shares the batch.
    await Promise.resolve();
    while (!this.failed && (this.#queue.length > 0 || this.#isCheckpointDue)) {
      const batch = this.#takeBatch();
      try {
        const receipts = batch.length > 0 ? await this.#commit(batch) : [];
        for (const [index, { resolve: tell }] of batch.entries())
          tell({ ok: true, receipt: receipts[index] as Receipt });
      } catch {
        this.failed = true;
        for (const { resolve: tell } of batch) tell(this.#refused());
      }
      await this.#checkpointInTime();
    }
    if (this.failed) for (const { resolve: tell } of this.#queue.splice(0)) tell(this.#refused());
    this.#pumping = undefined;
  }

  /** The newest checkpoint, now if it is time, or a moment after the last batch: an idle log has it, too. */
  async #checkpointInTime(): Promise<void> {
    if (this.failed) return;
    if (this.#note === this.#checkpointed) {
      // It fell due while it was being written.
      this.#isCheckpointDue = false;
      return;
    }
    const wait = this.#checkpointAt + CHECKPOINT_EVERY_MS - Date.now();
    if (wait <= 0 || this.#isCheckpointDue) {
      await this.#writeCheckpoint().catch(() => {
        this.failed = true;
      });
      return;
    }
    // Must not keep a process alive that has nothing else to do.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#isCheckpointDue = true;
      this.#pumping ??= this.#pump();
    }, wait).unref();
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
    await Promise.all([file.datasync(), this.#checkIdentities()]);
    // From here the batch is part of the log, whatever happens.
    this.#end += frame.length;
    this.#frontier = frontier;
    this.#note = note;
    return receipts;
  }

  async #openSegment(need: number): Promise<LogFile> {
    const limit = this.#options.segmentBytes ?? 64 * 1024 * 1024;
    const isFull = this.#end > HEADER_BYTES && this.#end + need > limit;
    if (this.#file !== undefined && !isFull) return this.#file;
    const { dir } = this.#options;
    if (this.#file === undefined && this.#end > 0 && !isFull) {
      const path = join(dir, segmentName(this.#segment));
      this.#file = await this.#files.open(path);
      await this.#remember(path);
      return this.#file;
    }
    await this.#file?.close();
    this.#file = undefined;
    this.#identities.delete(join(dir, segmentName(this.#segment)));
    const segment = this.#end === 0 ? this.#segment : this.#segment + 1;
    const path = join(dir, segmentName(segment));
    const file = await this.#files.open(path);
    this.#file = file;
    const header = headerOf(this.#signer.vkey, segment, this.#frontier, this.#note);
    // A crash before the sync leaves a segment without a whole header: recovery removes it, it holds nothing.
    await writeAll(file, encodeSegmentHeader(header), 0);
    await file.datasync();
    // Without this a crash could lose the name of a file whose content is safe.
    await this.#files.syncFolder(dir);
    await this.#remember(path);
    this.#segment = segment;
    this.#end = HEADER_BYTES;
    return file;
  }

  async #remember(path: string): Promise<void> {
    this.#identities.set(path, (await this.#files.identify(path)).identity);
  }

  /** A file that was removed or replaced takes writes as before, but nobody will find them. */
  async #checkIdentities(): Promise<void> {
    for (const [path, before] of this.#identities) {
      const { identity } = await this.#files.identify(path);
      if (identity !== before) throw new Error(`${path} is another file now`);
    }
  }

  /** The newest checkpoint, beside the log: what makes a log that was cut short show. */
  async #writeCheckpoint(): Promise<void> {
    this.#isCheckpointDue = false;
    const note = this.#note;
    if (note === this.#checkpointed || note === "") return;
    const path = join(this.#options.dir, CHECKPOINT_NAME);
    await replaceFile(this.#files, path, Buffer.from(note, "utf8"));
    this.#checkpointed = note;
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
