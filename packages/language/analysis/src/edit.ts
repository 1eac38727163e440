// An input changed as little as it takes to satisfy literals: the paths they fail at get another value, all
// else stays.

import {
  holdsIn,
  holdsOf,
  isArray,
  isPlainObject,
  pathOf,
  type Shape,
  shapeAt,
  type Test,
  type Value,
  valueAt,
} from "@writ/evaluator";
import { candidatesFor } from "./candidates.ts";
import { solve } from "./solve.ts";

/** Undefined where no value at one of the paths does, or none was found. */
export function satisfy(shape: Shape, input: Value, literals: readonly Test[]): Value | undefined {
  let edited = input;
  for (const failing of literals) {
    if (holdsIn(failing, edited)) continue;
    const path = pathOf(failing);
    const own = literals.filter((each) => pathOf(each).join("\u0000") === path.join("\u0000"));
    const next = setNear(shape, edited, path, own);
    if (next === undefined) return undefined;
    edited = next;
  }
  return literals.every((literal) => holdsIn(literal, edited)) ? edited : undefined;
}

function setNear(
  shape: Shape,
  input: Value,
  path: readonly string[],
  literals: readonly Test[],
): Value | undefined {
  const at = shapeAt(shape, path);
  const now = valueAt(input, path);
  const holds = (value: Value | undefined): boolean =>
    literals.every((literal) => holdsOf(literal, value));
  if (at === undefined) return holds(undefined) ? without(shape, input, path) : undefined;
  const near = nearValues(at, now, literals, path).find(holds);
  if (near !== undefined) return withValue(shape, input, path, near);
  return holds(undefined) ? without(shape, input, path) : undefined;
}

/** Of a list: its own members, with those wanted and without those unwanted; otherwise what the shape offers. */
function nearValues(
  shape: Shape,
  now: Value | undefined,
  literals: readonly Test[],
  path: readonly string[],
): readonly Value[] {
  if (shape.kind === "object" || shape.kind === "one-of") {
    const solved = solve(shape, []);
    return solved.kind === "value" ? [solved.value] : [];
  }
  const { values } = candidatesFor(shape, literals, path.at(-1) ?? "input");
  if (!isArray(now)) return values;
  const wanted = literals.flatMap((test) =>
    test.op === "has" && !now.includes(test.value) ? [test.value] : [],
  );
  const unwanted = new Set<Value>(
    literals.flatMap((test) =>
      test.op === "not" && test.test.op === "has" ? [test.test.value] : [],
    ),
  );
  return [[...now.filter((each) => !unwanted.has(each)), ...wanted], ...values];
}

/** Objects on the way that are missing are made as the shape requires. */
function withValue(
  shape: Shape,
  input: Value | undefined,
  [key, ...rest]: readonly string[],
  value: Value,
): Value {
  if (key === undefined) return value;
  const made = input === undefined ? solve(shape, []) : undefined;
  const base = input ?? (made?.kind === "value" ? made.value : {});
  const object = isPlainObject(base) ? base : {};
  const child = shapeAt(shape, [key]) ?? { kind: "any" };
  const before = Object.hasOwn(object, key) ? object[key] : undefined;
  return { ...object, [key]: withValue(child, before, rest, value) };
}

/** Leaves out what may be left out; the whole of an object of which it is a required part. */
function without(shape: Shape, input: Value, path: readonly string[]): Value | undefined {
  const parent = path.slice(0, -1);
  const key = path.at(-1);
  if (key === undefined) return undefined;
  const around = shapeAt(shape, parent);
  if (around?.kind === "object" && around.required.includes(key))
    return without(shape, input, parent);
  const object = valueAt(input, parent);
  if (!isPlainObject(object)) return input;
  const rest = Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  return parent.length === 0 ? rest : withValue(shape, input, parent, rest);
}
