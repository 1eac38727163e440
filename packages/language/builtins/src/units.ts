// Amounts with SI or binary units: `units.parse` tells milli from mega by case, `units.parse_bytes` does not.

import {
  type Builtin,
  BuiltinError,
  decimalOf,
  fromInteger,
  makeNumber,
  multiply,
  type NumberValue,
  parseNumber,
} from "@writ/evaluator";
import { perCharacter } from "./cost.ts";
import { define, number, string } from "./define.ts";

const PREFIXES = ["k", "m", "g", "t", "p", "e"];
const DECIMAL = new Map(PREFIXES.map((prefix, index) => [prefix, 1000n ** BigInt(index + 1)]));
const BINARY = new Map(PREFIXES.map((prefix, index) => [`${prefix}i`, 1024n ** BigInt(index + 1)]));
/** A number, with an exponent only if digits follow its `e`; what is left is the unit. */
const AMOUNT = /^((?:[\d.+-]|[eE](?=[\d+-])[+-]?)*)(.*)$/s;
/** Digits after the point of an amount that is no integer. */
const MAX_FRACTION = 10;

export const units: readonly Builtin[] = [
  define("units.parse", [string], number, perCharacter(1), (text: string) => {
    const { amount, unit } = split(text.replaceAll('"', ""));
    const name = unit.slice(0, 1) + unit.slice(1).toLowerCase();
    const { significand, exponent } = decimalOf(amount);
    if (name === "m") return rounded(significand, exponent - 3);
    const isKnown = name === "M" || name.toLowerCase() !== "m";
    const factor = isKnown ? factorOf(name.toLowerCase()) : undefined;
    if (factor === undefined) throw new BuiltinError(`unit ${name} not recognized`);
    return rounded(significand * factor, exponent);
  }),
  define("units.parse_bytes", [string], number, perCharacter(1), (text: string) => {
    const bare = text.toLowerCase().replaceAll('"', "");
    const { amount, unit } = split(bare, "byte ");
    const factor = factorOf(unit.replace(/b$/, ""));
    if (factor === undefined || unit === "b")
      throw new BuiltinError(`byte unit ${unit} not recognized`);
    return truncated(multiply(amount, fromInteger(factor)));
  }),
];

function factorOf(unit: string): bigint | undefined {
  return unit === "" ? 1n : (DECIMAL.get(unit) ?? BINARY.get(unit));
}

function split(text: string, what = ""): { readonly amount: NumberValue; readonly unit: string } {
  if (text.includes(" ")) throw new BuiltinError("spaces not allowed in resource strings");
  const [, digits = "", unit = ""] = AMOUNT.exec(text) ?? [];
  if (digits === "") throw new BuiltinError(`no ${what}amount provided`);
  const amount = parseNumber(digits);
  if (amount === undefined) throw new BuiltinError(`could not parse ${what}amount to a number`);
  return { amount, unit };
}

/** Half away from zero. */
function rounded(significand: bigint, exponent: number): NumberValue {
  const excess = -exponent - MAX_FRACTION;
  if (excess <= 0) return makeNumber(significand, exponent);
  const unit = 10n ** BigInt(excess);
  const half = significand < 0n ? -unit / 2n : unit / 2n;
  return makeNumber((significand + half) / unit, -MAX_FRACTION);
}

function truncated(value: NumberValue): NumberValue {
  const { significand, exponent } = decimalOf(value);
  return exponent >= 0 ? value : fromInteger(significand / 10n ** BigInt(-exponent));
}
