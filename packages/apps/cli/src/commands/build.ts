// `writ build DIR -o FILE`: compiles a policy set and packs it; prints the policy hash. With --from it packs what a commit
// holds, which is what `writ diff` compares.

import { isRevision, parsePrivateKey, UNVERSIONED } from "@writ/bundle";
import { compileSet, findUnpackable, type PolicySet, packSet } from "@writ/workspace";
import { EXIT, usageError } from "../exit.ts";
import { readText, writeBytes } from "../files.ts";
import { showErrors, showLines } from "../output.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";
import { readCommit, repositoryFolder } from "../revision.ts";

export interface BuildFlags {
  readonly output: string;
  readonly key?: string;
  readonly keyId?: string;
  readonly revision?: string;
  /** A git commit. */
  readonly from?: string;
}

export function runBuild(folder: string, flags: BuildFlags): number {
  const { revision = UNVERSIONED } = flags;
  if (!isRevision(revision)) {
    throw usageError(
      `\`${revision}\` is not a revision: numbers joined by . - : or T, such as 7, 1.12.3 or 2026-11-20`,
    );
  }
  const sign = readSigner(flags);
  const { set, commit } = readSet(folder, flags.from);
  const { compiled, diagnostics } = compileSet(set, { includeTests: false });
  stopOnErrors(diagnostics, set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  stopOnErrors(findUnpackable(set), set.sources);
  const packed = packSet(set, compiled, { revision, ...(sign === undefined ? {} : { sign }) });
  writeBytes(flags.output, packed.bytes);
  if (sign === undefined)
    showErrors(["writ: the bundle is not signed; a gateway will refuse it (--key, --key-id)"]);
  if (commit !== undefined) showErrors([`packed ${folder} as commit ${commit} holds it`]);
  showLines([packed.policyHash]);
  return EXIT.clean;
}

function readSet(folder: string, from: string | undefined): { set: PolicySet; commit?: string } {
  if (from === undefined) return { set: readPolicySet(folder) };
  const { id, tree } = readCommit(from, repositoryFolder(folder));
  if (tree === undefined) throw usageError(`${from} has no folder ${folder}`);
  return { set: readPolicySet(tree), commit: id };
}

function readSigner({ key, keyId }: BuildFlags) {
  if (key === undefined && keyId === undefined) return undefined;
  if (key === undefined || keyId === undefined) throw usageError("--key and --key-id go together");
  const parsed = parsePrivateKey(readText(key));
  if (!parsed.ok) throw usageError(`${key} ${parsed.message}`);
  return { key: parsed.key, keyId };
}
