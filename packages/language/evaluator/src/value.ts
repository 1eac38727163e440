// Rego's values in JavaScript. JSON stays what it is: null, booleans, numbers, strings, arrays and
// plain objects are used as they come, so an input needs no conversion. Three things JavaScript lacks have
// classes: sets, objects with keys that are not strings, and numbers with more digits than its own. Undefined is JavaScript's undefined and is
// never a member of anything.

import { sortSteps, spend, textSteps } from "./meter.ts";
import { RegoNumber } from "./number.ts";

/** A value of Rego: JSON as it is, and classes for what JSON lacks. */
export type Value =
  | null
  | boolean
  | number
  | RegoNumber
  | string
  | readonly Value[]
  | RegoSet
  | RegoObject
  | PlainObject;

/** An object whose keys are all strings. Keys are own properties; the prototype is never consulted. */
export interface PlainObject {
  readonly [key: string]: Value;
}

/** A set: its items without duplicates, in Rego's order. Build sets with `makeSet`. */
export class RegoSet {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/**
 * An object of which at least one key is not a string, in Rego's order of keys. Build objects with
 * `makeObject`, which chooses the form: two equal objects always have the same form.
 */
export class RegoObject {
  readonly keys: readonly Value[];
  readonly values: readonly Value[];

  constructor(keys: readonly Value[], values: readonly Value[]) {
    this.keys = keys;
    this.values = values;
  }
}

/** Whether a value is an array; sets are none. */
export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is an object all of whose keys are strings. */
export function isPlainObject(value: Value | undefined): value is PlainObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegoSet) &&
    !(value instanceof RegoObject) &&
    !(value instanceof RegoNumber)
  );
}

/** The entries of either form of object; undefined for anything else. */
export function objectEntries(value: Value): readonly (readonly [Value, Value])[] | undefined {
  if (value instanceof RegoObject) {
    spend(value.keys.length >> 3);
    return value.keys.map((key, index) => [key, value.values[index] as Value] as const);
  }
  if (isPlainObject(value)) {
    return sortedKeys(value).map((key) => [key, value[key] as Value] as const);
  }
  return undefined;
}

/** Property names in Rego's order, which is the order of code points. */
export function sortedKeys(value: PlainObject): string[] {
  const keys = Object.keys(value);
  if (keys.length > 1) spend(sortSteps(keys.length) >> 1);
  return keys.sort(compareStrings);
}

/** Comparing less than this is part of the step of whoever compares. */
const SHORT = 64;

/** By code point, as UTF-8 bytes sort; UTF-16 units sort otherwise where surrogates meet U+E000 and up. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA === unitB) continue;
    if (index > SHORT) spend(textSteps(index));
    return codePointRank(unitA) - codePointRank(unitB);
  }
  if (length > SHORT) spend(textSteps(length));
  return a.length - b.length;
}

function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
