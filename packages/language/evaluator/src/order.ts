// Rego's total order and equality: null, booleans, numbers, strings, arrays, objects, sets, in that
// order; within a type as OPA does it (`v1/ast/compare.go`). Two values are equal when their order is 0.

import { CHARACTERS_A_STEP, spend, textSteps } from "./meter.ts";
import { compareNumbers, isNumber, RegoNumber } from "./number.ts";
import { compareStrings, objectEntries, RegoSet, type Value } from "./value.ts";

/** Negative, zero or positive. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  const rankA = rank(a);
  const rankB = rank(b);
  if (rankA !== rankB) return rankA - rankB;
  if (typeof a === "boolean") return Number(a) - Number(b);
  if (Array.isArray(a)) return compareLists(a, b as readonly Value[]);
  if (a instanceof RegoSet) return compareLists(a.items, (b as RegoSet).items);
  return compareObjects(a, b);
}

/** Whether `compareValues` gives 0. */
export function equalValues(a: Value, b: Value): boolean {
  if (typeof a === "string" && typeof b === "string") return equalTexts(a, b);
  if (a === b) return true;
  return typeof a !== "string" && typeof b !== "string" && compareValues(a, b) === 0;
}

function equalTexts(a: string, b: string): boolean {
  // Texts of different lengths differ, and bytes are compared many at a time.
  if (a.length === b.length && a.length > MANY) spend(textSteps(a.length) >> 2);
  return a === b;
}

const MANY = 8 * CHARACTERS_A_STEP;

function rank(value: Value): number {
  switch (typeof value) {
    case "boolean":
      return 1;
    case "number":
      return 2;
    case "string":
      return 3;
    default:
      if (value === null) return 0;
      if (Array.isArray(value)) return 4;
      if (value instanceof RegoNumber) return 2;
      return value instanceof RegoSet ? 6 : 5;
  }
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length);
  spend(1);
  for (let index = 0; index < length; index += 1) {
    const order = compareValues(a[index] as Value, b[index] as Value);
    if (order !== 0) return order;
    if ((index & 7) === 7) spend(1);
  }
  return a.length - b.length;
}

function compareObjects(a: Value, b: Value): number {
  spend(8);
  const entriesA = objectEntries(a) ?? [];
  const entriesB = objectEntries(b) ?? [];
  const length = Math.min(entriesA.length, entriesB.length);
  for (let index = 0; index < length; index += 1) {
    const [keyA, valueA] = entriesA[index] as readonly [Value, Value];
    const [keyB, valueB] = entriesB[index] as readonly [Value, Value];
    const order = compareValues(keyA, keyB) || compareValues(valueA, valueB);
    if (order !== 0) return order;
  }
  return entriesA.length - entriesB.length;
}
