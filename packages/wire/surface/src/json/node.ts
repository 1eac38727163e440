// JSON as it was written: each value with its place in the text, so that an edit can be spliced in and the
// rest stays as it came.

/** A place in the text, half open, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface JsonString extends Span {
  readonly kind: "string";
  /** Decoded; the span includes the quotes. */
  readonly value: string;
}

export interface JsonNumber extends Span {
  readonly kind: "number";
  /** As it was written. */
  readonly source: string;
}

export interface JsonLiteral extends Span {
  readonly kind: "literal";
  readonly value: boolean | null;
}

export interface JsonArray extends Span {
  readonly kind: "array";
  readonly items: readonly JsonNode[];
}

export interface JsonMember {
  readonly key: JsonString;
  readonly value: JsonNode;
}

export interface JsonObject extends Span {
  readonly kind: "object";
  readonly members: readonly JsonMember[];
}

export type JsonNode = JsonString | JsonNumber | JsonLiteral | JsonArray | JsonObject;

/** The member of an object with that name; undefined where there is none, and for what is no object. */
export function memberOf(node: JsonNode | undefined, key: string): JsonNode | undefined {
  if (node?.kind !== "object") return undefined;
  return node.members.find((member) => member.key.value === key)?.value;
}

/** The value at a path of members and indices. */
export function nodeAt(node: JsonNode | undefined, path: readonly string[]): JsonNode | undefined {
  let found = node;
  for (const step of path) {
    found = found?.kind === "array" ? found.items[Number(step)] : memberOf(found, step);
    if (found === undefined) return undefined;
  }
  return found;
}

export function stringOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === "string" ? node.value : undefined;
}

/** A number that counts something; undefined for anything else. */
export function countOf(node: JsonNode | undefined): number | undefined {
  const count = node?.kind === "number" ? Number(node.source) : Number.NaN;
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** Absent, or `null`, which APIs take for absent. */
export function isNothing(node: JsonNode | undefined): boolean {
  return node === undefined || (node.kind === "literal" && node.value === null);
}

/** A number in plain decimal digits, however it was written; as written where that would be longer than a number is. */
export function plainDecimal(source: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source);
  if (match === null) return source;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  if (match[3] === undefined && match[4] === undefined) return source;
  const digits = whole + fraction;
  const point = whole.length + Number(power);
  if (Math.abs(point) > MAX_PLAIN_DIGITS || digits.length > MAX_PLAIN_DIGITS) return source;
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0");
  const at = Math.max(point, 1);
  const rest = padded.slice(at).replace(/0+$/, "");
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  return sign + integer + (rest === "" ? "" : `.${rest}`);
}

const MAX_PLAIN_DIGITS = 400;
