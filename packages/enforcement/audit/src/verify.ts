// Whether a log is whole: every byte as it was written, every record in its place, every checkpoint signed
// and true, nothing missing that the newest checkpoint covers, or one that was kept elsewhere; nothing there
// that does not belong.

import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Verifier, verifierKeyOf } from "./checkpoint.ts";
import { type LogFiles, nodeFiles } from "./files.ts";
import { CHECKPOINT_NAME } from "./format.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { type LogState, listLog, type Problem, readSegments } from "./read.ts";

/** Whose word is taken. */
export interface VerifyOptions {
  /** The key to trust, as `vkey` or PEM. Absent: the log's own word is taken for it. */
  readonly publicKey?: string;
  /** A checkpoint of this log that was kept elsewhere, as text: the log must hold all that it covers. */
  readonly checkpoint?: string;
  readonly files?: LogFiles;
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
      /** How many records the checkpoint that the caller gave covers. */
      readonly kept?: number;
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

/** A checkpoint that the log must hold all of. */
interface Covered {
  readonly note: string;
  /** What it is called in a problem: a file, and a phrase. */
  readonly file: string;
  readonly name: string;
  /** Whether a batch of the log ends with it. */
  isThere: boolean;
}

async function verifyOnce(dir: string, options: VerifyOptions): Promise<VerifyResult> {
  const { publicKey, checkpoint, files = nodeFiles } = options;
  const folder = await listLog(dir, files).catch(() => undefined);
  if (folder === undefined || folder.segments.length === 0) return failed(noLog(dir));
  const covered: Covered[] = [];
  if (checkpoint !== undefined) {
    const note = `${checkpoint.trimEnd()}\n`;
    covered.push({ note, file: "kept checkpoint", name: "the kept checkpoint", isThere: false });
  }
  // Read before the segments, which may grow meanwhile: it must not be ahead of them.
  const newest = folder.hasCheckpoint
    ? await files.read(join(dir, CHECKPOINT_NAME)).catch(() => undefined)
    : undefined;
  if (newest !== undefined) {
    const note = newest.toString("utf8");
    covered.push({ note, file: CHECKPOINT_NAME, name: "the newest checkpoint", isThere: false });
  }
  const { state, problem } = await readSegments(dir, folder, {
    files,
    onBatch: (frame) => {
      for (const each of covered) each.isThere ||= each.note === frame.note;
    },
  });
  const problems = folder.unexpected
    .filter((name) => name !== `${CHECKPOINT_NAME}.new`)
    .map((file) => at(file, "unexpected_file", "this is no part of a log"));
  const { verifier } = state;
  if (problem !== undefined) return failed(...problems, asAcknowledged(problem, covered, state));
  if (verifier === undefined) return failed(noLog(dir));
  if (newest === undefined)
    problems.push(at(CHECKPOINT_NAME, "checkpoint_invalid", "the newest checkpoint is not there"));
  problems.push(...covered.flatMap((each) => checkCovered(each, verifier, state)));
  if (publicKey !== undefined && trustedKey(verifier, publicKey) !== verifier.vkey)
    problems.push(at(dir, "key_mismatch", "the log is signed by another key than the one given"));
  if (problems.length > 0) return failed(...problems);
  const kept = checkpoint === undefined ? undefined : verifier.open(covered[0]?.note ?? "")?.size;
  return {
    ok: true,
    records: state.frontier.size,
    batches: state.batches,
    root: state.frontier.root().toString("hex"),
    origin: verifier.origin,
    key: verifier.vkey,
    pinned: publicKey !== undefined,
    ...(kept === undefined ? {} : { kept }),
  };
}

/** A tail that a checkpoint covers was not torn by a crash: what it held was acknowledged. */
function asAcknowledged(problem: Problem, covered: readonly Covered[], state: LogState): Problem {
  if (problem.code !== "torn_tail") return problem;
  const have = state.frontier.size;
  const sizes = covered.map(({ note }) => state.verifier?.open(note)?.size ?? 0);
  const size = Math.max(0, ...sizes);
  if (size <= have) return problem;
  const message = `the batch is damaged: records ${have} to ${size - 1} were acknowledged`;
  return { ...problem, code: "batch_invalid", message };
}

/** A checkpoint must be one of the batches' own, to the letter, or the one from before the first. */
function checkCovered(
  { note, file, name, isThere }: Covered,
  verifier: Verifier,
  state: LogState,
): readonly Problem[] {
  if (isThere) return [];
  const opened = verifier.open(note);
  if (opened === undefined)
    return [at(file, "checkpoint_invalid", `${name} is not signed by the log's key`)];
  if (opened.size === 0 && opened.root.equals(EMPTY_ROOT)) return [];
  const have = state.frontier.size;
  if (opened.size > have) {
    const message = `records ${have} to ${opened.size - 1} were acknowledged and are not here: ${name} covers them`;
    return [at(file, "records_missing", message)];
  }
  return [at(file, "checkpoint_invalid", `${name} is of no batch of this log`)];
}

function trustedKey(verifier: Verifier, publicKey: string): string | undefined {
  return publicKey.includes("-----BEGIN")
    ? verifierKeyOf(verifier.origin, publicKey)
    : publicKey.trim();
}

function noLog(dir: string): Problem {
  return at(dir, "empty", "there is no log here");
}

function at(file: string, code: Problem["code"], message: string): Problem {
  return { file, offset: 0, code, message };
}

function failed(...problems: readonly Problem[]): VerifyResult {
  return { ok: false, problems };
}
