// Records as bytes: JSON with sorted keys and one spelling for everything (RFC 8785 for the kinds of values
// a record may have), so that equal records are equal bytes. The bytes are what is hashed and kept; a
// reader never writes them again.

/** What the gateway hands over. The log adds `v`, `seq`, `time`, `node` and `boot`. */
export interface AuditRecord {
  readonly type: string;
  readonly id: string;
  readonly [key: string]: unknown;
}

export const MAX_RECORD_BYTES: number = 256 * 1024;

/** A member of a record as it is written: what a record says is encoded once, when it is handed over. */
export interface Member {
  readonly key: string;
  readonly text: string;
}

interface Members {
  readonly [key: string]: unknown;
}

/** The members that are there; throws at what JSON has not. */
export function encodeMembers(record: Members): readonly Member[] {
  return Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .map((key) => ({
      key,
      text: `${JSON.stringify(key.toWellFormed())}:${encodeValue(record[key])}`,
    }));
}

/** The bytes of a record of these members, and of what is added, which replaces a member of the same key. */
export function encodeRecord(members: readonly Member[], added: Members): Buffer {
  const own = members.filter(({ key }) => !Object.hasOwn(added, key));
  return Buffer.from(joinMembers([...own, ...encodeMembers(added)]), "utf8");
}

function joinMembers(members: readonly Member[]): string {
  const sorted = [...members].sort((a, b) => (a.key < b.key ? -1 : 1));
  return `{${sorted.map(({ text }) => text).join(",")}}`;
}

function encodeValue(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  // Half a surrogate pair has no UTF-8.
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error("a record holds a number that JSON has not");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => encodeValue(item ?? null)).join(",")}]`;
  if (typeof value !== "object") throw new Error(`a record holds a ${typeof value}`);
  return joinMembers(encodeMembers(value as Members));
}

/** What the log adds to a record takes at most this. */
const ADDED_BYTES = 400;

export interface Encoded {
  readonly members: readonly Member[];
  /** At most what the record will take. */
  readonly bytes: number;
}

/** Undefined for a record that cannot be encoded. */
export function encode(record: AuditRecord): Encoded | undefined {
  try {
    const members = encodeMembers(record);
    const bytes = members.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, ADDED_BYTES);
    return bytes > MAX_RECORD_BYTES ? undefined : { members, bytes };
  } catch {
    return undefined;
  }
}
