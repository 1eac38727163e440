// Arithmetic as OPA does it: of integers it is exact, whatever their size; everything else is binary floating
// point with a significand of 64 bits, rounded to even, and printed with the fewest digits that tell the result
// from its neighbours (Go's big.Float at its default precision). So 0.1 + 0.2 is 0.3.

import { BuiltinError } from "./evaluation.ts";
import {
  decimalOf,
  fromInteger,
  integerOf,
  MAX_DIGITS,
  makeNumber,
  type NumberValue,
  powerOfTen,
  withoutZeros,
} from "./number.ts";

/** significand × 2^exponent; the significand has at most 64 bits. */
interface Float {
  readonly significand: bigint;
  readonly exponent: number;
}

const PRECISION = 64;
const MAX_INTEGER = 10n ** BigInt(MAX_DIGITS);

/** The sum: exact for integers, otherwise rounded as OPA rounds it. */
export function add(a: NumberValue, b: NumberValue): NumberValue {
  if (typeof a === "number" && typeof b === "number" && areExact(a, b, a + b)) return a + b;
  const integers = integersOf(a, b);
  if (integers !== undefined) return exactly(integers[0] + integers[1]);
  const [left, right] = [toFloat(a), toFloat(b)];
  const exponent = Math.min(left.exponent, right.exponent);
  const sum =
    (left.significand << BigInt(left.exponent - exponent)) +
    (right.significand << BigInt(right.exponent - exponent));
  return fromFloat(round(sum, 1n, exponent));
}

/** The difference, rounded as sums are. */
export function subtract(a: NumberValue, b: NumberValue): NumberValue {
  return add(a, negate(b));
}

/** The product, rounded as sums are. */
export function multiply(a: NumberValue, b: NumberValue): NumberValue {
  if (typeof a === "number" && typeof b === "number" && areExact(a, b, a * b)) return a * b || 0;
  const integers = integersOf(a, b);
  if (integers !== undefined) return exactly(integers[0] * integers[1]);
  const [left, right] = [toFloat(a), toFloat(b)];
  return fromFloat(round(left.significand * right.significand, 1n, left.exponent + right.exponent));
}

/** The quotient, exact where it is an integer of integers. The divisor is not zero. */
export function divide(a: NumberValue, b: NumberValue): NumberValue {
  if (typeof a === "number" && typeof b === "number" && areExact(a, b, a / b)) return a / b || 0;
  const integers = integersOf(a, b);
  if (integers !== undefined && integers[0] % integers[1] === 0n)
    return exactly(integers[0] / integers[1]);
  const [left, right] = [toFloat(a), toFloat(b)];
  return fromFloat(round(left.significand, right.significand, left.exponent - right.exponent));
}

/** The same number with the other sign; never negative zero. */
export function negate(value: NumberValue): NumberValue {
  if (typeof value === "number") return value === 0 ? 0 : -value;
  return makeNumber(-value.significand, value.exponent);
}

/** As arithmetic takes a fraction with more digits than it computes with. */
export function rounded(value: NumberValue): NumberValue {
  return typeof value === "number" || value.exponent >= 0 ? value : multiply(value, 1);
}

/** An integer that was computed: an error where nobody could compute with it further. */
export function exactly(value: bigint): NumberValue {
  if (value >= MAX_INTEGER || value <= -MAX_INTEGER) throw tooLong();
  return fromInteger(value);
}

function tooLong(): BuiltinError {
  return new BuiltinError(`a number has ${MAX_DIGITS} digits at most`);
}

function integersOf(a: NumberValue, b: NumberValue): readonly [bigint, bigint] | undefined {
  const x = integerOf(a);
  const y = x === undefined ? undefined : integerOf(b);
  return x === undefined || y === undefined ? undefined : [x, y];
}

function areExact(a: number, b: number, result: number): boolean {
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(result);
}

function toFloat(value: NumberValue): Float {
  const { significand, exponent } = decimalOf(value);
  return exponent >= 0
    ? round(significand * powerOfTen(exponent), 1n, 0)
    : round(significand, powerOfTen(-exponent), 0);
}

/** numerator / denominator × 2^exponent, to the nearest of 64 bits, ties to even. */
function round(numerator: bigint, denominator: bigint, exponent: number): Float {
  const isNegative = numerator < 0n !== denominator < 0n;
  const n = magnitude(numerator);
  const d = magnitude(denominator);
  if (n === 0n) return { significand: 0n, exponent: 0 };
  // Enough bits for the quotient to have the precision and at least one more.
  const shift = PRECISION + 2 - (bitLength(n) - bitLength(d));
  const scaledN = shift > 0 ? n << BigInt(shift) : n;
  const scaledD = shift > 0 ? d : d << BigInt(-shift);
  const quotient = scaledN / scaledD;
  const isInexact = quotient * scaledD !== scaledN;
  const excess = bitLength(quotient) - PRECISION;
  const cut = 1n << BigInt(excess);
  let significand = quotient >> BigInt(excess);
  const rest = quotient & (cut - 1n);
  const half = cut >> 1n;
  const isAbove = rest > half || (rest === half && (isInexact || (significand & 1n) === 1n));
  if (isAbove) significand += 1n;
  return {
    significand: isNegative ? -significand : significand,
    exponent: exponent - shift + excess,
  };
}

/** The shortest decimal that lies nearer to this float than to any other of its precision. */
function fromFloat({ significand, exponent }: Float): NumberValue {
  if (significand === 0n) return 0;
  const size = magnitude(significand);
  // One bit more, so that half a unit in the last place is an integer.
  const widen = PRECISION + 1 - bitLength(size);
  const middle = size << BigInt(widen);
  const power = exponent - widen;
  const [digits, point] = decimalDigits(middle, power);
  const [lower] = decimalDigits(middle - 1n, power);
  const [upper] = decimalDigits(middle + 1n, power);
  const isInclusive = (middle & 2n) === 0n;
  const text = shortest(digits, lower, upper, isInclusive);
  const value = BigInt(text.digits);
  const scale = point - text.count;
  if (Math.abs(scale) > MAX_DIGITS) throw tooLong();
  return makeNumber(significand < 0n ? -value : value, scale);
}

/** The exact decimal digits of size × 2^power, and where its point is. */
function decimalDigits(size: bigint, power: number): readonly [digits: string, point: number] {
  const digits = (power >= 0 ? size << BigInt(power) : size * 5n ** BigInt(-power)).toString();
  return [withoutZeros(digits), digits.length + Math.min(power, 0)];
}

/** After Steele and White, digit by digit: `count` digits, of which the first may have become "10". */
function shortest(
  digits: string,
  lower: string,
  upper: string,
  isInclusive: boolean,
): { readonly digits: string; readonly count: number } {
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[index]);
    const low = Number(lower[index] ?? 0);
    const high = Number(upper[index] ?? 0);
    const canGoDown = low !== digit || (isInclusive && index + 1 === lower.length);
    const canGoUp = digit !== high && (isInclusive || digit + 1 < high || index + 1 < upper.length);
    if (!(canGoDown || canGoUp)) continue;
    const head = digits.slice(0, index + 1);
    const goesUp = canGoUp && (!canGoDown || isUpperHalf(digits, index + 1));
    return { digits: goesUp ? (BigInt(head) + 1n).toString() : head, count: index + 1 };
  }
  return { digits, count: digits.length };
}

function isUpperHalf(digits: string, at: number): boolean {
  const next = digits[at] ?? "0";
  // Exactly half way: to even.
  if (next === "5" && at + 1 === digits.length) return Number(digits[at - 1]) % 2 === 1;
  return next >= "5";
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0] ?? "0", 16)));
}
