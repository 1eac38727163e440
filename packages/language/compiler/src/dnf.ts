// What is asked of the input, as a disjunction of conjunctions of tests.

import type { PathTest, Test } from "@writ/evaluator";

/** [] is false, [[]] is true. */
export type Dnf = readonly (readonly Test[])[];

/** More alternatives than this in one rule, and the statement that makes them stays a residual. */
export const MAX_ALTERNATIVES = 64;

export function one(test: Test): Dnf {
  return [[test]];
}

/** Undefined when there would be too many alternatives. */
export function conjoin(a: Dnf, b: Dnf): Dnf | undefined {
  if (a.length * b.length > MAX_ALTERNATIVES) return undefined;
  const [left, right] = [a[0], b[0]];
  if (a.length === 1 && b.length === 1 && left && right) return [merged(left, right)];
  return a.flatMap((each) => b.map((other) => merged(each, other)));
}

function merged(before: readonly Test[], right: readonly Test[]): readonly Test[] {
  if (before.length === 0) return right;
  // What is tested is there.
  const left = before.some(asksPresence)
    ? before.filter((test) => test.op !== "defined" || !right.some((each) => isBelow(each, test)))
    : before;
  const [only] = right;
  if (only !== undefined && right.length === 1) return isIn(only, left) ? left : [...left, only];
  return [...left, ...right.filter((test) => !isIn(test, left))];
}

function asksPresence({ op }: Test): boolean {
  return op === "defined";
}

function isIn(test: Test, tests: readonly Test[]): boolean {
  for (const each of tests)
    if (isSame(each, test) || (test.op === "defined" && isBelow(each, test))) return true;
  return false;
}

/** Whether a test asks something of the path that is to be there, or of what is below it. */
function isBelow(test: Test, { path }: PathTest): boolean {
  return test.op !== "not" && path.every((key, index) => test.path[index] === key);
}

function isSame(a: Test, b: Test): boolean {
  if (a === b) return true;
  if (a.op === "not" || b.op === "not")
    return a.op === "not" && b.op === "not" && isSame(a.test, b.test);
  if (a.op !== b.op || a.path.length !== b.path.length) return false;
  if (!a.path.every((key, index) => key === b.path[index])) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}

export function negate(formula: Dnf): Dnf | undefined {
  let all: Dnf | undefined = [[]];
  for (const conjunction of formula) {
    const any: Dnf = conjunction.map((test) => [negated(test)]);
    all = all === undefined ? undefined : conjoin(all, any);
  }
  return all;
}

const negations = new WeakMap<Test, Test>();

/** The same object each time. */
export function negated(test: Test): Test {
  if (test.op === "not") return test.test;
  let negation = negations.get(test);
  if (negation === undefined) {
    negation = { op: "not", test };
    negations.set(test, negation);
  }
  return negation;
}
