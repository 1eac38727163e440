// Arithmetic, rounding and ranges. `-` is also the difference of sets, `&` and `|` are in sets.ts.

import {
  add,
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  compareNumbers,
  divide,
  fromInteger,
  getMember,
  integerOf,
  isNumber,
  multiply,
  type NumberValue,
  negate,
  parseNumber,
  RegoSet,
  rounded,
  subtract,
  type Value,
} from "@writ/evaluator";
import { ARITHMETIC, COUNTED, COUNTED_SUPERLINEAR, perCharacter } from "./cost.ts";
import { any, anySet, arrayOf, define, number, oneOf } from "./define.ts";

const numberOrSet = oneOf(number, anySet);

export const numbers: readonly Builtin[] = [
  define("plus", [number, number], number, ARITHMETIC, add),
  define("mul", [number, number], number, ARITHMETIC, multiply),
  define("minus", [numberOrSet, numberOrSet], numberOrSet, COUNTED, minus),
  define("div", [number, number], number, ARITHMETIC, (a: NumberValue, b: NumberValue) => {
    if (b === 0) throw new BuiltinError("divide by zero");
    return divide(a, b);
  }),
  define("rem", [number, number], number, ARITHMETIC, (a: NumberValue, b: NumberValue) => {
    const [left, right] = [integerOf(a), integerOf(b)];
    if (right === 0n) throw new BuiltinError("modulo by zero");
    if (left === undefined || right === undefined)
      throw new BuiltinError("modulo on floating-point number");
    return fromInteger(left % right);
  }),
  define("abs", [number], number, ARITHMETIC, (a: NumberValue) =>
    compareNumbers(a, 0) < 0 ? negate(rounded(a)) : rounded(a),
  ),
  define("ceil", [number], number, ARITHMETIC, (a: NumberValue) => negate(floor(negate(a)))),
  define("floor", [number], number, ARITHMETIC, floor),
  define("round", [number], number, ARITHMETIC, round),
  define("numbers.range", [number, number], arrayOf(number), COUNTED_SUPERLINEAR, range),
  define(
    "numbers.range_step",
    [number, number, number],
    arrayOf(number),
    COUNTED_SUPERLINEAR,
    rangeStep,
  ),
  define("to_number", [any], number, perCharacter(1), toNumber),
];

function minus(a: NumberValue | RegoSet, b: NumberValue | RegoSet): Value {
  if (isNumber(a) && isNumber(b)) return subtract(a, b);
  if (a instanceof RegoSet && b instanceof RegoSet) {
    return new RegoSet(a.items.filter((item) => getMember(b, item) === undefined));
  }
  const [wanted, found] = isNumber(a) ? ["number", "set"] : ["set", "number"];
  throw new BuiltinError(`operand 2 must be ${wanted} but got ${found}`, {
    code: "eval_type_error",
  });
}

function floor(exact: NumberValue): NumberValue {
  const value = rounded(exact);
  if (typeof value === "number") return Math.floor(value) || 0;
  if (value.exponent >= 0) return value;
  const unit = 10n ** BigInt(-value.exponent);
  const whole = value.significand / unit;
  return fromInteger(value.significand < 0n ? whole - 1n : whole);
}

/** Half away from zero. */
function round(value: NumberValue): NumberValue {
  if (typeof value === "number" ? Number.isInteger(value) : value.exponent >= 0) return value;
  return compareNumbers(value, 0) < 0
    ? negate(floor(add(negate(value), 0.5)))
    : floor(add(value, 0.5));
}

function range(from: NumberValue, to: NumberValue, context: BuiltinContext): Value {
  return rangeOf(from, to, 1n, context);
}

function rangeStep(
  from: NumberValue,
  to: NumberValue,
  step: NumberValue,
  context: BuiltinContext,
): Value {
  const size = integerOf(step);
  if (size === undefined) throw notAnInteger(3);
  if (size <= 0n) throw new BuiltinError("step must be a positive number above zero");
  return rangeOf(from, to, size, context);
}

/** Up or down, both ends included where the step meets them. */
function rangeOf(from: NumberValue, to: NumberValue, size: bigint, context: BuiltinContext): Value {
  const [start, end] = [integerOf(from), integerOf(to)];
  if (start === undefined) throw notAnInteger(1);
  if (end === undefined) throw notAnInteger(2);
  const isUp = end >= start;
  const count = Number((isUp ? end - start : start - end) / size) + 1;
  context.step(count);
  const step = isUp ? size : -size;
  return Array.from({ length: count }, (_unused, index) =>
    fromInteger(start + step * BigInt(index)),
  );
}

function notAnInteger(operand: number): BuiltinError {
  return new BuiltinError(
    `operand ${operand} must be integer number but got floating-point number`,
    { code: "eval_type_error" },
  );
}

/** What Go reads as a number and JSON has none for. */
const NO_NUMBER = /^[+-]*(?:nan|inf|infinity)$/i;

function toNumber(value: Value): Value {
  if (value === null) return 0;
  if (typeof value === "boolean") return Number(value);
  if (isNumber(value)) return value;
  if (typeof value === "string" && NO_NUMBER.test(value))
    throw new BuiltinError("operand 1 must be valid number string but got string", {
      code: "eval_type_error",
    });
  const parsed = typeof value === "string" ? parseNumber(value) : undefined;
  // Go reads a float64, and keeps the digits.
  if (parsed === undefined || !Number.isFinite(Number(value)))
    throw new BuiltinError("cannot be read as a number");
  return parsed;
}
