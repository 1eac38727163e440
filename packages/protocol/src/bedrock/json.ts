// JSON bodies as they will go on. A body is parsed once and always written anew: what is forwarded is what
// was inspected, so that no duplicate key or odd escape can mean one thing here and another upstream.
// Numbers a double cannot hold are kept as they were written.

const MAX_DEPTH = 64;
/** Only texts with such numbers take the slow path. */
const UNUSUAL_NUMBER = /\d{16,}|\d[eE][+-]?\d/;

export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

export function parseJson(bytes: Uint8Array): JsonResult {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, message: "the body is not UTF-8" };
  }
  try {
    const value: unknown = UNUSUAL_NUMBER.test(text)
      ? JSON.parse(text, keepNumber)
      : JSON.parse(text);
    return isTooDeep(value, 0)
      ? { ok: false, message: `the body is nested deeper than ${MAX_DEPTH} levels` }
      : { ok: true, value };
  } catch {
    return { ok: false, message: "the body is not JSON" };
  }
}

interface RawJson {
  readonly rawJSON: string;
}

interface JsonWithSource {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
}

// SAFETY: Node 24 has the functions of the JSON.parse source text access proposal; the library types do not.
const json = JSON as unknown as JsonWithSource;

/** The digits of a number that is kept as text; undefined for anything else. */
export function rawNumber(value: unknown): string | undefined {
  return json.isRawJSON(value) ? value.rawJSON : undefined;
}

/**
 * JSON that everyone reads the same: no key twice in an object, numbers that a double holds. For text that
 * goes on as it came.
 */
export function parseUnambiguous(text: string): JsonResult {
  const parsed = parseJson(Buffer.from(text, "utf8"));
  if (!parsed.ok) return parsed;
  if (countKeys(text) !== countMembers(parsed.value))
    return { ok: false, message: "a key stands twice in an object" };
  return parsed;
}

/** Strings before a colon: in JSON, keys. The text is known to be JSON. */
function countKeys(text: string): number {
  // Every string is matched, so that no part of one is taken for another.
  const strings = text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/gs);
  return [...strings].filter(([, colon]) => colon !== undefined).length;
}

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null || rawNumber(value) !== undefined) return 0;
  const items = Object.values(value);
  const own = Array.isArray(value) ? 0 : items.length;
  return items.reduce<number>((sum, item) => sum + countMembers(item), own);
}

function keepNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  const isExact =
    typeof value !== "number" ||
    source === undefined ||
    String(value) === source ||
    // Spelled otherwise (`1e5`), and a whole number that is exact.
    (Number.isSafeInteger(value) && /^-?\d{1,15}[eE]\+?\d{1,2}$/.test(source));
  return isExact ? value : json.rawJSON(source);
}

function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth >= MAX_DEPTH || Object.values(value).some((item) => isTooDeep(item, depth + 1));
}
