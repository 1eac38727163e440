// Reading a log for people: records found by their ids, problems told, output that waits for its reader.

import { once } from "node:events";
import { type StoredRecord, streamRecords } from "@writ/audit";
import { EXIT, usageError } from "../exit.ts";

/** A record as it was written; nothing is taken for granted about what is in it. */
export interface LoggedRecord {
  readonly [key: string]: unknown;
}

/** Of which records an id is: their own, or their call's. */
export type IdKind = "id" | "call";

export interface Named {
  readonly kind: IdKind;
  readonly id: string;
}

const KIND_NAMES: { readonly [K in IdKind]: string } = { id: "record", call: "call" };
/** Of several records that an id could mean, so many are named. */
const MAX_NAMED = 5;

/** What an id in a log means: the whole id of a record or call, or a beginning that only one has. */
export async function resolveId(
  dir: string,
  wanted: string,
  kinds: readonly IdKind[],
): Promise<Named> {
  if (wanted === "") throw usageError("an id is empty");
  const found = new Map<string, Named>();
  for await (const { bytes } of storedRecords(dir)) {
    // Most records do not have it anywhere: those need not be parsed.
    if (!bytes.includes(wanted)) continue;
    const record = parseRecord(bytes);
    for (const kind of kinds) {
      const id = record[kind];
      if (id === wanted) return { kind, id: wanted };
      if (typeof id !== "string" || !id.startsWith(wanted)) continue;
      if (found.size <= MAX_NAMED) found.set(`${kind} ${id}`, { kind, id });
    }
  }
  const [first, ...others] = found.values();
  if (first === undefined) {
    const what = kinds.map((kind) => KIND_NAMES[kind]).join(" or ");
    throw usageError(`no ${what} in ${dir} has the id ${visible(wanted)}, or one that begins so`);
  }
  if (others.length === 0) return first;
  const names = [first, ...others].slice(0, MAX_NAMED);
  const list = names.map(({ kind, id }) => `${KIND_NAMES[kind]} ${visible(id)}`).join(", ");
  const more = found.size > MAX_NAMED ? ", …" : "";
  throw usageError(`${visible(wanted)} could be ${list}${more}: give more of the id`);
}

/** Every record of a log, or of it those with an id. */
export async function* recordsOf(
  dir: string,
  named?: Named,
): AsyncGenerator<{ readonly bytes: Buffer; readonly record: LoggedRecord }> {
  for await (const { bytes } of storedRecords(dir)) {
    if (named !== undefined && !bytes.includes(named.id)) continue;
    const record = parseRecord(bytes);
    if (named === undefined || record[named.kind] === named.id) yield { bytes, record };
  }
}

/** What is wrong with a log, found on the way: what came before it has been read. */
export class LogDamage extends Error {}

async function* storedRecords(dir: string): AsyncGenerator<StoredRecord> {
  const records = streamRecords(dir);
  for (;;) {
    const next = await records.next();
    if (next.done !== true) {
      yield next.value;
      continue;
    }
    const problem = next.value;
    // The gateway may be writing at this moment, and whatever a crash left was promised to nobody.
    if (problem === undefined || problem.code === "torn_tail") return;
    const { file, offset, code, message } = problem;
    throw new LogDamage(`${file}:${offset}: ${message} (${code})`);
  }
}

function parseRecord(bytes: Buffer): LoggedRecord {
  const record: unknown = JSON.parse(bytes.toString("utf8"));
  return typeof record === "object" && record !== null ? (record as LoggedRecord) : {};
}

/** Thrown inside where nobody reads on: `| head`. */
class ReaderGone extends Error {}

/** Runs a command that reads a log and writes as it reads. */
export async function withOutput(
  run: (write: (text: string) => Promise<void>) => Promise<number>,
): Promise<number> {
  let isGone = false;
  const onError = (): void => {
    isGone = true;
    process.stdout.emit("drain");
  };
  process.stdout.on("error", onError);
  const write = async (text: string): Promise<void> => {
    if (isGone) throw new ReaderGone();
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  };
  try {
    return await run(write);
  } catch (error) {
    if (error instanceof ReaderGone) return EXIT.clean;
    if (!(error instanceof LogDamage)) throw error;
    process.stderr.write(`${visible(error.message)}\nwrit: what comes after this was not read\n`);
    return EXIT.unverified;
  }
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Text from a log, as it can be shown: what would move a cursor or turn a line round is spelt out. */
export function visible(text: string): string {
  return text.replace(
    HIDDEN,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** JSON of the same value in which nothing acts on a terminal. */
export function visibleJson(json: string): string {
  return json.replace(HIDDEN, (character) =>
    Array.from(
      { length: character.length },
      (_unused, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
