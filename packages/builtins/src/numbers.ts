// Arithmetic, rounding and ranges. `-` is also the difference of sets, `&` and `|` are in sets.ts.

import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  compareValues,
  RegoSet,
  someMember,
  type Value,
} from "@writ/evaluator";
import { any, anySet, arrayOf, define, number, oneOf } from "./define.ts";

export const numbers: readonly Builtin[] = [
  define("plus", [number, number], number, (a: number, b: number) => finite(a + b)),
  define("mul", [number, number], number, (a: number, b: number) => finite(a * b)),
  define("minus", [oneOf(number, anySet), oneOf(number, anySet)], oneOf(number, anySet), minus),
  define("div", [number, number], number, (a: number, b: number) => {
    if (b === 0) throw new BuiltinError("divide by zero");
    return finite(a / b);
  }),
  define("rem", [number, number], number, (a: number, b: number) => {
    if (b === 0) throw new BuiltinError("modulo by zero");
    if (!Number.isInteger(a) || !Number.isInteger(b)) {
      throw new BuiltinError("modulo on floating-point number");
    }
    return a % b;
  }),
  define("abs", [number], number, Math.abs),
  define("ceil", [number], number, (a: number) => Math.ceil(a)),
  define("floor", [number], number, (a: number) => Math.floor(a)),
  // Half away from zero, which Math.round is not for negatives.
  define("round", [number], number, (a: number) => Math.sign(a) * Math.round(Math.abs(a))),
  define("numbers.range", [number, number], arrayOf(number), range),
  define("to_number", [any], number, toNumber),
];

function minus(a: number | RegoSet, b: number | RegoSet): Value {
  if (typeof a === "number" && typeof b === "number") return finite(a - b);
  if (a instanceof RegoSet && b instanceof RegoSet) {
    return new RegoSet(
      a.items.filter((item) => !someMember(b, (other) => compareValues(item, other) === 0)),
    );
  }
  throw new BuiltinError("operands must both be numbers or both be sets", "eval_type_error");
}

function finite(result: number): number {
  if (!Number.isFinite(result)) throw new BuiltinError("the result is too large for a number");
  return result;
}

function range(from: number, to: number, context: BuiltinContext): Value {
  if (!Number.isInteger(from) || !Number.isInteger(to)) {
    throw new BuiltinError("operands must be integers");
  }
  const count = Math.abs(to - from) + 1;
  context.step(count);
  const step = to >= from ? 1 : -1;
  return Array.from({ length: count }, (_unused, index) => from + step * index);
}

function toNumber(value: Value): Value {
  if (value === null) return 0;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) {
    return finite(Number(value));
  }
  throw new BuiltinError("cannot be read as a number");
}
