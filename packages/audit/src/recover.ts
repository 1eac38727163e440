// Finding out where a log ends. Only the last segment is read: its header says, signed by what came before,
// how it begins. What a crash left half written is cut off; anything else that is wrong is not ours to mend.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Signer } from "./checkpoint.ts";
import { parseVerifierKey } from "./checkpoint.ts";
import type { LogFiles } from "./files.ts";
import { CHECKPOINT_NAME, decodeSegmentHeader, HEADER_BYTES, segmentName } from "./format.ts";
import type { OpenLogResult, WriterState } from "./log.ts";
import { Frontier } from "./merkle.ts";
import { listLog, readSegments } from "./read.ts";

export type RecoverResult =
  | { readonly ok: true; readonly state: WriterState; readonly tornBytes: number }
  | Extract<OpenLogResult, { readonly ok: false }>;

export async function recover(
  dir: string,
  signer: Signer,
  files: LogFiles,
): Promise<RecoverResult> {
  const folder = await listLog(dir);
  const newest = folder.hasCheckpoint
    ? (await files.read(join(dir, CHECKPOINT_NAME))).toString("utf8")
    : undefined;
  const last = folder.segments.at(-1);
  if (last === undefined) {
    if (newest !== undefined)
      return corrupt("there is a checkpoint, but no segment of the log it is of");
    return {
      ok: true,
      state: { frontier: new Frontier(), note: "", segment: 1, end: 0 },
      tornBytes: 0,
    };
  }
  const path = join(dir, segmentName(last));
  const bytes = await files.read(path);
  if (
    decodeSegmentHeader(bytes.subarray(0, HEADER_BYTES)) === undefined &&
    bytes.length <= HEADER_BYTES
  ) {
    // Crashed while it was begun: nothing was ever acknowledged in it.
    await rm(path);
    const result = await recover(dir, signer, files);
    return result.ok ? { ...result, tornBytes: result.tornBytes + bytes.length } : result;
  }
  const { state, problem } = await readSegments(
    dir,
    { ...folder, segments: [last] },
    { from: last },
  );
  if (state.verifier !== undefined && state.verifier.vkey !== signer.vkey) {
    return {
      ok: false,
      error: { code: "key_mismatch", message: "the log was begun under another key or origin" },
    };
  }
  if (problem !== undefined && problem.code !== "torn_tail")
    return corrupt(`${problem.file}:${problem.offset}: ${problem.message}`);
  const note = state.note === "" && last > 1 ? await lastNote(dir, last - 1) : state.note;
  const acknowledged =
    newest === undefined ? undefined : parseVerifierKey(signer.vkey)?.open(newest);
  if (newest !== undefined && acknowledged === undefined)
    return corrupt("the newest checkpoint is not signed by the log's key");
  if (acknowledged !== undefined && acknowledged.size > state.frontier.size) {
    return corrupt(
      `records ${state.frontier.size} to ${acknowledged.size - 1} were acknowledged and are not here`,
    );
  }
  const tornBytes = bytes.length - state.end;
  if (tornBytes > 0) {
    await files.truncate(path, state.end);
    const file = await files.open(path);
    await file.datasync();
    await file.close();
  }
  return {
    ok: true,
    state: { frontier: state.frontier, note, segment: last, end: state.end },
    tornBytes,
  };
}

async function lastNote(dir: string, segment: number): Promise<string> {
  const { state } = await readSegments(
    dir,
    { segments: [segment], hasCheckpoint: false, unexpected: [] },
    { from: segment },
  );
  return state.note;
}

function corrupt(message: string): RecoverResult {
  return { ok: false, error: { code: "corrupt", message } };
}
