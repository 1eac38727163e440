// Reading a log back, with every check that one segment after another allows. Verification, recovery and
// export all read through here, so they cannot disagree about what the log holds.

import { join } from "node:path";
import { parseVerifierKey, type Verifier } from "./checkpoint.ts";
import { type LogFiles, nodeFiles } from "./files.ts";
import {
  CHECKPOINT_NAME,
  decodeFrame,
  decodeSegmentHeader,
  type Frame,
  HEADER_BYTES,
  noteDigest,
  SECTOR,
  SEGMENT_NAME,
  segmentName,
} from "./format.ts";
import { LOCK_NAME } from "./lock.ts";
import { Frontier, leafHash } from "./merkle.ts";

/** What can be wrong with a log. */
export type ProblemCode =
  | "unexpected_file"
  | "segment_missing"
  | "header_invalid"
  | "batch_invalid"
  | "checkpoint_invalid"
  | "record_invalid"
  | "records_missing"
  | "torn_tail"
  | "empty"
  | "key_mismatch";

/** One thing wrong with a log, and where. */
export interface Problem {
  readonly file: string;
  readonly offset: number;
  readonly code: ProblemCode;
  readonly message: string;
}

/** The state of reading: what the log held up to here. */
export interface LogState {
  verifier: Verifier | undefined;
  frontier: Frontier;
  /** The checkpoint of the last batch. */
  note: string;
  segment: number;
  /** In the last segment. */
  end: number;
  batches: number;
}

export interface ReadOptions {
  /** Begins at this segment, believing its header. Absent: at the first. */
  readonly from?: number;
  /**
   * Leaves the signatures of batches unread. What a batch holds is digested, and the last signature covers
   * all before it: whoever reads this way must look at that one.
   */
  readonly skipSignatures?: boolean;
  readonly files?: LogFiles;
  readonly onRecord?: (record: Buffer, seq: number) => void;
  readonly onBatch?: (frame: Frame, file: string, offset: number) => void;
}

export interface ReadResult {
  readonly state: LogState;
  readonly problem?: Problem;
}

export interface LogFolder {
  readonly segments: readonly number[];
  readonly hasCheckpoint: boolean;
  readonly unexpected: readonly string[];
}

export async function listLog(dir: string, files: LogFiles = nodeFiles): Promise<LogFolder> {
  const names = await files.list(dir);
  const segments = names.flatMap((name) => {
    const number = Number(SEGMENT_NAME.exec(name)?.[1] ?? Number.NaN);
    return segmentName(number) === name ? [number] : [];
  });
  const known = new Set([CHECKPOINT_NAME, ...segments.map(segmentName)]);
  // The lock holds nothing. It is looked at from outside: see what lock.ts says.
  const lock = join(dir, LOCK_NAME);
  if (names.includes(LOCK_NAME) && (await files.identify(lock)).size === 0) known.add(LOCK_NAME);
  return {
    segments: segments.sort((a, b) => a - b),
    hasCheckpoint: names.includes(CHECKPOINT_NAME),
    unexpected: names.filter((name) => !known.has(name)),
  };
}

const NO_SEQUEL = "the segment does not follow the one before it";
const NOT_THERE = {
  offset: 0,
  code: "segment_missing",
  message: "this segment is not there",
} as const;

/** Reads up to the first problem. */
export async function readSegments(
  dir: string,
  folder: LogFolder,
  options: ReadOptions = {},
): Promise<ReadResult> {
  const first = options.from ?? 1;
  const state: LogState = {
    verifier: undefined,
    frontier: new Frontier(),
    note: "",
    segment: first,
    end: 0,
    batches: 0,
  };
  const segments = folder.segments.filter((segment) => segment >= first);
  for (const [index, segment] of segments.entries()) {
    const file = segmentName(segment);
    if (segment !== first + index) {
      return { state, problem: { ...NOT_THERE, file: segmentName(first + index) } };
    }
    const bytes = await (options.files ?? nodeFiles).read(join(dir, file));
    const isBelieved = index === 0 && first !== 1;
    const isLast = index === segments.length - 1;
    const problem =
      readHeader(bytes, file, segment, state, isBelieved) ??
      readFrames(bytes, file, state, isLast, options);
    const isBegun = isLast && segment > 1 && bytes.length <= HEADER_BYTES;
    // A segment whose header is being written, or that a crash left so: nothing was acknowledged in it.
    if (problem?.code === "header_invalid" && isBegun)
      return { state, problem: { ...problem, code: "torn_tail" } };
    if (problem !== undefined) return { state, problem };
  }
  return { state };
}

function readHeader(
  bytes: Buffer,
  file: string,
  segment: number,
  state: LogState,
  isBelieved: boolean,
): Problem | undefined {
  const at = (message: string): Problem => ({ file, offset: 0, code: "header_invalid", message });
  const header = decodeSegmentHeader(bytes.subarray(0, HEADER_BYTES));
  if (header === undefined) return at("the segment's header is not what was written");
  if (header.segment !== segment) return at("the segment's header is of another segment");
  const verifier = parseVerifierKey(header.vkey);
  if (verifier === undefined) return at("the segment's header names no key");
  if (isBelieved) {
    state.frontier = new Frontier(header.firstSeq, header.frontier);
  } else {
    if (state.verifier !== undefined && state.verifier.vkey !== header.vkey)
      return at("the segment is signed by another key");
    const follows =
      header.firstSeq === state.frontier.size && header.previous === noteDigest(state.note);
    const sameTree = header.frontier.every(
      (hash, index) => state.frontier.roots[index]?.equals(hash) === true,
    );
    if (!follows || !sameTree) return at(NO_SEQUEL);
  }
  state.verifier = verifier;
  state.segment = segment;
  state.end = HEADER_BYTES;
  return undefined;
}

function readFrames(
  bytes: Buffer,
  file: string,
  state: LogState,
  isLast: boolean,
  options: ReadOptions,
): Problem | undefined {
  while (state.end < bytes.length) {
    const offset = state.end;
    const decoded = decodeFrame(bytes, offset);
    if (!decoded.ok) return describeTail(bytes, offset, file, isLast, decoded.message);
    const problem = takeFrame(decoded.frame, file, offset, state, options);
    if (problem !== undefined) return problem;
    state.end += decoded.length;
    state.batches += 1;
  }
  return undefined;
}

/** Damage with a whole batch after it was no crash; damage at the very end may have been one. */
function describeTail(
  bytes: Buffer,
  offset: number,
  file: string,
  isLast: boolean,
  message: string,
): Problem {
  for (let at = offset + SECTOR; at < bytes.length; at += SECTOR) {
    if (decodeFrame(bytes, at).ok) return { file, offset, code: "batch_invalid", message };
  }
  if (!isLast) return { file, offset, code: "batch_invalid", message };
  const torn = `${message}; these ${bytes.length - offset} bytes were never acknowledged if a crash left them: start the gateway once to recover`;
  return { file, offset, code: "torn_tail", message: torn };
}

function takeFrame(
  frame: Frame,
  file: string,
  offset: number,
  state: LogState,
  options: ReadOptions,
): Problem | undefined {
  const problem = (code: ProblemCode, message: string): Problem => ({
    file,
    offset,
    code,
    message,
  });
  if (frame.firstSeq !== state.frontier.size)
    return problem(
      "batch_invalid",
      `records ${state.frontier.size} to ${frame.firstSeq - 1} are not here`,
    );
  const frontier = state.frontier.copy();
  for (const record of frame.records) {
    const seq = frontier.size;
    if (readSeq(record) !== seq)
      return problem("record_invalid", `record ${seq} says it is another`);
    frontier.add(leafHash(record));
  }
  const untrue =
    options.skipSignatures === true ? undefined : findUntrue(frame.note, frontier, state);
  if (untrue !== undefined) return problem("checkpoint_invalid", untrue);
  for (const [index, record] of frame.records.entries())
    options.onRecord?.(record, frame.firstSeq + index);
  options.onBatch?.(frame, file, offset);
  state.frontier = frontier;
  state.note = frame.note;
  return undefined;
}

/** What is wrong with the checkpoint of a batch, or undefined. */
export function findUntrue(
  note: string,
  frontier: Frontier,
  { verifier }: Pick<LogState, "verifier">,
): string | undefined {
  const checkpoint = verifier?.open(note);
  if (checkpoint === undefined) return "the batch's checkpoint is not signed by the log's key";
  return checkpoint.size === frontier.size && checkpoint.root.equals(frontier.root())
    ? undefined
    : "the batch's checkpoint is not of these records";
}

function readSeq(record: Buffer): unknown {
  try {
    return (JSON.parse(record.toString("utf8")) as { readonly seq?: unknown }).seq;
  } catch {
    return undefined;
  }
}

/** Calls back with every record of a log, in order, as the bytes that were written. */
export async function readRecords(
  dir: string,
  onRecord: (record: Buffer, seq: number) => void,
): Promise<Problem | undefined> {
  const { problem } = await readSegments(dir, await listLog(dir), { onRecord });
  return problem;
}

/** A record as the bytes that were written. */
export interface StoredRecord {
  readonly seq: number;
  readonly bytes: Buffer;
}

/**
 * Every record of a log, in order, a segment in memory at a time; a log that is being written to may be
 * read. Returns what ended it, if that was not the log's end: signatures are for `verifyLog`.
 */
export async function* streamRecords(
  dir: string,
  files: LogFiles = nodeFiles,
): AsyncGenerator<StoredRecord, Problem | undefined> {
  const folder = await listLog(dir, files).catch(() => undefined);
  const first = folder?.segments[0];
  if (folder === undefined || first === undefined)
    return { file: dir, offset: 0, code: "empty", message: "there is no log here" };
  let expected = 0;
  for (const [index, segment] of folder.segments.entries()) {
    const file = segmentName(segment);
    if (segment !== index + 1) return { ...NOT_THERE, file: segmentName(index + 1) };
    const records: StoredRecord[] = [];
    const { problem } = await readSegments(
      dir,
      { ...folder, segments: [segment] },
      {
        from: segment,
        files,
        skipSignatures: true,
        onRecord: (bytes, seq) => records.push({ bytes, seq }),
      },
    );
    if ((records[0]?.seq ?? expected) !== expected)
      return { file, offset: 0, code: "header_invalid", message: NO_SEQUEL };
    expected += records.length;
    yield* records;
    const isLast = index === folder.segments.length - 1;
    if (problem?.code === "torn_tail" && !isLast) return { ...problem, code: "batch_invalid" };
    if (problem !== undefined) return problem;
  }
  return undefined;
}
