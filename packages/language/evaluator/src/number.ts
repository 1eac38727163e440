// Rego's numbers. A JavaScript number stands for the decimal it prints as, so 0.1 is exactly one tenth. A
// decimal that no JavaScript number prints as (a large integer, many digits) is a RegoNumber; the same
// number always has the same form.

import { spend } from "./meter.ts";

/** An exact decimal, significand × 10^exponent, that no JavaScript number stands for. Made by `parseNumber`. */
export class RegoNumber {
  /** Without factors of ten. */
  readonly significand: bigint;
  readonly exponent: number;
  /** As it was written; prints the same, and means nothing else. */
  readonly source: string | undefined;

  constructor(significand: bigint, exponent: number, source?: string) {
    this.significand = significand;
    this.exponent = exponent;
    this.source = source;
  }

  /** As it was written, or as OPA writes what it computed: an integer in full, a fraction as Go's `%g`. */
  toString(): string {
    const { significand, exponent, source } = this;
    if (source !== undefined) return source;
    const digits = (significand < 0n ? -significand : significand).toString();
    const sign = significand < 0n ? "-" : "";
    const point = digits.length + exponent;
    if (exponent >= 0 && point <= MAX_DIGITS) return sign + digits + "0".repeat(exponent);
    if (exponent < 0 && point > 0 && point <= MAX_WHOLE)
      return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
    if (exponent < 0 && point <= 0 && point >= -MAX_ZEROS)
      return `${sign}0.${"0".repeat(-point)}${digits}`;
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits[0]}${fraction}e${point > 0 ? "+" : "-"}${String(Math.abs(point - 1)).padStart(2, "0")}`;
  }

  /** For JSON.stringify: the digits, not a string of them. */
  toJSON(): unknown {
    return rawJson(this.toString());
  }
}

/** A number of Rego, in its one form: JavaScript's where one prints as it. */
export type NumberValue = number | RegoNumber;

/** Longer than any number a policy computes with, short enough to compute with. */
export const MAX_DIGITS = 10_000;
/** Digits before the point, and zeros behind it, of a fraction that is written without an exponent. */
const MAX_WHOLE = 6;
const MAX_ZEROS = 3;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

// SAFETY: Node 24 has JSON.rawJSON; the library types do not.
const rawJson = (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON;

/** The number that decimal digits stand for; undefined for anything else, and for more than 10,000 digits. */
export function parseNumber(text: string): NumberValue | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const exponent = Number(power) - fraction.length;
  if (whole.length + fraction.length > MAX_DIGITS || Math.abs(exponent) > MAX_DIGITS)
    return undefined;
  const digits = BigInt(whole + fraction);
  const made = makeNumber(sign === "-" ? -digits : digits, exponent);
  if (typeof made === "number" || sign === "+") return made;
  return new RegoNumber(made.significand, made.exponent, text);
}

/** significand × 10^exponent, in its one form. */
export function makeNumber(significand: bigint, exponent: number): NumberValue {
  const exact = normalize(significand, exponent);
  const near = Number(`${exact.significand}e${exact.exponent}`);
  if (!Number.isFinite(near)) return exact;
  const back = decimalOf(near);
  const isSame = back.significand === exact.significand && back.exponent === exact.exponent;
  return isSame ? near || 0 : exact;
}

/** The decimal that a number is, whatever its form. */
export function decimalOf(value: NumberValue): RegoNumber {
  if (typeof value !== "number") return value;
  if (Number.isSafeInteger(value)) return normalize(BigInt(value), 0);
  const [mantissa = "0", power = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return normalize(BigInt(whole + fraction), Number(power) - fraction.length);
}

/** Whether a value is a number, of either form. */
export function isNumber(value: unknown): value is NumberValue {
  return typeof value === "number" || value instanceof RegoNumber;
}

/** Negative, zero or positive: exact, whatever the forms. */
export function compareNumbers(a: NumberValue, b: NumberValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  spend(1);
  const left = decimalOf(a);
  const right = decimalOf(b);
  const order = signOf(left) - signOf(right);
  if (order !== 0 || left.significand === 0n) return order;
  const magnitude = (magnitudeOf(left) - magnitudeOf(right)) * signOf(left);
  if (magnitude !== 0) return magnitude;
  const exponent = Math.min(left.exponent, right.exponent);
  const difference = scaled(left, exponent) - scaled(right, exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The integer that a number is, if it is one. */
export function integerOf(value: NumberValue): bigint | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? exactInteger(value) : undefined;
  return value.exponent >= 0 ? scaled(value, 0) : undefined;
}

/** A number from an integer. */
export function fromInteger(value: bigint): NumberValue {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : makeNumber(value, 0);
}

/** What a number prints as. */
export function numberText(value: NumberValue): string {
  if (typeof value !== "number") {
    spend(numberSteps(value));
    return value.toString();
  }
  return Number.isSafeInteger(value) || !Number.isInteger(value)
    ? String(value)
    : exactInteger(value).toString();
}

/** 1e21 is the decimal it prints as, not the binary number nearest to it. */
function exactInteger(value: number): bigint {
  return Number.isSafeInteger(value) ? BigInt(value) : scaled(decimalOf(value), 0);
}

function scaled(value: RegoNumber, exponent: number): bigint {
  spendDigits(value.significand);
  return value.significand * powerOfTen(value.exponent - exponent);
}

/** A power of ten that a large number is multiplied or divided by: the larger, the longer that takes. */
export function powerOfTen(exponent: number): bigint {
  if (exponent > FEW_DIGITS) spend(exponent >> 3);
  return 10n ** BigInt(exponent);
}

const FEW_DIGITS = 64;
const FEW_BITS = 1n << 256n;

/** Digits cost more than their number. */
function spendDigits(significand: bigint): void {
  if (significand > FEW_BITS || significand < -FEW_BITS) spend(MAX_DIGITS);
}

/** The steps of computing with a number, or printing it. */
export function numberSteps(value: NumberValue): number {
  if (typeof value === "number") return 0;
  const { significand, exponent } = value;
  const isLong = significand > FEW_BITS || significand < -FEW_BITS;
  return 4 + (Math.abs(exponent) >> 3) + (isLong ? MAX_DIGITS : 0);
}

function signOf({ significand }: RegoNumber): number {
  return significand < 0n ? -1 : significand > 0n ? 1 : 0;
}

/** Digits before the point. */
function magnitudeOf({ significand, exponent }: RegoNumber): number {
  spendDigits(significand);
  return significand.toString().length - (significand < 0n ? 1 : 0) + exponent;
}

function normalize(significand: bigint, exponent: number): RegoNumber {
  if (significand === 0n) return new RegoNumber(0n, 0);
  spendDigits(significand);
  const text = significand.toString();
  const kept = withoutZeros(text);
  if (kept.length === text.length) return new RegoNumber(significand, exponent);
  return new RegoNumber(BigInt(kept), exponent + text.length - kept.length);
}

/** Without the zeros at its end. A regular expression would start anew at each zero within. */
export function withoutZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
