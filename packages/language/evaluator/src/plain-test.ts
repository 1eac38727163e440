// What a test says of an input, read plainly: for coverage and for proofs. It shares with the walk that
// decides the order of values and how members are looked up, no more; tests compare the two, test by test
// and decision by decision.

import { getMember, someMember } from "./collection.ts";
import { compareValues, equalValues } from "./order.ts";
import { type InputPath, type PathTest, pathOf, type Test } from "./tree.ts";
import { isPlainObject, type Value } from "./value.ts";

/** The value at a path below the input. Objects have keys; an array's indexes are none. */
export function valueAt(input: Value, path: InputPath): Value | undefined {
  let at: Value | undefined = input;
  for (const key of path)
    at = at !== undefined && isPlainObject(at) ? getMember(at, key) : undefined;
  return at;
}

/** Whether a test holds of an input. */
export function holdsIn(test: Test, input: Value): boolean {
  return holdsOf(test, valueAt(input, pathOf(test)));
}

/** Whether a test holds of what is at its path; undefined: nothing is. */
export function holdsOf(test: Test, value: Value | undefined): boolean {
  if (test.op === "not") return !holdsOf(test.test, value);
  return value !== undefined && asks(test, value);
}

function asks(test: PathTest, value: Value): boolean {
  switch (test.op) {
    case "truthy":
      return value !== false;
    case "defined":
      return true;
    case "eq":
      return equalValues(value, test.value);
    case "ne":
      return !equalValues(value, test.value);
    case "one-of":
      return typeof value === "string"
        ? test.values.includes(value)
        : test.values.some((each) => equalValues(value, each));
    case "lt":
      return compareValues(value, test.value) < 0;
    case "lte":
      return compareValues(value, test.value) <= 0;
    case "gt":
      return compareValues(value, test.value) > 0;
    case "gte":
      return compareValues(value, test.value) >= 0;
    case "prefix":
      return typeof value === "string" && value.startsWith(test.value);
    case "suffix":
      return typeof value === "string" && value.endsWith(test.value);
    case "has":
      return someMember(value, (_key, item) => equalValues(item, test.value));
  }
}
