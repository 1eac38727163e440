// Building collections and looking into them: what needs Rego's order to keep items sorted and unique.

import { jsonText } from "./json-text.ts";
import { sortSteps, spend } from "./meter.ts";
import { compareValues } from "./order.ts";
import {
  isPlainObject,
  objectEntries,
  RegoObject,
  RegoSet,
  sortedKeys,
  type Value,
} from "./value.ts";

/** The set of the values, in any order and with duplicates. */
export function makeSet(values: readonly Value[]): RegoSet {
  return new RegoSet(sortUnique(values));
}

/** Building less is part of the step of whoever builds. */
const FEW = 8;

/** Thrown by `makeObject` for two different values of one key. */
export class DuplicateKey extends Error {}

/** An object from its entries. Throws DuplicateKey when one key is given two different values. */
export function makeObject(entries: readonly (readonly [Value, Value])[]): Value {
  if (entries.length > FEW) spend(entries.length >> 1);
  if (entries.every(([key]) => typeof key === "string")) {
    // A null prototype makes every key, `__proto__` too, an ordinary own property.
    const plain: { [key: string]: Value } = Object.create(null);
    for (const [key, value] of entries as readonly (readonly [string, Value])[]) {
      const before = plain[key];
      if (before !== undefined && compareValues(before, value) !== 0) throw new DuplicateKey();
      plain[key] = value;
    }
    return plain;
  }
  spend(sortSteps(entries.length));
  const sorted = [...entries].sort((a, b) => compareValues(a[0], b[0]));
  const keys: Value[] = [];
  const values: Value[] = [];
  for (const [key, value] of sorted) {
    const last = keys.length - 1;
    if (last >= 0 && compareValues(keys[last] as Value, key) === 0) {
      if (compareValues(values[last] as Value, value) !== 0) throw new DuplicateKey();
    } else {
      keys.push(key);
      values.push(value);
    }
  }
  return new RegoObject(keys, values);
}

/** Gives an object a property. SAFETY: assigning to `__proto__` would not make one. */
export function setProperty<T>(object: { [key: string]: T }, key: string, value: T): void {
  if (key !== "__proto__") object[key] = value;
  else
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

/** The member of a collection under a key: an item, a property's value, or a set's member itself. */
export function getMember(from: Value, key: Value): Value | undefined {
  if (Array.isArray(from)) {
    // SAFETY: only an integral, non-negative number is an index; "length" and the like are not keys.
    return typeof key === "number" && Number.isInteger(key) && key >= 0 ? from[key] : undefined;
  }
  if (from instanceof RegoSet) return search(from.items, key) >= 0 ? key : undefined;
  if (from instanceof RegoObject) {
    const index = search(from.keys, key);
    return index < 0 ? undefined : from.values[index];
  }
  if (typeof key !== "string" || !isPlainObject(from)) return undefined;
  return Object.hasOwn(from, key) ? from[key] : undefined;
}

/** Calls back for every member in Rego's order, until the callback returns true; says whether it did. */
export function someMember(from: Value, visit: (key: Value, value: Value) => boolean): boolean {
  if (Array.isArray(from)) return from.some((item, index) => visit(index, item));
  if (from instanceof RegoSet) return from.items.some((item) => visit(item, item));
  if (from instanceof RegoObject) {
    return from.keys.some((key, index) => visit(key, from.values[index] as Value));
  }
  return isPlainObject(from) && sortedKeys(from).some((key) => visit(key, from[key] as Value));
}

/** How many members a collection has; undefined for scalars. */
export function memberCount(value: Value): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (value instanceof RegoSet) return value.items.length;
  if (value instanceof RegoObject) return value.keys.length;
  if (!isPlainObject(value)) return undefined;
  const { length } = Object.keys(value);
  if (length > FEW) spend(length >> 3);
  return length;
}

/** As JSON, the way OPA writes results: a set is a sorted array, a key that is no string is its JSON text. */
export function toJson(value: Value): unknown {
  if (typeof value !== "object" || value === null) return value;
  spend(4 + ((memberCount(value) ?? 0) >> 3));
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof RegoSet) return value.items.map(toJson);
  const entries = objectEntries(value);
  if (entries === undefined) return value;
  const out: { [key: string]: unknown } = Object.create(null);
  for (const [key, item] of entries) {
    out[typeof key === "string" ? key : jsonText(key)] = toJson(item);
  }
  return out;
}

function sortUnique(values: readonly Value[]): readonly Value[] {
  if (values.length < 2) return values;
  spend(sortSteps(values.length));
  const sorted = [...values].sort(compareValues);
  return sorted.filter(
    (value, index) => index === 0 || compareValues(sorted[index - 1] as Value, value) !== 0,
  );
}

function search(sorted: readonly Value[], value: Value): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compareValues(sorted[middle] as Value, value);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
