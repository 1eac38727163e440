// `writ build DIR -o FILE`: compiles a policy set and packs it; prints the policy hash.

import { isRevision, parsePrivateKey, UNVERSIONED } from "@writ/bundle";
import { compileSet } from "../compile-set.ts";
import { EXIT, usageError } from "../exit.ts";
import { readText, writeBytes } from "../files.ts";
import { packSet } from "../pack-set.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";

export interface BuildFlags {
  readonly output: string;
  readonly key?: string;
  readonly keyId?: string;
  readonly revision?: string;
}

export function runBuild(folder: string, flags: BuildFlags): number {
  const { revision = UNVERSIONED } = flags;
  if (!isRevision(revision)) {
    throw usageError(
      `\`${revision}\` is not a revision: numbers joined by . - : or T, such as 7, 1.12.3 or 2026-11-20`,
    );
  }
  const sign = readSigner(flags);
  const set = readPolicySet(folder);
  const { compiled, diagnostics } = compileSet(set, { includeTests: false });
  stopOnErrors(diagnostics, set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  const packed = packSet(set, compiled, { revision, ...(sign === undefined ? {} : { sign }) });
  writeBytes(flags.output, packed.bytes);
  if (sign === undefined)
    process.stderr.write(
      "writ: the bundle is not signed; a gateway will refuse it (--key, --key-id)\n",
    );
  process.stdout.write(`${packed.policyHash}\n`);
  return EXIT.clean;
}

function readSigner({ key, keyId }: BuildFlags) {
  if (key === undefined && keyId === undefined) return undefined;
  if (key === undefined || keyId === undefined) throw usageError("--key and --key-id go together");
  const parsed = parsePrivateKey(readText(key));
  if (!parsed.ok) throw usageError(`${key} ${parsed.message}`);
  return { key: parsed.key, keyId };
}
