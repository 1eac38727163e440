// One operand by one verb, as Go's fmt writes it: an int, a big integer, a float64 or a string.

import { encodeUtf8, toHex } from "./bytes.ts";
import { floatText, goFloatText } from "./go-float.ts";
import { backquoted, isPrintable, quoted } from "./go-quote.ts";

export type Operand =
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "*big.Int"; readonly value: bigint }
  | { readonly type: "float64"; readonly value: number }
  | { readonly type: "string"; readonly value: string };

export interface Format {
  /** Of `-+# 0`. */
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

export function formatOperand(operand: Operand, format: Format): string {
  if (format.verb === "T") return pad(cut(operand.type, format), format);
  switch (operand.type) {
    case "string":
      return formatText(operand, format);
    case "float64":
      return formatFloat(operand, format);
    case "int":
      return formatInteger(operand, format);
    default:
      return formatBigInteger(operand, format);
  }
}

/** As `%v` prints it. */
export function plainText(operand: Operand): string {
  return operand.type === "float64" ? goFloatText(operand.value) : String(operand.value);
}

/** What Go says of a verb that the type does not have: the flags stand. */
function misuse(operand: Operand, format: Format): string {
  const text = formatOperand(operand, { ...format, verb: format.verb === "w" ? "v" : "misused" });
  return `%!${format.verb}(${operand.type}=${text})`;
}

function formatText(operand: Operand & { readonly type: "string" }, format: Format): string {
  const { verb, precision, flags } = format;
  const text = cut(operand.value, format);
  const isAscii = flags.includes("+");
  switch (verb) {
    case "s":
    case "misused":
      return pad(text, format);
    case "v":
      return pad(flags.includes("#") ? quoted(text, '"') : text, format);
    case "q": {
      const raw = flags.includes("#") ? backquoted(text) : undefined;
      return pad(raw ?? quoted(text, '"', isAscii), format);
    }
    case "x":
    case "X": {
      const hex = hexOf(encodeUtf8(operand.value).slice(0, precision), flags);
      return pad(verb === "X" ? hex.toUpperCase() : hex, format);
    }
    default:
      return misuse(operand, format);
  }
}

function cut(text: string, { precision }: Format): string {
  return precision === undefined ? text : [...text].slice(0, precision).join("");
}

/** A space sets bytes apart, `#` puts `0x` before what then stands alone. */
function hexOf(bytes: Uint8Array, flags: string): string {
  const hex = toHex(bytes);
  const prefix = flags.includes("#") ? "0x" : "";
  if (!flags.includes(" ")) return hex === "" ? "" : prefix + hex;
  return (hex.match(/../g) ?? []).map((byte) => prefix + byte).join(" ");
}

const BASES: ReadonlyMap<string, readonly [base: number, prefix: string]> = new Map([
  ["d", [10, ""]],
  ["v", [10, ""]],
  ["misused", [10, ""]],
  ["b", [2, "0b"]],
  ["o", [8, "0"]],
  ["O", [8, "0"]],
  ["x", [16, "0x"]],
  ["X", [16, "0X"]],
]);

function formatInteger(operand: Operand & { readonly type: "int" }, format: Format): string {
  const { verb, flags, width } = format;
  const { value } = operand;
  const code = value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd;
  const character = String.fromCodePoint(code).toWellFormed();
  if (verb === "c") return pad(character, format);
  if (verb === "q") return pad(quoted(character, "'", flags.includes("+")), format);
  if (verb === "U") return pad(unicodeText(value, character, format), withoutZeros(format));
  const base = BASES.get(verb);
  if (base === undefined) return misuse(operand, format);
  const sign = signOf(value < 0n, verb === "v" ? flags.replace("+", "") : flags);
  // Zeros that pad are digits; a precision says how many there are instead.
  const filled = /0/.test(flags) && !flags.includes("-") ? width - sign.length : 0;
  const precision = format.precision ?? filled;
  // No digits of nothing.
  if (format.precision === 0 && value === 0n) return " ".repeat(width);
  const digits = digitsIn(value, base[0], verb).padStart(precision, "0");
  const isMarked = flags.includes("#") && !(base[0] === 8 && digits.startsWith("0"));
  const prefix = (verb === "O" ? "0o" : "") + (isMarked ? base[1] : "");
  return pad(sign + prefix + digits, withoutZeros(format));
}

/** A big integer formats itself, somewhat otherwise. */
function formatBigInteger(
  operand: Operand & { readonly type: "*big.Int" },
  format: Format,
): string {
  const { verb, flags, precision, width } = format;
  const { value } = operand;
  const base = BASES.get(verb === "s" ? "d" : verb);
  if (base === undefined) return `%!${verb}(big.Int=${value})`;
  const sign = signOf(value < 0n, flags);
  const prefix = verb === "O" ? "0o" : flags.includes("#") ? base[1] : "";
  const digits = digitsIn(value, base[0], verb).padStart(precision ?? 0, "0");
  const isFilled = /0/.test(flags) && !flags.includes("-") && precision === undefined;
  const filled = isFilled ? width - sign.length - prefix.length : 0;
  return pad(sign + prefix + digits.padStart(filled, "0"), withoutZeros(format));
}

function digitsIn(value: bigint, base: number, verb: string): string {
  const digits = (value < 0n ? -value : value).toString(base);
  return verb === "X" ? digits.toUpperCase() : digits;
}

function unicodeText(value: bigint, character: string, { flags, precision }: Format): string {
  const code = BigInt.asUintN(64, value);
  const digits = code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, precision ?? 0), "0");
  const isIt = BigInt(character.codePointAt(0) ?? 0) === code;
  const isShown = flags.includes("#") && isIt && isPrintable(character);
  return `U+${digits}${isShown ? ` '${character}'` : ""}`;
}

function signOf(isNegative: boolean, flags: string): string {
  if (isNegative) return "-";
  return flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function formatFloat(operand: Operand & { readonly type: "float64" }, format: Format): string {
  const { verb, width } = format;
  const isPlain = verb === "v" || verb === "misused";
  if (!(isPlain || "bgGxXfFeE".includes(verb))) return misuse(operand, format);
  const flags = verb === "v" ? format.flags.replace(/[+#]/g, "") : format.flags;
  const notation = isPlain ? "g" : verb;
  const precision = format.precision ?? ("fFeE".includes(verb) ? 6 : undefined);
  const bare = floatText(Math.abs(operand.value), notation, precision);
  const text = flags.includes("#") ? pointed(bare, notation, precision) : bare;
  const sign = signOf(operand.value < 0 || Object.is(operand.value, -0), flags);
  const isFilled = /0/.test(flags) && !flags.includes("-");
  return pad(sign + text.padStart(isFilled ? width - sign.length : 0, "0"), withoutZeros(format));
}

/** `#`: there is a point, and `%g` keeps the zeros at its end. */
function pointed(text: string, verb: string, precision = 6): string {
  if (verb === "b") return text;
  const tailAt = text.search(verb === "x" || verb === "X" ? /p/i : /e/i);
  const tail = tailAt < 0 ? "" : text.slice(tailAt);
  const number = text.slice(0, text.length - tail.length);
  const significant = number.replace(".", "").replace(/^0+/, "").length;
  const isZero = number === "0";
  const missing = "gGx".includes(verb) ? precision - (isZero ? 1 : significant) : 0;
  const point = number.includes(".") ? "" : ".";
  return number + point + "0".repeat(Math.max(0, missing)) + tail;
}

function withoutZeros(format: Format): Format {
  return !format.flags.includes("0")
    ? format
    : { ...format, flags: format.flags.replace(/0/g, "") };
}

function pad(text: string, { flags, width }: Format): string {
  if (width === 0) return text;
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  return (flags.includes("0") ? "0" : " ").repeat(missing) + text;
}
