// `writ audit verify DIR`: whether a log is whole: no record altered, missing or out of order.

import { verifyLog } from "@writ/audit";
import { EXIT } from "../exit.ts";
import { readText } from "../files.ts";
import { requireReadableLog } from "../log-folder.ts";

export interface AuditVerifyFlags {
  /** The log's public key, from somewhere other than the log. */
  readonly key?: string;
  /** A checkpoint of the log that was kept somewhere else. */
  readonly checkpoint?: string;
}

export async function runAuditVerify(dir: string, flags: AuditVerifyFlags): Promise<number> {
  const { key, checkpoint } = flags;
  requireReadableLog(dir);
  const result = await verifyLog(dir, {
    ...(key === undefined ? {} : { publicKey: readText(key) }),
    ...(checkpoint === undefined ? {} : { checkpoint: readText(checkpoint) }),
  });
  if (!result.ok) {
    for (const { file, offset, code, message } of result.problems) {
      process.stderr.write(`${file}:${offset}: ${message} (${code})\n`);
    }
    process.stderr.write(`writ: ${dir} does not verify\n`);
    return EXIT.unverified;
  }
  const { records, batches, root, origin, pinned, kept } = result;
  process.stdout.write(`${records} records in ${batches} batches of ${origin}, root ${root}\n`);
  if (kept !== undefined)
    process.stdout.write(`all ${kept} records that the kept checkpoint covers are there\n`);
  if (!pinned) {
    process.stdout.write(
      "the key is the log's own word: give the public key you trust with --key\n",
    );
  }
  if (kept === undefined) {
    process.stdout.write(
      "a log put back to an older state of itself would verify, too: give a checkpoint kept elsewhere with --checkpoint\n",
    );
  }
  return EXIT.clean;
}
