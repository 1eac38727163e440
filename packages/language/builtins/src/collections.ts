// Aggregates, arrays and objects.

import {
  add,
  type Builtin,
  compareValues,
  getMember,
  isArray,
  makeObject,
  makeSet,
  memberCount,
  multiply,
  type NumberValue,
  objectEntries,
  type RegoSet,
  type Value,
} from "@writ/evaluator";
import { CONSTANT, COUNTED, COUNTED_SUPERLINEAR, LINEAR } from "./cost.ts";
import {
  any,
  anyArray,
  anyObject,
  anySet,
  arrayOf,
  boolean,
  define,
  integerOperand,
  number,
  oneOf,
  setOf,
  string,
} from "./define.ts";
import { unite } from "./json.ts";

const collection = oneOf(anyArray, anySet);
const numbersOf = oneOf(arrayOf(number), setOf(number));
type Items = readonly Value[] | RegoSet;

export const collections: readonly Builtin[] = [
  define("count", [oneOf(anyArray, anyObject, anySet, string)], number, LINEAR, (value: Value) =>
    typeof value === "string" ? [...value].length : memberCount(value),
  ),
  define("sum", [numbersOf], number, LINEAR, (values: Items) => fold(values, 0, add)),
  define("product", [numbersOf], number, COUNTED_SUPERLINEAR, (values: Items) =>
    fold(values, 1, multiply),
  ),
  define("max", [collection], any, LINEAR, (values: Items) => extreme(values, 1)),
  define("min", [collection], any, LINEAR, (values: Items) => extreme(values, -1)),
  define("sort", [collection], anyArray, COUNTED_SUPERLINEAR, (values: Items) =>
    [...itemsOf(values)].sort(compareValues),
  ),
  define("all", [oneOf(arrayOf(any), setOf(any))], boolean, LINEAR, (values: Items) =>
    itemsOf(values).every((value) => value === true),
  ),
  define("any", [oneOf(arrayOf(any), setOf(any))], boolean, LINEAR, (values: Items) =>
    itemsOf(values).includes(true),
  ),
  define(
    "array.concat",
    [anyArray, anyArray],
    anyArray,
    LINEAR,
    (a: readonly Value[], b: readonly Value[]) => [...a, ...b],
  ),
  define("array.flatten", [anyArray], anyArray, COUNTED, (values: readonly Value[]) =>
    values.flatMap((value) => (isArray(value) ? value : [value])),
  ),
  define("array.reverse", [anyArray], anyArray, LINEAR, (values: readonly Value[]) =>
    [...values].reverse(),
  ),
  define(
    "array.slice",
    [anyArray, number, number],
    anyArray,
    LINEAR,
    (values: readonly Value[], from: NumberValue, to: NumberValue) =>
      values.slice(Math.max(0, integerOperand(from, 2)), Math.max(0, integerOperand(to, 3))),
  ),
  define("object.get", [anyObject, any, any], any, CONSTANT, objectGet),
  define("object.keys", [anyObject], anySet, LINEAR, (object: Value) =>
    makeSet(entriesOf(object).map(([key]) => key)),
  ),
  define("object.union", [anyObject, anyObject], any, COUNTED, unite),
  define(
    "object.remove",
    [anyObject, oneOf(anyObject, anySet, anyArray)],
    any,
    COUNTED_SUPERLINEAR,
    (object: Value, keys: Value) => makeObject(entriesOf(object).filter(namesNot(keys))),
  ),
  define(
    "object.filter",
    [anyObject, oneOf(anyObject, anySet, anyArray)],
    any,
    COUNTED_SUPERLINEAR,
    (object: Value, keys: Value) => makeObject(entriesOf(object).filter(names(keys))),
  ),
];

function itemsOf(values: Items): readonly Value[] {
  return isArray(values) ? values : values.items;
}

function entriesOf(object: Value): readonly (readonly [Value, Value])[] {
  return objectEntries(object) ?? [];
}

function fold(
  values: Items,
  start: NumberValue,
  step: (a: NumberValue, b: NumberValue) => NumberValue,
): NumberValue {
  return (itemsOf(values) as readonly NumberValue[]).reduce(step, start);
}

/** The greatest (1) or least (-1) member; undefined of an empty collection. */
function extreme(values: Items, sign: 1 | -1): Value | undefined {
  let found: Value | undefined;
  for (const value of itemsOf(values)) {
    if (found === undefined || sign * compareValues(value, found) > 0) found = value;
  }
  return found;
}

/** With an array as key: the path through nested collections. */
function objectGet(object: Value, key: Value, otherwise: Value): Value {
  let at: Value | undefined = object;
  for (const part of isArray(key) ? key : [key]) {
    if (at === undefined) break;
    at = getMember(at, part);
  }
  return at ?? (at === null ? null : otherwise);
}

type Entry = readonly [key: Value, value: Value];

/** Whether the key of an entry is one of the keys, or of the members of an array or set. */
function names(keys: Value): (entry: Entry) => boolean {
  const named = isArray(keys) ? makeSet(keys) : keys;
  return ([key]) => getMember(named, key) !== undefined;
}

function namesNot(keys: Value): (entry: Entry) => boolean {
  const isNamed = names(keys);
  return (entry) => !isNamed(entry);
}
