// Revisions order bundles, so that a gateway can refuse to go back. A revision is one to eight numbers
// joined by `.`, `-`, `:` or `T` (7, 1.12.3, 2026-11-20, 2026-11-20T08:30), compared number by number;
// a longer one is later than its beginning.

export const REVISION: RegExp = /^\d{1,15}(?:[.:T-]\d{1,15}){0,7}$/;

/** Whether a text has the form of a revision. */
export function isRevision(text: string): boolean {
  return REVISION.test(text);
}

/** Negative when `a` is older than `b`. Both must be revisions. */
export function compareRevisions(a: string, b: string): number {
  const partsA = a.split(/[.:T-]/).map(Number);
  const partsB = b.split(/[.:T-]/).map(Number);
  for (let index = 0; index < Math.max(partsA.length, partsB.length); index += 1) {
    const difference = (partsA[index] ?? -1) - (partsB[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The bundle a gateway runs, or ran last. */
export interface Running {
  readonly revision: string;
  readonly policyHash: string;
}

/** A set built without a revision has this one; it may replace itself, for work on a developer's machine. */
export const UNVERSIONED = "0";

/**
 * Whether a bundle may take the place of the one that runs: a later revision may, the very same bundle
 * may, an older one may not, and neither may different content under the same revision.
 */
export function checkReplaces(
  next: Running,
  running: Running | undefined,
):
  | { readonly ok: true }
  | { readonly ok: false; readonly code: "bundle_older" | "revision_reused" } {
  if (running === undefined || next.policyHash === running.policyHash) return { ok: true };
  const order = compareRevisions(next.revision, running.revision);
  if (order < 0) return { ok: false, code: "bundle_older" };
  if (order === 0 && next.revision !== UNVERSIONED) return { ok: false, code: "revision_reused" };
  return { ok: true };
}
