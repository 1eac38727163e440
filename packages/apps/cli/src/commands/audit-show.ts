// `writ audit show ID DIR`: a decision or refusal, or all records of a call, in words.

import { EXIT } from "../exit.ts";
import { recordsOf, resolveId, withOutput } from "./audit-log.ts";
import { describeRecord } from "./audit-words.ts";

export function runAuditShow(id: string, dir: string): Promise<number> {
  return withOutput(async (write) => {
    const named = await resolveId(dir, id, ["id", "call"]);
    let isFirst = true;
    for await (const { record } of recordsOf(dir, named)) {
      await write(`${isFirst ? "" : "\n"}${describeRecord(record)}`);
      isFirst = false;
    }
    return EXIT.clean;
  });
}
