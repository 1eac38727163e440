// Strings. Offsets and lengths count code points, as in OPA.

import {
  type Builtin,
  BuiltinError,
  decimalOf,
  isArray,
  type NumberValue,
  objectEntries,
  type RegoSet,
  rounded,
  spend,
  textSteps,
  type Value,
} from "@writ/evaluator";
import { ARITHMETIC, COUNTED, COUNTED_SUPERLINEAR, LINEAR, perCharacter, TEXTS } from "./cost.ts";
import {
  anyArray,
  anyObject,
  anySet,
  arrayOf,
  boolean,
  define,
  integerOperand,
  kindOf,
  number,
  oneOf,
  setOf,
  string,
} from "./define.ts";
import { findText, placesOf } from "./find-text.ts";
import { sprintf } from "./sprintf.ts";

const strings_ = oneOf(arrayOf(string), setOf(string));
/** Unicode's White_Space: JavaScript's `\s` also has U+FEFF and has not U+0085. */
const SPACE_AT_START = /^\p{White_Space}+/u;
const SPACE_AT_END = /(?<!\p{White_Space})\p{White_Space}+$/u;
const stringOrMany = oneOf(string, anySet, anyArray);

export const strings: readonly Builtin[] = [
  define(
    "concat",
    [string, strings_],
    string,
    TEXTS,
    (separator: string, parts: readonly string[] | RegoSet) =>
      joined(
        isArray(parts)
          ? (parts as readonly string[])
          : ((parts as RegoSet).items as readonly string[]),
        separator,
      ),
  ),
  define(
    "contains",
    [string, string],
    boolean,
    perCharacter(0.2),
    (text: string, part: string) => findText(text, part) >= 0,
  ),
  define("startswith", [string, string], boolean, LINEAR, (text: string, start: string) =>
    text.startsWith(start),
  ),
  define("endswith", [string, string], boolean, LINEAR, (text: string, end: string) =>
    text.endsWith(end),
  ),
  define(
    "strings.any_prefix_match",
    [stringOrMany, stringOrMany],
    boolean,
    COUNTED_SUPERLINEAR,
    (texts: Value, starts: Value) =>
      somePair(many(texts, 1), many(starts, 2), (text, start) => text.startsWith(start)),
  ),
  define(
    "strings.any_suffix_match",
    [stringOrMany, stringOrMany],
    boolean,
    COUNTED_SUPERLINEAR,
    (texts: Value, ends: Value) =>
      somePair(many(texts, 1), many(ends, 2), (text, end) => text.endsWith(end)),
  ),
  define("indexof", [string, string], number, perCharacter(0.3), (text: string, part: string) => {
    if (part === "") throw new BuiltinError("empty search character");
    const at = findText(text, part);
    return at < 0 ? -1 : [...text.slice(0, at)].length;
  }),
  define(
    "indexof_n",
    [string, string],
    arrayOf(number),
    perCharacter(1),
    (text: string, part: string) => {
      if (part === "") throw new BuiltinError("empty search character");
      const found: number[] = [];
      let points = 0;
      let before = 0;
      for (const at of placesOf(text, part, true)) {
        points += pointsIn(text.slice(before, at));
        before = at;
        found.push(points);
      }
      return found;
    },
  ),
  define("lower", [string], string, perCharacter(0.5), lower),
  define("upper", [string], string, perCharacter(0.5), upper),
  define(
    "replace",
    [string, string, string],
    string,
    COUNTED_SUPERLINEAR,
    (text: string, old: string, by: string) =>
      old === "" ? joined(["", ...text, ""], by) : joined(partsOf(text, old), by),
  ),
  define(
    "split",
    [string, string],
    arrayOf(string),
    perCharacter(1),
    (text: string, separator: string) => (separator === "" ? [...text] : partsOf(text, separator)),
  ),
  define("substring", [string, number, number], string, perCharacter(0.5), substring),
  define("trim", [string, string], string, perCharacter(1), (text: string, cut: string) =>
    trimEnd(trimStart(text, cut), cut),
  ),
  define("trim_left", [string, string], string, perCharacter(1), trimStart),
  define("trim_right", [string, string], string, perCharacter(1), trimEnd),
  define("trim_prefix", [string, string], string, LINEAR, (text: string, start: string) =>
    text.startsWith(start) ? text.slice(start.length) : text,
  ),
  define("trim_suffix", [string, string], string, LINEAR, (text: string, end: string) =>
    end !== "" && text.endsWith(end) ? text.slice(0, -end.length) : text,
  ),
  define("trim_space", [string], string, perCharacter(0.5), (text: string) =>
    text.replace(SPACE_AT_START, "").replace(SPACE_AT_END, ""),
  ),
  define("strings.reverse", [string], string, perCharacter(1), (text: string) =>
    [...text].reverse().join(""),
  ),
  define(
    "strings.count",
    [string, string],
    number,
    perCharacter(0.5),
    // Of nothing there is one before each character, and one at the end.
    (text: string, part: string) =>
      part === "" ? pointsIn(text) + 1 : partsOf(text, part).length - 1,
  ),
  define(
    "format_int",
    [number, number],
    string,
    ARITHMETIC,
    (value: NumberValue, base: NumberValue) => {
      if (![2, 8, 10, 16].includes(base as number))
        throw new BuiltinError("operand 2 must be one of {2, 8, 10, 16}", {
          code: "eval_type_error",
        });
      const { significand, exponent } = decimalOf(rounded(value));
      const whole =
        exponent >= 0
          ? significand * 10n ** BigInt(exponent)
          : significand / 10n ** BigInt(-exponent);
      return whole.toString(base as number);
    },
  ),
  define("sprintf", [string, anyArray], string, COUNTED, sprintf),
  define("strings.replace_n", [anyObject, string], string, COUNTED_SUPERLINEAR, replaceAllOf),
];

/** What stands between the places of another text. */
function partsOf(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const at of placesOf(text, separator)) {
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  return [...parts, text.slice(from)];
}

/** Paid by the length of the result before it is made. */
function joined(parts: readonly string[], separator: string): string {
  let length = separator.length * Math.max(0, parts.length - 1);
  for (const part of parts) length += part.length;
  spend((parts.length >> 2) + textSteps(length));
  return parts.join(separator);
}

/** How many code points a text has. */
function pointsIn(text: string): number {
  let pairs = 0;
  for (let at = 1; at < text.length; at += 1) {
    const isPair =
      (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
    if (isPair) pairs += 1;
  }
  return text.length - pairs;
}

function somePair(
  texts: readonly string[],
  others: readonly string[],
  holds: (text: string, other: string) => boolean,
): boolean {
  return texts.some((text) => {
    spend(others.length);
    return others.some((other) => {
      if (other.length > 256) spend(textSteps(Math.min(text.length, other.length)) >> 2);
      return holds(text, other);
    });
  });
}

// One character for one, as Go maps them, whatever stands around it: no `ss` for `ß`, no final sigma.

function lower(text: string): string {
  // Of `İ` alone the lower case is two characters, the first of which is the one.
  return text.replace(/\P{ASCII}|[A-Z]+/gu, (point) => {
    const [first = "", second] = point.toLowerCase();
    return second === "\u0307" ? first : point.toLowerCase();
  });
}

function upper(text: string): string {
  return text.replace(/\P{ASCII}|[a-z]+/gu, (point) => {
    const code = point.codePointAt(0) ?? 0;
    if (code < 0x80) return point.toUpperCase();
    if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
    if (SMALL_WITH_IOTA.has(code)) return String.fromCodePoint(code + 9);
    const mapped = point.toUpperCase();
    return [...mapped].length === 1 ? mapped : point;
  });
}

/** ᾳ, ῃ and ῳ: what is written below stays in the one capital. */
const SMALL_WITH_IOTA = new Set([0x1fb3, 0x1fc3, 0x1ff3]);

function many(value: Value, operand: number): readonly string[] {
  if (typeof value === "string") return [value];
  const [kind, items] = isArray(value) ? ["array", value] : ["set", (value as RegoSet).items];
  const other = items.find((item) => typeof item !== "string");
  if (other === undefined) return items as readonly string[];
  throw new BuiltinError(
    `operand ${operand} must be ${kind} of strings but got ${kind} containing ${kindOf(other)}`,
    { code: "eval_type_error" },
  );
}

function substring(text: string, from: NumberValue, count: NumberValue): string {
  const offset = integerOperand(from, 2);
  const length = integerOperand(count, 3);
  if (offset < 0) throw new BuiltinError("negative offset");
  const points = [...text];
  return points.slice(offset, length < 0 ? undefined : offset + length).join("");
}

function trimStart(text: string, cut: string): string {
  const set = new Set(cut);
  const points = [...text];
  const from = points.findIndex((point) => !set.has(point));
  return from < 0 ? "" : points.slice(from).join("");
}

function trimEnd(text: string, cut: string): string {
  const set = new Set(cut);
  const points = [...text];
  const last = points.findLastIndex((point) => !set.has(point));
  return points.slice(0, last + 1).join("");
}

/** One pass; at each position the first key (in order) that matches is replaced. */
function replaceAllOf(by: Value, text: string): string {
  const pairs = (objectEntries(by) ?? []).map(([old, replacement]) => {
    const wrong = typeof old === "string" ? "value" : "key";
    if (typeof old !== "string" || typeof replacement !== "string")
      throw new BuiltinError(`operand 1 non-string ${wrong} found in pattern object`, {
        code: "eval_type_error",
      });
    return [old, replacement] as const;
  });
  // The empty key stands before each character, whatever becomes of that, and at the end.
  const between = pairs.find(([old]) => old === "")?.[1] ?? "";
  let out = between;
  for (let at = 0; at < text.length; ) {
    spend(1 + (pairs.length >> 2));
    const pair = pairs.find(([old]) => old !== "" && text.startsWith(old, at));
    const point = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const by = (pair?.[1] ?? point) + between;
    if (by.length > 32) spend(textSteps(by.length));
    out += by;
    at += (pair?.[0] ?? point).length;
  }
  return out;
}
