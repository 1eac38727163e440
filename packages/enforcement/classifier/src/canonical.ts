// The view of a text that recognisers see: digits, letters, dashes and spaces of other scripts and widths
// as their plain counterparts, accents, controls and characters that show nothing left out, and the escapes
// of JSON, of logs (`\\n`, `\\u0041`) and of HTML (`&#65;`) as the characters they encode. Positions map
// back to the text itself, which is never changed. Text that is plain already is its own view.

import { HTML_ENTITIES } from "./entities.ts";
import type { Places } from "./places.ts";

const PLAIN = /^[\t\n\r\u0020-\u0025\u0027-\u005b\u005d-\u007e]*$/;
const ESCAPES: { readonly [letter: string]: string | undefined } = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: " ",
  f: " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/suy;
const ENTITY = /&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,8}));/y;
const OPEN_ENTITY = /&(?:#[0-9]{0,7}|#[xX][0-9a-fA-F]{0,6}|[A-Za-z]{0,8})$/;
const OPEN_ENTITY_LENGTH = 9;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\p{Cc}\u00ad]/u;
const DASH = /\p{Pd}|[\u2212\u2043]/u;
const SPACE = /\p{Zs}|[\v\f]/u;
const LINE_BREAK = /[\t\n\r\u0085\u2028\u2029]/u;

/** What decides how a text is seen, for the classifier's version. */
export const canonicalTables: readonly unknown[] = [
  ...[PLAIN, ESCAPE, ENTITY, INVISIBLE, DASH, SPACE, LINE_BREAK].map(({ source }) => source),
  ESCAPES,
  HTML_ENTITIES,
  "accents folded",
];

export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

const BACKSLASH = 0x5c;
const AMPERSAND = 0x26;
const REPLACEMENT = 0xfffd;
/** In place of a character of the view: there is none. */
const NOTHING = -1;

/** The view of a text; the positions of its characters go into `places`, from these offsets on. */
export function canonicalise(
  text: string,
  places: Places,
  viewOffset: number,
  textOffset: number,
): string {
  if (isPlain(text)) {
    places.add(viewOffset, textOffset, 1);
    return text;
  }
  const units = new Uint16Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const { unit, width } = readUnit(text, at);
    if (unit !== NOTHING) {
      places.add(viewOffset + length, textOffset + at, width);
      units[length] = unit;
      length += 1;
    }
    at += width;
  }
  return Buffer.from(units.buffer, 0, length * 2).toString("utf16le");
}

interface Unit {
  readonly unit: number;
  readonly width: number;
}

/** Results for every character would be garbage by the million. */
const found: { unit: number; width: number } = { unit: 0, width: 1 };

function readUnit(text: string, at: number): Unit {
  const code = text.charCodeAt(at);
  found.width = 1;
  found.unit = code;
  if (code > 0x7e || code < 0x20) {
    const point = code >= 0xd800 && code <= 0xdbff ? (text.codePointAt(at) ?? code) : code;
    if (point > 0xffff) found.width = 2;
    found.unit = fold(point);
  } else if (code === BACKSLASH) readEscape(text, at);
  else if (code === AMPERSAND) readEntity(text, at);
  return found;
}

function readEscape(text: string, at: number): void {
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(text);
  const hex = match?.[1];
  const point =
    hex === undefined ? ESCAPES[match?.[2] ?? ""]?.charCodeAt(0) : Number.parseInt(hex, 16);
  if (point === undefined) return;
  found.unit = fold(point);
  found.width = ESCAPE.lastIndex - at;
}

function readEntity(text: string, at: number): void {
  ENTITY.lastIndex = at;
  const [, decimal, hex, name = ""] = ENTITY.exec(text) ?? [];
  const point =
    decimal !== undefined
      ? Number.parseInt(decimal, 10)
      : hex !== undefined
        ? Number.parseInt(hex, 16)
        : HTML_ENTITIES[name];
  if (point === undefined) return;
  found.unit = fold(point);
  found.width = ENTITY.lastIndex - at;
}

/** How many characters at the end may be the beginning of an escape, an entity or a surrogate pair. */
export function openEnd(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  if (last >= 0xd800 && last <= 0xdbff) return 1 + openEscape(text.slice(0, -1));
  return openEscape(text);
}

function openEscape(text: string): number {
  const rest = /u[0-9a-fA-F]{0,3}$/.exec(text.slice(-4))?.[0].length ?? 0;
  let slashes = 0;
  while (text[text.length - rest - 1 - slashes] === "\\") slashes += 1;
  // An even number of backslashes is so many escaped ones.
  if (slashes % 2 === 1) return 1 + rest;
  const entity = OPEN_ENTITY.exec(text.slice(-OPEN_ENTITY_LENGTH));
  return entity?.[0].length ?? 0;
}

const UNKNOWN = -2;
const folded = new Int32Array(0x10000).fill(UNKNOWN);

/** The plain unit in place of a character, NOTHING for one that does not show, or the character itself. */
function fold(point: number): number {
  if (point > 0xffff) return foldOnce(point);
  const known = folded[point] ?? UNKNOWN;
  if (known !== UNKNOWN) return known;
  const result = foldOnce(point);
  folded[point] = result;
  return result;
}

function foldOnce(point: number): number {
  if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) return REPLACEMENT;
  const character = String.fromCodePoint(point);
  if (LINE_BREAK.test(character)) return point > 0x7f ? 0x0a : point;
  if (SPACE.test(character)) return 0x20;
  if (INVISIBLE.test(character)) return NOTHING;
  if (DASH.test(character)) return 0x2d;
  if (point < 0x7f) return point;
  const compatible = character.normalize("NFKD").replace(/\p{Mn}/gu, "");
  if (compatible.length === 1 && compatible < "\u0080") return compatible.charCodeAt(0);
  if (/\p{Nd}/u.test(character)) return 0x30 + digitValue(point);
  return point > 0xffff ? REPLACEMENT : point;
}

/** Decimal digits of every script come in runs of ten, from zero. */
function digitValue(code: number): number {
  for (let value = 0; value < 10; value += 1) {
    const before = code - value - 1;
    if (!/\p{Nd}/u.test(String.fromCodePoint(Math.max(0, before)))) return value;
  }
  return code % 10;
}
