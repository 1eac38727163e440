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

export function encodeRecord(record: { readonly [key: string]: unknown }): Buffer {
  const bytes = Buffer.from(encodeValue(record), "utf8");
  if (bytes.length > MAX_RECORD_BYTES)
    throw new Error(`a record of ${bytes.length} bytes is larger than the log takes`);
  return bytes;
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
  const object = value as { readonly [key: string]: unknown };
  const keys = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key.toWellFormed())}:${encodeValue(object[key])}`).join(",")}}`;
}
