// Whether a log is whole: every byte as it was written, every record in its place, every checkpoint signed
// and true, nothing missing that the newest checkpoint covers, nothing there that does not belong.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { verifierKeyOf } from "./checkpoint.ts";
import { CHECKPOINT_NAME } from "./format.ts";
import { listLog, type Problem, readSegments } from "./read.ts";

/** Whose word is taken. */
export interface VerifyOptions {
  /** The key to trust, as `vkey` or PEM. Absent: the log's own word is taken for it. */
  readonly publicKey?: string;
}

/** What a whole log holds, or what is wrong with it. */
export type VerifyResult =
  | {
      readonly ok: true;
      readonly records: number;
      readonly batches: number;
      readonly root: string;
      readonly origin: string;
      readonly key: string;
      /** Whether the key came from the caller. */
      readonly pinned: boolean;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A live log may be read in the middle of a write; that looks like a torn tail and is gone a moment later. */
const SETTLE_MS = 150;

/** Verifies the log in a folder; one that is being written to may be verified too. */
export async function verifyLog(dir: string, options: VerifyOptions = {}): Promise<VerifyResult> {
  const first = await verifyOnce(dir, options);
  const isInMotion =
    !first.ok &&
    first.problems.every(({ code }) => code === "torn_tail" || code === "records_missing");
  if (!isInMotion) return first;
  await setTimeout(SETTLE_MS);
  return verifyOnce(dir, options);
}

async function verifyOnce(dir: string, { publicKey }: VerifyOptions): Promise<VerifyResult> {
  const folder = await listLog(dir).catch(() => undefined);
  if (folder === undefined || folder.segments.length === 0) {
    return failed({ file: dir, offset: 0, code: "empty", message: "there is no log here" });
  }
  // Read before the segments, which may grow meanwhile: it must not be ahead of them.
  const note = folder.hasCheckpoint
    ? await readFile(join(dir, CHECKPOINT_NAME), "utf8").catch(() => undefined)
    : undefined;
  const problems: Problem[] = folder.unexpected
    .filter((name) => name !== `${CHECKPOINT_NAME}.new`)
    .map((file) => ({
      file,
      offset: 0,
      code: "unexpected_file",
      message: "this is no part of a log",
    }));
  const notes = new Set<string>();
  const { state, problem } = await readSegments(dir, folder, {
    onBatch: (frame) => notes.add(frame.note),
  });
  if (problem !== undefined) return failed(...problems, problem);
  const newest = checkNewest(
    note,
    notes,
    state.verifier?.open(note ?? "")?.size,
    state.frontier.size,
  );
  if (newest !== undefined) problems.push(newest);
  const { verifier } = state;
  if (verifier === undefined)
    return failed({ file: dir, offset: 0, code: "empty", message: "there is no log here" });
  const trusted =
    publicKey === undefined
      ? undefined
      : publicKey.includes("-----BEGIN")
        ? verifierKeyOf(verifier.origin, publicKey)
        : publicKey.trim();
  if (publicKey !== undefined && trusted !== verifier.vkey) {
    problems.push({
      file: dir,
      offset: 0,
      code: "key_mismatch",
      message: "the log is signed by another key than the one given",
    });
  }
  if (problems.length > 0) return failed(...problems);
  return {
    ok: true,
    records: state.frontier.size,
    batches: state.batches,
    root: state.frontier.root().toString("hex"),
    origin: verifier.origin,
    key: verifier.vkey,
    pinned: publicKey !== undefined,
  };
}

/** The newest checkpoint must be one of the batches' own, to the letter. */
function checkNewest(
  note: string | undefined,
  notes: ReadonlySet<string>,
  size: number | undefined,
  have: number,
): Problem | undefined {
  const at = { file: CHECKPOINT_NAME, offset: 0 };
  if (note === undefined)
    return { ...at, code: "checkpoint_invalid", message: "the newest checkpoint is not there" };
  if (notes.has(note)) return undefined;
  if (size !== undefined && size > have) {
    return {
      ...at,
      code: "records_missing",
      message: `records ${have} to ${size - 1} were acknowledged and are not here`,
    };
  }
  return {
    ...at,
    code: "checkpoint_invalid",
    message: "the newest checkpoint is of no batch of this log",
  };
}

function failed(...problems: readonly Problem[]): VerifyResult {
  return { ok: false, problems };
}
