// What follows from a value of the input although no test says so: of which family a model is follows from its id.
// To the analyses paths are independent of each other; an input that is shown to people must be one that there can be.

import {
  holdsIn,
  type InputPath,
  isPlainObject,
  pathOf,
  type Scalar,
  type Shape,
  shapeAt,
  type Test,
  type Value,
  valueAt,
} from "@writ/evaluator";

/** A path whose value says what stands at others. */
export interface Dependence {
  /** Of the value that says the others. */
  readonly path: InputPath;
  /** The others, by their names beside it; undefined: of this value nothing is known. */
  readonly follows: (value: string) => Followed | undefined;
  /** Of the others those that only known values have. */
  readonly telling: readonly string[];
  /** Values worth trying. */
  readonly examples: readonly string[];
}

/** Undefined: it is missing. */
export interface Followed {
  readonly [key: string]: string | undefined;
}

/**
 * Whether an input has what follows from its value, as far as that is known. What follows from known values does not stand
 * beside another.
 */
export function isConsistent(dependence: Dependence, input: Value): boolean {
  const { path, follows } = dependence;
  const value = valueAt(input, path);
  const followed = typeof value === "string" ? follows(value) : undefined;
  if (followed === undefined)
    return !knownIn(dependence).some(([key, known]) => valueAt(input, beside(path, key)) === known);
  return Object.entries(followed).every(
    ([key, wanted]) => valueAt(input, beside(path, key)) === wanted,
  );
}

/** What follows from the values that are known, but for what many things have. */
function knownIn({
  examples,
  follows,
  telling,
}: Dependence): readonly (readonly [string, string])[] {
  return examples.flatMap((example) => {
    const followed = follows(example) ?? {};
    return telling.flatMap((key) => {
      const own = followed[key];
      return own === undefined ? [] : [[key, own] as const];
    });
  });
}

/** The input with another value, and what follows from it; undefined where it has none. */
export function withValue(
  { path, follows }: Dependence,
  input: Value,
  value: string,
): Value | undefined {
  const followed = follows(value);
  const around = valueAt(input, path.slice(0, -1));
  if (followed === undefined || !isPlainObject(around)) return undefined;
  const made: { [key: string]: Value } = { ...around };
  made[path.at(-1) as string] = value;
  for (const [key, own] of Object.entries(followed))
    if (own === undefined) delete made[key];
    else made[key] = own;
  return replaceAt(input, path.slice(0, -1), made);
}

function replaceAt(input: Value, path: InputPath, value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const around = input as { readonly [key: string]: Value };
  return { ...around, [key]: replaceAt(around[key] as Value, rest, value) };
}

/** That an input has a value, and what follows from it. */
export function testsFor({ path, follows }: Dependence, value: string): readonly Test[] {
  const others = Object.entries(follows(value) ?? {}).map(([key, own]): Test => {
    const at = beside(path, key);
    return own === undefined
      ? { op: "not", test: { op: "defined", path: at } }
      : { op: "eq", path: at, value: own };
  });
  return [{ op: "eq", path, value }, ...others];
}

export interface Choices {
  readonly values: readonly string[];
  /** Whether the tests leave no other. */
  readonly isComplete: boolean;
}

/** The values that some tests leave, those that are known first. */
export function choicesFor(
  { path, examples }: Dependence,
  shape: Shape,
  tests: readonly Test[],
): Choices {
  const own = tests.filter((test) => pathOf(test).join("\u0000") === path.join("\u0000"));
  const at = shapeAt(shape, path);
  const listed = at?.kind === "string" ? at.values : undefined;
  const named = own.flatMap(constantsIn);
  const all = listed ?? [...new Set([...examples, ...named])];
  const isPinned = own.some(({ op }) => op === "eq" || op === "one-of");
  const values = all.filter((value) => own.every((test) => holdsIn(test, nested(path, value))));
  return { values, isComplete: isPinned || listed !== undefined };
}

function constantsIn(test: Test): readonly string[] {
  const asked = test.op === "not" ? test.test : test;
  const constants: readonly Scalar[] =
    "values" in asked ? asked.values : "value" in asked ? [asked.value] : [];
  return constants.filter((each) => typeof each === "string");
}

function nested(path: InputPath, value: Value): Value {
  return path.reduceRight<Value>((below, key) => ({ [key]: below }), value);
}

function beside(path: InputPath, key: string): InputPath {
  return [...path.slice(0, -1), key];
}
