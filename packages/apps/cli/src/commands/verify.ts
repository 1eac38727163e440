// `writ verify FILE --key PUBLIC.pem --key-id ID`: whether a bundle is whole and signed by that key.

import { openBundle, parsePublicKey } from "@writ/bundle";
import { readBytes } from "@writ/workspace/node";
import { CommandFailure, EXIT, usageError } from "../exit.ts";
import { readText } from "../files.ts";
import { showLines } from "../output.ts";

export interface VerifyFlags {
  readonly key: string;
  readonly keyId: string;
}

export function runVerify(file: string, { key, keyId }: VerifyFlags): number {
  const parsed = parsePublicKey(readText(key));
  if (!parsed.ok) throw usageError(`${key} ${parsed.message}`);
  const opened = openBundle(readBytes(file), new Map([[keyId, parsed.key]]));
  if (!opened.ok)
    throw new CommandFailure(
      `${file}: ${opened.error.message} (${opened.error.code})`,
      EXIT.unverified,
    );
  const { policyHash, manifest } = opened.bundle;
  const files = Object.keys(manifest.files).length;
  showLines([policyHash, `revision ${manifest.revision}, signed by ${keyId}, ${files} files`]);
  return EXIT.clean;
}
