// The records of a gateway's log, each held to its schema.

import { readFileSync } from "node:fs";
import { readRecords } from "@writ/audit";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

export interface LoggedRecord {
  readonly type: string;
  readonly id: string;
  readonly call?: string;
  readonly stage?: string;
  readonly policy?: { readonly hash: string };
  readonly decision?: { readonly effect: string; readonly redactions: readonly string[] };
  readonly refusal?: { readonly status: number; readonly code: string };
  readonly ending?: string;
  readonly [key: string]: unknown;
}

const schema = new URL("../../../../schemas/audit-record.schema.json", import.meta.url);
/** Whether something is a record as the schema has it. */
export const validateRecord: ValidateFunction<LoggedRecord> = new Ajv2020().compile<LoggedRecord>(
  JSON.parse(readFileSync(schema, "utf8")),
);

/** Reads the log in a folder again and again: what was read before is kept. */
export function createLogReader(dir: string): () => Promise<readonly LoggedRecord[]> {
  const records: LoggedRecord[] = [];
  return async () => {
    let at = 0;
    const problem = await readRecords(dir, (bytes) => {
      at += 1;
      if (at <= records.length) return;
      const record: unknown = JSON.parse(bytes.toString("utf8"));
      if (!validateRecord(record)) throw new Error(`${bytes}: ${describeErrors()}`);
      records.push(record);
    });
    if (problem !== undefined) throw new Error(problem.message);
    return records;
  };
}

/** Every record of a log, in order; each is as the schema says. */
export function readLog(dir: string): Promise<readonly LoggedRecord[]> {
  return createLogReader(dir)();
}

function describeErrors(): string {
  const errors = validateRecord.errors ?? [];
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`).join("; ");
}
