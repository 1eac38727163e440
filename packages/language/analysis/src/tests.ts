// Tests as literals: they and their negations, of which a cube is a conjunction.

import { compareValues, inner, type Scalar, type Test } from "@writ/evaluator";

/** The constants a test names. */
export function constantsOf(test: Test): readonly Scalar[] {
  const asked = inner(test);
  switch (asked.op) {
    case "truthy":
    case "defined":
      return [];
    case "one-of":
      return asked.values;
    case "eq":
    case "ne":
    case "lt":
    case "lte":
    case "gt":
    case "gte":
    case "prefix":
    case "suffix":
    case "has":
      return [asked.value];
  }
}

const keys = new WeakMap<Test, string>();

/** The same for tests that say the same. */
export function testKey(test: Test): string {
  let key = keys.get(test);
  if (key === undefined) {
    const asked = inner(test);
    const operand =
      "values" in asked
        ? [...asked.values].sort(compareValues)
        : "value" in asked
          ? asked.value
          : 0;
    key = `${test.op === "not" ? "!" : ""}${asked.op}\u0000${asked.path.join("\u0001")}\u0000${JSON.stringify(operand)}`;
    keys.set(test, key);
  }
  return key;
}
