// A test on the value at one path, as a predicate. Values are defined: of nothing no test holds.

import { someMember } from "./collection.ts";
import { compareValues, equalValues } from "./order.ts";
import type { PathTest, Scalar } from "./tree.ts";
import type { Value } from "./value.ts";

export function linkTest(test: PathTest): (value: Value) => boolean {
  switch (test.op) {
    case "truthy":
      return (value) => value !== false;
    case "defined":
      return () => true;
    case "eq":
      return (value) => value === test.value;
    case "ne":
      return (value) => value !== test.value;
    case "one-of": {
      const values = new Set<Value>(test.values);
      return (value) => values.has(value);
    }
    case "lt":
      return (value) => compareValues(value, test.value) < 0;
    case "lte":
      return (value) => compareValues(value, test.value) <= 0;
    case "gt":
      return (value) => compareValues(value, test.value) > 0;
    case "gte":
      return (value) => compareValues(value, test.value) >= 0;
    case "prefix":
      return (value) => typeof value === "string" && value.startsWith(test.value);
    case "suffix":
      return (value) => typeof value === "string" && value.endsWith(test.value);
    case "has":
      return (value) => hasItem(value, test.value);
  }
}

/** Whether some element of an array or set, or value of an object, is the constant. */
export function hasItem(value: Value, constant: Scalar): boolean {
  return Array.isArray(value) ? value.includes(constant) : hasValue(value, constant);
}

/** A function of its own: one that makes a closure allocates for it whenever it is called. */
function hasValue(value: Value, constant: Scalar): boolean {
  return someMember(value, (_key, item) => equalValues(item, constant));
}
