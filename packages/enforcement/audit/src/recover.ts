// Finding out where a log ends. Only the last segment is read: its header says, signed by what came before,
// how it begins. What a crash left half written is cut off; anything else that is wrong is not ours to mend.
//
// A checkpoint is there before the first segment is, and is never gone again, however a crash comes: a log
// without one was tampered with, or put together from parts.

import { join } from "node:path";
import type { Signer, Verifier } from "./checkpoint.ts";
import { parseVerifierKey } from "./checkpoint.ts";
import type { LogFiles } from "./files.ts";
import { CHECKPOINT_NAME, decodeSegmentHeader, HEADER_BYTES, segmentName } from "./format.ts";
import { Frontier } from "./merkle.ts";
import type { OpenLogResult } from "./port.ts";
import { findUntrue, listLog, readSegments } from "./read.ts";
import type { WriterState } from "./writer-state.ts";

export type RecoverResult =
  | { readonly ok: true; readonly state: WriterState; readonly tornBytes: number }
  | Extract<OpenLogResult, { readonly ok: false }>;

export async function recover(
  dir: string,
  signer: Signer,
  files: LogFiles,
): Promise<RecoverResult> {
  const folder = await listLog(dir, files);
  const newest = folder.hasCheckpoint
    ? (await files.read(join(dir, CHECKPOINT_NAME))).toString("utf8")
    : undefined;
  const last = folder.segments.at(-1);
  const verifier = parseVerifierKey(signer.vkey);
  if (last === undefined) return recoverEmpty(newest, verifier);
  const path = join(dir, segmentName(last));
  const bytes = await files.read(path);
  const header = decodeSegmentHeader(bytes.subarray(0, HEADER_BYTES));
  if (header === undefined && bytes.length <= HEADER_BYTES) {
    // Crashed while it was begun: nothing was ever acknowledged in it.
    await files.remove(path);
    await files.syncFolder(dir);
    const result = await recover(dir, signer, files);
    return result.ok ? { ...result, tornBytes: result.tornBytes + bytes.length } : result;
  }
  if (header !== undefined && header.vkey !== signer.vkey) {
    return {
      ok: false,
      error: { code: "key_mismatch", message: "the log was begun under another key or origin" },
    };
  }
  if (newest === undefined) {
    return corrupt(
      "the newest checkpoint is gone, without which records could be missing: put it back from a copy, or move this log aside",
    );
  }
  const found = await readLast(dir, last, newest, verifier, files);
  if (!found.ok) return found;
  const tornBytes = bytes.length - found.state.end;
  if (tornBytes > 0) {
    await files.truncate(path, found.state.end);
    const file = await files.open(path);
    await file.datasync();
    await file.close();
  }
  return { ...found, tornBytes };
}

function recoverEmpty(newest: string | undefined, verifier: Verifier | undefined): RecoverResult {
  if (newest !== undefined && verifier?.open(newest)?.size !== 0)
    return corrupt("there is a checkpoint, but no segment of the log it is of");
  return {
    ok: true,
    state: { frontier: new Frontier(), note: "", segment: 1, end: 0 },
    tornBytes: 0,
  };
}

/** Where the last segment ends, which must be no earlier than the newest checkpoint says. */
async function readLast(
  dir: string,
  last: number,
  newest: string,
  verifier: Verifier | undefined,
  files: LogFiles,
): Promise<RecoverResult> {
  const acknowledged = verifier?.open(newest);
  if (acknowledged === undefined)
    return corrupt("the newest checkpoint is not signed by the log's key");
  let isThere = false;
  let beganAt: number | undefined;
  const folder = { segments: [last], hasCheckpoint: true, unexpected: [] };
  const { state, problem } = await readSegments(dir, folder, {
    from: last,
    files,
    skipSignatures: true,
    onBatch: ({ note, firstSeq }) => {
      beganAt ??= firstSeq;
      isThere ||= note === newest;
    },
  });
  const size = state.frontier.size;
  if (problem !== undefined && problem.code !== "torn_tail")
    return corrupt(`${problem.file}:${problem.offset}: ${problem.message}`);
  if (acknowledged.size > size) {
    return corrupt(
      `records ${size} to ${acknowledged.size - 1} were acknowledged and are not here`,
    );
  }
  const note = state.note === "" && last > 1 ? await lastNote(dir, last - 1, files) : state.note;
  // The last signature is over everything before it, the header's word included.
  if (note !== "") {
    const untrue = findUntrue(note, state.frontier, { verifier });
    if (untrue !== undefined) return corrupt(`${segmentName(last)}: ${untrue}`);
  }
  // What an earlier segment holds is for verification.
  const began = beganAt ?? size;
  if (acknowledged.size > began && !isThere)
    return corrupt("the newest checkpoint is of another history of this log");
  return {
    ok: true,
    state: { frontier: state.frontier, note, segment: last, end: state.end },
    tornBytes: 0,
  };
}

async function lastNote(dir: string, segment: number, files: LogFiles): Promise<string> {
  const { state } = await readSegments(
    dir,
    { segments: [segment], hasCheckpoint: false, unexpected: [] },
    { from: segment, files, skipSignatures: true },
  );
  return state.note;
}

function corrupt(message: string): RecoverResult {
  return { ok: false, error: { code: "corrupt", message } };
}
