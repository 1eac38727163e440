// `sprintf`, after Go's fmt as OPA calls it: a number is an int, a big integer or a float64, everything else
// is a string (collections as Rego writes them).

import {
  BuiltinError,
  integerOf,
  isNumber,
  numberText,
  regoText,
  type Value,
} from "@writ/evaluator";
import { encodeUtf8, toHex } from "./bytes.ts";

type Operand =
  | { readonly type: "int" | "*big.Int"; readonly value: bigint }
  | { readonly type: "float64"; readonly value: number }
  | { readonly type: "string"; readonly value: string };

interface Format {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

const VERB = /%([-+# 0]*)(?:\[(\d+)\])?(\d+|\*)?(?:\.(\d+|\*)?)?(?:\[(\d+)\])?(.)?/gsu;
const HAS_PRECISION = /%[-+# 0]*(?:\[\d+\])?(?:\d+|\*)?\./;
const MAX_WIDTH = 10_000;
const MAX_INT64 = 2n ** 63n - 1n;

export function sprintf(format: string, values: readonly Value[]): string {
  const operands = values.map(operandOf);
  let next = 0;
  let isReordered = false;
  const take = (index?: string): Operand | undefined => {
    if (index !== undefined) {
      next = Number(index) - 1;
      isReordered = true;
    }
    next += 1;
    return operands[next - 1];
  };
  const text = format.replace(
    VERB,
    (
      whole: string,
      flags: string,
      first?: string,
      width?: string,
      precision?: string,
      second?: string,
      verb?: string,
    ) => {
      const sizes = [width, precision].map((size) =>
        size === "*" ? Number(take()?.value ?? 0) : Number(size ?? 0),
      );
      if (sizes.some((size) => !(size <= MAX_WIDTH)))
        throw new BuiltinError(`a width or precision is ${MAX_WIDTH} at most`);
      if (verb === undefined) return "%!(NOVERB)";
      if (verb === "%") return "%";
      const operand = take(first ?? second);
      if (operand === undefined)
        return `%!${verb}(${first === undefined && second === undefined ? "MISSING" : "BADINDEX"})`;
      const [size = 0, digits = 0] = sizes;
      return formatOperand(operand, {
        flags: size < 0 ? `${flags}-` : flags,
        width: Math.abs(size),
        precision: HAS_PRECISION.test(whole) ? digits : undefined,
        verb,
      });
    },
  );
  const extra = operands.slice(next);
  if (extra.length === 0 || isReordered) return text;
  return `${text}%!(EXTRA ${extra.map((each) => `${each.type}=${plain(each)}`).join(", ")})`;
}

function operandOf(value: Value): Operand {
  if (typeof value === "string") return { type: "string", value };
  if (!isNumber(value)) return { type: "string", value: regoText(value) };
  const integer = integerOf(value);
  if (integer !== undefined && !/[.eE]/.test(numberText(value))) {
    const isInt = integer <= MAX_INT64 && integer >= -MAX_INT64 - 1n;
    return { type: isInt ? "int" : "*big.Int", value: integer };
  }
  const float = Number(numberText(value));
  return Number.isFinite(float)
    ? { type: "float64", value: float }
    : { type: "string", value: numberText(value) };
}

/** As `%v` prints it. */
function plain(operand: Operand): string {
  return operand.type === "float64"
    ? general(operand.value, undefined, "e")
    : String(operand.value);
}

function formatOperand(operand: Operand, format: Format): string {
  if (format.verb === "T") return pad(operand.type, format);
  switch (operand.type) {
    case "string":
      return formatText(operand, format);
    case "float64":
      return formatFloat(operand, format);
    default:
      return formatInteger(operand, format);
  }
}

function misuse(verb: string, operand: Operand): string {
  return `%!${verb}(${operand.type.replace("*", "")}=${plain(operand)})`;
}

function formatText(operand: Operand & { readonly type: "string" }, format: Format): string {
  const { verb, precision, flags } = format;
  const points = [...operand.value];
  const text = precision === undefined ? operand.value : points.slice(0, precision).join("");
  switch (verb) {
    case "s":
      return pad(text, format);
    case "v":
      return pad(flags.includes("#") ? quote(text) : text, format);
    case "q":
      return pad(flags.includes("#") && !text.includes("`") ? `\`${text}\`` : quote(text), format);
    case "x":
    case "X": {
      const hex = hexOf(text, flags);
      return pad(verb === "X" ? hex.toUpperCase() : hex, format);
    }
    default:
      return `%!${verb}(${operand.type}=${pad(text, format)})`;
  }
}

/** A space sets bytes apart, `#` puts `0x` before what then stands alone. */
function hexOf(text: string, flags: string): string {
  const hex = toHex(encodeUtf8(text));
  const prefix = flags.includes("#") ? "0x" : "";
  if (!flags.includes(" ")) return hex === "" ? "" : prefix + hex;
  return (hex.match(/../g) ?? []).map((byte) => prefix + byte).join(" ");
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /\\u00([01][0-9a-f])|\u007f/g,
    (_match, code?: string) => `\\x${code ?? "7f"}`,
  );
}

function quoteCharacter(character: string): string {
  if (character === "'") return "'\\''";
  return character === '"' ? "'\"'" : `'${quote(character).slice(1, -1)}'`;
}

const BASES: { readonly [verb: string]: readonly [base: number, prefix: string] | undefined } = {
  d: [10, ""],
  v: [10, ""],
  b: [2, "0b"],
  o: [8, "0"],
  O: [8, "0o"],
  x: [16, "0x"],
  X: [16, "0X"],
};

function formatInteger(
  operand: Operand & { readonly type: "int" | "*big.Int" },
  format: Format,
): string {
  const { verb, flags, precision } = format;
  const { value } = operand;
  const isBig = operand.type === "*big.Int";
  if (isBig && "cqU".includes(verb)) return misuse(verb, operand);
  const isCodePoint = value >= 0n && value <= 0x10ffffn;
  const character = isCodePoint ? String.fromCodePoint(Number(value)) : "\ufffd";
  if (verb === "c") return pad(character, format);
  if (verb === "q") return pad(quoteCharacter(character), format);
  if (verb === "U") return pad(`U+${value.toString(16).toUpperCase().padStart(4, "0")}`, format);
  // A big integer knows `%s` as well.
  const name = isBig && verb === "s" ? "d" : verb;
  const base = Object.hasOwn(BASES, name) ? BASES[name] : undefined;
  if (base === undefined) return misuse(verb, operand);
  const size = value < 0n ? -value : value;
  const digits = size.toString(base[0]).padStart(precision ?? 0, "0");
  const prefix = flags.includes("#") || verb === "O" ? base[1] : "";
  const text = signOf(value < 0n, flags) + prefix + (verb === "X" ? digits.toUpperCase() : digits);
  // A precision says how many digits there are: then zeros do not pad.
  return pad(text, precision === undefined ? format : { ...format, flags: flags.replace("0", "") });
}

function signOf(isNegative: boolean, flags: string): string {
  if (isNegative) return "-";
  return flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function formatFloat(operand: Operand & { readonly type: "float64" }, format: Format): string {
  const { verb, flags, precision } = format;
  const size = Math.abs(operand.value);
  const sign = signOf(operand.value < 0, flags);
  switch (verb) {
    case "f":
    case "F":
      return pad(sign + size.toFixed(Math.min(precision ?? 6, 100)), format);
    case "e":
    case "E":
      return pad(sign + exponential(size, Math.min(precision ?? 6, 100), verb), format);
    case "g":
    case "G":
    case "v":
      return pad(sign + general(size, precision, verb === "G" ? "E" : "e"), format);
    default:
      return misuse(verb, operand);
  }
}

/** Go's exponents have two digits at least. */
function exponential(size: number, digits: number | undefined, mark: string): string {
  return size
    .toExponential(digits)
    .replace(/e([+-])(\d+)/, (_match, sign: string, power: string) => {
      return `${mark}${sign}${power.padStart(2, "0")}`;
    });
}

/** Go's text of a float64 with the fewest digits. */
export function goFloatText(value: number): string {
  return Object.is(value, -0) ? "-0" : general(value, undefined, "e");
}

/** The shorter notation: the exponent decides, against -4 and the precision (6 for the fewest digits). */
function general(value: number, precision: number | undefined, mark: string): string {
  const digits = precision === undefined ? undefined : Math.max(precision, 1);
  const [, power = "0"] = value.toExponential(digits && digits - 1).split("e");
  const limit = digits ?? 6;
  if (Number(power) < -4 || Number(power) >= limit) {
    const text = exponential(value, digits && digits - 1, mark);
    return text.replace(/\.?0+(?=[eE])/, "");
  }
  if (digits === undefined) return String(value);
  return value
    .toFixed(Math.max(0, digits - 1 - Number(power)))
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

function pad(text: string, { flags, width }: Format): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0")) return " ".repeat(missing) + text;
  const sign = /^[-+ ]?(?:0[xXbo])?/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}
