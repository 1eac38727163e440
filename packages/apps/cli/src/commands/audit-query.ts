// `writ audit query DIR`: the records of a log, all or those of a call or decision: a line each, as a table
// for people or as JSON.

import { EXIT, usageError } from "../exit.ts";
import { type Named, recordsOf, resolveId, visibleJson, withOutput } from "./audit-log.ts";
import { tableRow } from "./audit-words.ts";

export interface AuditQueryFlags {
  readonly json?: boolean;
  /** Records of this call. */
  readonly call?: string;
  /** The record of this decision or refusal. */
  readonly decision?: string;
}

export function runAuditQuery(dir: string, flags: AuditQueryFlags): Promise<number> {
  if (flags.call !== undefined && flags.decision !== undefined)
    throw usageError("give --call or --decision, not both");
  return withOutput(async (write) => {
    const named = await namedBy(dir, flags);
    for await (const { bytes, record } of recordsOf(dir, named)) {
      const line =
        flags.json === true ? `${visibleJson(bytes.toString("utf8"))}\n` : tableRow(record);
      await write(line);
    }
    return EXIT.clean;
  });
}

async function namedBy(
  dir: string,
  { call, decision }: AuditQueryFlags,
): Promise<Named | undefined> {
  if (call !== undefined) return resolveId(dir, call, ["call"]);
  return decision === undefined ? undefined : resolveId(dir, decision, ["id"]);
}
