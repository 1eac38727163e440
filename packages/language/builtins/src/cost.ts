// What calls cost, declared with each function. A step is about what looking at one member of a collection takes
// (some ten nanoseconds); texts are paid by the character, at rates that were measured.

import {
  type Cost,
  isArray,
  isNumber,
  isPlainObject,
  numberSteps,
  RegoObject,
  RegoSet,
  textSteps,
  type Value,
} from "@writ/evaluator";

/** As much work whatever is given, or work that comparing, sorting and printing count themselves. */
export const CONSTANT: Cost = { growth: "constant", before: () => 0 };

/** Computes with numbers: those of JavaScript take no time, those of thousands of digits do. */
export const ARITHMETIC: Cost = {
  growth: "linear",
  before: (args) => sumOf(args, (arg) => (isNumber(arg) ? numberSteps(arg) : sizeOf(arg))),
};

/** Goes once through the texts and the members of the collections given, not into them. */
export const LINEAR: Cost = { growth: "linear", before: (args) => sumOf(args, sizeOf) };

/** As LINEAR, and the texts that are members count by their characters. */
export const TEXTS: Cost = { growth: "linear", before: (args) => sumOf(args, sizeWithTexts) };

/** The work depends on what is found on the way, and the function counts it as it goes. */
export const COUNTED: Cost = { growth: "linear", before: (args) => sumOf(args, sizeOf) };
/** The same, where twice as much given may be more than twice the work. */
export const COUNTED_SUPERLINEAR: Cost = { ...COUNTED, growth: "superlinear" };

/** Reads texts at so many steps a character: parsers, ciphers and other libraries. */
export function perCharacter(steps: number): Cost {
  return {
    growth: "linear",
    before: (args) => Math.ceil(sumOf(args, charactersOf) * steps) + sumOf(args, sizeOf),
  };
}

/** A cryptographic operation beside reading the texts. */
export function plus(fixed: number, { growth, before }: Cost): Cost {
  return { growth, before: (args) => fixed + before(args) };
}

function sumOf(args: readonly Value[], measure: (value: Value) => number): number {
  let sum = 0;
  for (const arg of args) sum += measure(arg);
  return sum;
}

function sizeOf(value: Value): number {
  if (typeof value === "string") return value.length < SHORT ? 0 : textSteps(value.length);
  if (typeof value !== "object" || value === null) return 0;
  return Math.ceil(countOf(value) / MEMBERS_A_STEP);
}

/** Less text is part of the step of the call. */
const SHORT = 32;
/** Copying members of a collection takes less than looking at them. */
const MEMBERS_A_STEP = 4;

function sizeWithTexts(value: Value): number {
  const items = itemsOf(value);
  return items === undefined ? sizeOf(value) : items.length + sumOf(items, sizeOf);
}

function charactersOf(value: Value): number {
  if (typeof value === "string") return value.length;
  const items = itemsOf(value);
  return items === undefined
    ? 0
    : sumOf(items, (item) => (typeof item === "string" ? item.length : 0));
}

function itemsOf(value: Value): readonly Value[] | undefined {
  return value instanceof RegoSet ? value.items : isArray(value) ? value : undefined;
}

function countOf(value: Value): number {
  const items = itemsOf(value);
  if (items !== undefined) return items.length;
  if (value instanceof RegoObject) return value.keys.length;
  return isPlainObject(value) ? Object.keys(value).length : 0;
}
