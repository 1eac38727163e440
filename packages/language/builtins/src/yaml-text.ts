// Values as YAML, laid out as OPA does: blocks, keys in natural order, lines folded at 80, and quotes where
// a text would be read as something else or could not stand as it is.

import { isArray, numberText, RegoNumber, spend, textSteps, type Value } from "@writ/evaluator";
import { stringify } from "yaml";
import { goFloatText } from "./go-float.ts";

type Json = null | boolean | number | string | RegoNumber | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

const WIDTH = 80;
const MAX_SIMPLE_KEY = 128;

/** `value`: what JSON can say. */
export function yamlText(value: Value): string {
  const writer = new YamlWriter();
  writer.node(value as Json, 0, true);
  return writer.text();
}

class YamlWriter {
  /** Joined once: a text that is looked at after each addition is copied each time. */
  readonly #parts: string[] = [];
  #length = 0;
  #lineStart = 0;
  #isAtLineEnd = false;

  /** What was written, with a line end. */
  text(): string {
    return `${this.#parts.join("")}${this.#isAtLineEnd ? "" : "\n"}`;
  }

  /** `isInline`: what a block begins with stands on this line. */
  node(value: Json, indent: number, isInline: boolean): void {
    if (isArray(value as Value)) this.#sequence(value as readonly Json[], indent, isInline);
    else if (isMapping(value)) this.#mapping(value, indent, isInline);
    else this.#scalar(value, indent + 2, false);
  }

  #sequence(items: readonly Json[], indent: number, isInline: boolean): void {
    for (const [index, item] of items.entries()) {
      if (index > 0 || !isInline) this.#newLine(indent);
      this.#write("-");
      this.#write(" ");
      if (isBlock(item)) this.node(item, indent + 2, true);
      else this.#scalar(item, indent + 2, false);
    }
    if (items.length === 0) this.#write("[]");
  }

  #mapping(value: JsonObject, indent: number, isInline: boolean): void {
    const keys = Object.keys(value).sort(naturalOrder);
    for (const [index, key] of keys.entries()) {
      if (index > 0 || !isInline) this.#newLine(indent);
      const isSimple = !/[\n\r\u0085\u2028\u2029]/.test(key) && lengthOf(key) <= MAX_SIMPLE_KEY;
      if (!isSimple) this.#write("? ");
      this.#scalar(key, indent + 2, isSimple);
      if (!isSimple) this.#newLine(indent);
      this.#write(":");
      const item = value[key] as Json;
      if (!isBlock(item)) {
        this.#write(" ");
        this.#scalar(item, indent + 2, false);
      } else if (isArray(item as Value)) this.node(item, indent, false);
      else this.node(item, indent + 2, false);
    }
    if (keys.length === 0) this.#write("{}");
  }

  #write(text: string): void {
    if (text === "") return;
    spend(1 + textSteps(text.length));
    this.#parts.push(text);
    const at = text.lastIndexOf("\n");
    if (at >= 0) this.#lineStart = this.#length + at + 1;
    this.#length += text.length;
    this.#isAtLineEnd = text.endsWith("\n");
  }

  #newLine(indent: number): void {
    this.#write(`${this.#isAtLineEnd ? "" : "\n"}${" ".repeat(indent)}`);
  }

  #column(): number {
    return this.#length - this.#lineStart;
  }

  #scalar(value: Json, indent: number, isKey: boolean): void {
    if (typeof value !== "string") {
      this.#write(scalarText(value));
      return;
    }
    spend(value.length);
    const style = styleOf(value);
    if (style === "literal") this.#literal(value, indent);
    else if (style === "double") this.#double(value, indent, isKey);
    else {
      const text = style === "single" ? value.replaceAll("'", "''") : value;
      const quote = style === "single" ? "'" : "";
      this.#write(quote);
      this.#folded(text, indent, isKey);
      this.#write(quote);
    }
  }

  /** A space between words past the width becomes a line end. */
  #folded(text: string, indent: number, isKey: boolean): void {
    const characters = [...text];
    for (const [index, character] of characters.entries()) {
      const isAlone = characters[index - 1] !== " " && characters[index + 1] !== " ";
      const isInside = index > 0 && index < characters.length - 1;
      const isPast = !isKey && this.#column() > WIDTH;
      if (character === " " && isPast && isAlone && isInside) this.#newLine(indent);
      else this.#write(character);
    }
  }

  #double(text: string, indent: number, isKey: boolean): void {
    const characters = [...text];
    this.#write('"');
    let isSpaced = false;
    for (const [index, character] of characters.entries()) {
      const isInside = index > 0 && index < characters.length - 1;
      if (character !== " ") this.#write(escaped(character));
      else if (!isKey && !isSpaced && this.#column() > WIDTH && isInside) {
        this.#newLine(indent);
        if (characters[index + 1] === " ") this.#write("\\");
      } else this.#write(" ");
      isSpaced = character === " ";
    }
    this.#write('"');
  }

  /** How it ends, and how deep it is where its first line does not say so, stands behind the bar. */
  #literal(text: string, indent: number): void {
    const depth = /^[ \n]/.test(text) ? "2" : "";
    const end = text.endsWith("\n") ? (/(?:^|\n)\n$/.test(text) ? "+" : "") : "-";
    this.#write(`|${depth}${end}\n`);
    const lines = text.replace(/\n$/, "").split("\n");
    const prefix = " ".repeat(indent);
    this.#write(lines.map((line) => (line === "" ? "" : prefix + line)).join("\n"));
    if (text.endsWith("\n")) this.#write("\n");
  }
}

function isMapping(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !(value instanceof RegoNumber);
}

function isBlock(value: Json): boolean {
  return isMapping(value) && Object.keys(value).length > 0;
}

function lengthOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Integers of 64 bits are exact; others are the nearest double. */
function scalarText(value: Json): string {
  if (typeof value !== "number" && !(value instanceof RegoNumber))
    return isArray(value as Value) ? "[]" : isMapping(value) ? "{}" : String(value);
  const digits = numberText(value);
  if (/^-?\d+$/.test(digits)) {
    const integer = BigInt(digits);
    if (integer >= -(2n ** 63n) && integer < 2n ** 64n) return digits;
  }
  const double = Number(digits);
  return Number.isFinite(double) ? goFloatText(double) : digits;
}

type Style = "plain" | "single" | "double" | "literal";

function styleOf(text: string): Style {
  const isSpecial = SPECIAL.test(text) || / [\n\r\u0085\u2028\u2029]/.test(text);
  if (text.includes("\n")) return isSpecial || text.endsWith(" ") ? "double" : "literal";
  if (isSpecial) return "double";
  const needsQuotes = INDICATORS.test(text) || /^ | $|[\u2028\u2029]/.test(text);
  if (needsQuotes) return "single";
  return isReadAsText(text) ? "plain" : "double";
}

/** What no plain text has: tabs, other controls, the byte-order mark, and all beyond the basic plane. */
const SPECIAL = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
/** Where a plain text would begin something else. */
const INDICATORS = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?: |$))|:(?: |$)| #/;

/** With the words and numbers of YAML 1.1, and the octal numbers of 1.2. */
function isReadAsText(text: string): boolean {
  if (/^0o[0-7_]+$/.test(text)) return false;
  if (/^[-+]?[eE][-+]?\d+$/.test(text)) return true;
  return stringify(text, { version: "1.1", lineWidth: 0 }) === `${text}\n`;
}

const ESCAPES: { readonly [character: string]: string | undefined } = {
  '"': '\\"',
  "\\": "\\\\",
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  "\u0085": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escaped(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  if (!SPECIAL.test(character)) return character;
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  const [mark, size] = hex.length <= 2 ? ["x", 2] : hex.length <= 4 ? ["u", 4] : ["U", 8];
  return `\\${mark}${hex.padStart(size as number, "0")}`;
}

const LETTER = /\p{L}/u;
const DIGIT = /\p{Nd}/u;

/** Runs of digits by their value; letters after everything else, and before it within digits. */
function naturalOrder(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  let isInDigits = false;
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [x = "", y = ""] = [a[at], b[at]];
    if (x === y) {
      isInDigits = DIGIT.test(x);
      continue;
    }
    const [isLetter, isOtherLetter] = [LETTER.test(x), LETTER.test(y)];
    if (isLetter && isOtherLetter) return byPoint(x, y);
    if (isLetter || isOtherLetter) return isLetter === isInDigits ? -1 : 1;
    return byDigits(a, b, at);
  }
  return a.length - b.length;
}

function byDigits(a: readonly string[], b: readonly string[], at: number): number {
  const [x = "", y = ""] = [a[at], b[at]];
  // A zero behind other digits is one of their number.
  const isBehind = (x === "0" || y === "0") && /[1-9]\d*$/.test(a.slice(0, at).join(""));
  const [left, right] = [a, b].map((text) => /^\d*/.exec(text.slice(at).join(""))?.[0] ?? "");
  const [m, n] = [left, right].map((digits) => BigInt(`${isBehind ? "1" : "0"}${digits}`));
  if (m !== undefined && n !== undefined && m !== n) return m < n ? -1 : 1;
  const longer = (left?.length ?? 0) - (right?.length ?? 0);
  return longer !== 0 ? longer : byPoint(x, y);
}

function byPoint(x: string, y: string): number {
  return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
}
