// The two sides of `writ diff`: folders, bundles, and folders at git revisions. What can be read as a revision is one:
// SAFETY: a branch must not be able to add a folder that is called like the revisions it is compared with.

import type { Sources } from "@writ/diagnostics";
import type { CompiledPolicy } from "@writ/evaluator";
import type { PolicySet } from "@writ/workspace";
import { isDirectory } from "@writ/workspace/node";
import { usageError } from "./exit.ts";
import { loadBundle } from "./load-bundle.ts";
import { compilePolicy } from "./load-policy.ts";
import { emptyPolicySet, readPolicySet } from "./policy-set.ts";
import { type Commit, mergeBase, readCommit, repositoryFolder } from "./revision.ts";

export interface DiffSide {
  readonly name: string;
  /** Of a side that is a revision. */
  readonly commit?: string;
  readonly policy: CompiledPolicy;
  /** A bundle has none. */
  readonly set?: PolicySet;
  readonly sources: Sources;
}

export function readSides(
  first: string,
  second: string | undefined,
): readonly [DiffSide, DiffSide] {
  const range = isPath(first) ? null : /^(.*?)(\.\.\.?)(.*)$/s.exec(first);
  if (range !== null) return readRange(range, second ?? ".");
  if (second === undefined)
    throw usageError("two things to compare are needed, or a range such as main..HEAD");
  return [readSide(first), readSide(second)];
}

/** What begins so is a path to everybody. */
function isPath(text: string): boolean {
  return /^(?:\/|\.\.?(?:\/|$))/.test(text);
}

function readRange(
  [, start = "", dots, end = ""]: RegExpExecArray,
  given: string,
): readonly [DiffSide, DiffSide] {
  const folder = repositoryFolder(given);
  const [from, to] = [start, end].map((each) => (each === "" ? "HEAD" : each)) as [string, string];
  // As git has it: three dots compare with where the two parted.
  const base = dots === "..." ? mergeBase(from, to, folder) : from;
  const commits = [readCommit(base, folder), readCommit(to, folder)] as const;
  if (commits.every(({ tree }) => tree === undefined))
    throw usageError(`neither ${from} nor ${to} has a folder ${given}`);
  const names = [dots === "..." ? `where ${to} left ${from}` : from, to] as const;
  return [ofCommit(commits[0], names[0], given), ofCommit(commits[1], names[1], given)];
}

/** A path, or `REVISION:FOLDER`. */
function readSide(side: string): DiffSide {
  const [, revision, given] = (isPath(side) ? null : /^([^:]+):(.*)$/s.exec(side)) ?? [];
  if (revision !== undefined && given !== undefined) {
    const folder = given === "" ? "." : given;
    const commit = readCommit(revision, repositoryFolder(folder));
    if (commit.tree === undefined) throw usageError(`${revision} has no folder ${folder}`);
    return ofCommit(commit, revision, folder);
  }
  if (!isDirectory(side)) {
    const { policy, policyHash } = loadBundle(side);
    return { name: `${side} (${policyHash})`, policy, sources: new Map() };
  }
  return ofSet(readPolicySet(side), side);
}

/** A folder that a revision does not have is one without policies. */
function ofCommit({ id, tree }: Commit, name: string, folder: string): DiffSide {
  const set = tree === undefined ? emptyPolicySet : readPolicySet(tree, { mayBeEmpty: true });
  return { ...ofSet(set, `${name}:${folder}`), commit: id };
}

function ofSet(set: PolicySet, name: string): DiffSide {
  return { name, policy: compilePolicy(set, name), set, sources: set.sources };
}
