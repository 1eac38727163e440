// Values as Go's templates see those of Rego: OPA hands them over as JSON, with numbers as their digits.

import {
  BuiltinError,
  isArray,
  isNumber,
  numberText,
  objectEntries,
  parseNumber,
  RegoSet,
  regoText,
  spend,
  type Value,
} from "@writ/evaluator";
import { encodeUtf8 } from "./bytes.ts";
import { sprintf } from "./sprintf.ts";
import type { GoFloat, GoInt } from "./template-parse.ts";

/** A number from JSON, which to Go is a kind of string. */
export class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type GoValue =
  | null
  | string
  | boolean
  | GoInt
  | GoFloat
  | Digits
  | readonly GoValue[]
  | ReadonlyMap<string, GoValue>;

export function toGo(value: Value): GoValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  spend(1);
  if (isNumber(value)) return new Digits(numberText(value));
  if (isArray(value)) return value.map(toGo);
  if (value instanceof RegoSet) return value.items.map(toGo);
  const entries = (objectEntries(value) ?? []).map(([key, item]): [string, GoValue] => [
    typeof key === "string" ? key : regoText(key),
    toGo(item),
  ]);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
}

export function isList(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value);
}

/** What `if` asks: not the zero of its type. */
export function isTrue(value: GoValue): boolean {
  if (value === null || typeof value === "boolean") return value === true;
  if (typeof value === "string") return value !== "";
  if (value instanceof Digits) return true;
  if (isList(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return ("int" in value ? value.int : (value as GoFloat).float) !== 0;
}

/** As `%v` prints it; nil stands for itself there. */
export function goText(value: GoValue): string {
  if (value === null) return "<nil>";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value instanceof Digits) return value.text;
  if (isList(value)) return `[${value.map(goText).join(" ")}]`;
  if (value instanceof Map)
    return `map[${[...value].map(([key, item]) => `${key}:${goText(item)}`).join(" ")}]`;
  return "int" in value ? String(value.int) : floatText((value as GoFloat).float);
}

/** The shortest digits, with an exponent of two digits at least below -4 and from 6 on. */
function floatText(value: number): string {
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 6)) return String(value);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** `print`: blanks between operands of which neither is a string. */
export function printed(values: readonly GoValue[]): string {
  const isText = (value: GoValue | undefined): boolean =>
    typeof value === "string" || value instanceof Digits;
  return values
    .map((value, index) => {
      const before = values[index - 1];
      const isApart = index > 0 && !isText(value) && !isText(before);
      return `${isApart ? " " : ""}${goText(value)}`;
    })
    .join("");
}

/** Numbers that the template itself writes are numbers; all else is printed as its text. */
export function printedAs(format: string, values: readonly GoValue[]): string {
  const operands = values.map((value): Value => {
    const isPlain = typeof value !== "object" || value === null || value instanceof Digits;
    if (isPlain || isList(value) || value instanceof Map) return goText(value);
    return parseNumber(goText(value)) ?? goText(value);
  });
  return sprintf(format.replace(/%t/g, "%v"), operands);
}

export function lengthOf(value: GoValue | undefined): number {
  if (typeof value === "string") return encodeUtf8(value).length;
  if (value instanceof Digits) return value.text.length;
  if (value !== undefined && value !== null && isList(value)) return value.length;
  if (value instanceof Map) return value.size;
  throw new BuiltinError(`template: len of ${value === undefined ? "nothing" : goText(value)}`);
}
