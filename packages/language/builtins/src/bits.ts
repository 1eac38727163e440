// Bit operations, on integers of any size in two's complement.

import { type Builtin, BuiltinError, exactly, integerOf, type NumberValue } from "@writ/evaluator";
import { ARITHMETIC } from "./cost.ts";
import { define, number } from "./define.ts";

/** A shift by more would make a number nobody can compute with. */
const MAX_SHIFT = 10_000n;

const OPERATIONS: readonly (readonly [string, (a: bigint, b: bigint) => bigint])[] = [
  ["and", (a, b) => a & b],
  ["or", (a, b) => a | b],
  ["xor", (a, b) => a ^ b],
  ["lsh", (a, b) => a << shift(b)],
  ["rsh", (a, b) => a >> shift(b)],
];

export const bits: readonly Builtin[] = [
  ...OPERATIONS.map(([name, operate]) =>
    define(`bits.${name}`, [number, number], number, ARITHMETIC, (a: NumberValue, b: NumberValue) =>
      exactly(operate(integer(a, 1), integer(b, 2))),
    ),
  ),
  define("bits.negate", [number], number, ARITHMETIC, (a: NumberValue) => exactly(~integer(a, 1))),
];

function integer(value: NumberValue, operand: number): bigint {
  const found = integerOf(value);
  if (found !== undefined) return found;
  throw new BuiltinError(
    `operand ${operand} must be integer number but got floating-point number`,
    { code: "eval_type_error" },
  );
}

function shift(by: bigint): bigint {
  if (by < 0n)
    throw new BuiltinError(
      "operand 2 must be an unsigned integer number but got a negative integer",
      { code: "eval_type_error" },
    );
  if (by > MAX_SHIFT) throw new BuiltinError(`a shift is by ${MAX_SHIFT} bits at most`);
  return by;
}
