// What follows from a cube: tests that hold wherever it does, given what inputs can be. Parts of the input
// do not bear on each other, so a cube is possible when its tests on each part are; those are few and come
// back often.

import { negated } from "@writ/compiler";
import { holdsOf, inner, pathOf, type Shape, type Test } from "@writ/evaluator";
import { type Solved, solve } from "./solve.ts";
import { constantsOf, testKey } from "./tests.ts";

/** Whether some input that fits satisfies all tests; true where that cannot be told. */
export function isPossible(shape: Shape, tests: readonly Test[]): boolean {
  for (const part of partsOf(shape, tests).values())
    if (kindOf(shape, part.key, part.tests) === "none") return false;
  return true;
}

/** Whether two cubes that are possible hold together of some input. Asked of thousands for one `a`. */
export function areCompatible(shape: Shape, a: readonly Test[], b: readonly Test[]): boolean {
  const bound = boundOf(shape);
  for (const [name, part] of partsOf(shape, a)) {
    let own: Test[] | undefined;
    for (const test of b) {
      if (partOf(bound, test) !== name) continue;
      if (own === undefined) own = [test];
      else own.push(test);
    }
    const [first] = own ?? [];
    if (own === undefined || first === undefined) continue;
    const isPossible =
      own.length === 1 ? holdsWith(shape, part, first) : isPossibleWith(shape, part, own);
    if (!isPossible) return false;
  }
  return true;
}

/** Most have one test of a part, and the same ones come back. */
function holdsWith(shape: Shape, part: Part, test: Test): boolean {
  const key = testKey(test);
  let holds = part.beside.get(key);
  if (holds === undefined) {
    holds = isPossibleWith(shape, part, [test]);
    part.beside.set(key, holds);
  }
  return holds;
}

function isPossibleWith(shape: Shape, { tests, key }: Part, more: readonly Test[]): boolean {
  const both = `${key}\u0003${more.map(testKey).join("\u0002")}`;
  return kindOf(shape, both, tests, more) !== "none";
}

/** Whether a test holds of every input that fits and satisfies the cube. */
export function implies(shape: Shape, cube: readonly Test[], test: Test): boolean {
  const near = partsOf(shape, cube).get(partOf(boundOf(shape), test));
  return near === undefined
    ? isImplied(shape, [], "", test)
    : isImplied(shape, near.tests, near.key, test);
}

/** Whether a test of a cube follows from its others. */
export function followsFromRest(shape: Shape, cube: readonly Test[], test: Test): boolean {
  const bound = boundOf(shape);
  const part = partOf(bound, test);
  const near = cube.filter((each) => each !== test && partOf(bound, each) === part);
  return isImplied(shape, near, keyOf(near), test);
}

/** By tests on the same part of the input. */
function isImplied(shape: Shape, near: readonly Test[], nearKey: string, test: Test): boolean {
  const otherwise = negated(test);
  const key = near.length === 0 ? testKey(otherwise) : `${nearKey}\u0003${testKey(otherwise)}`;
  return kindOf(shape, key, near, [otherwise]) === "none";
}

type Kind = Solved["kind"];

/** By shape: what is known of conjunctions of tests on one part of the input. */
const known = new WeakMap<Shape, Map<string, Kind>>();
const MAX_KNOWN = 200_000;

function kindOf(
  shape: Shape,
  key: string,
  tests: readonly Test[],
  more: readonly Test[] = [],
): Kind {
  let kinds = known.get(shape);
  if (kinds === undefined || kinds.size > MAX_KNOWN) {
    kinds = new Map();
    known.set(shape, kinds);
  }
  let kind = kinds.get(key);
  if (kind === undefined) {
    kind = solve(shape, more.length === 0 ? tests : [...tests, ...more]).kind;
    kinds.set(key, kind);
  }
  return kind;
}

interface Part {
  readonly tests: readonly Test[];
  readonly key: string;
  /** Of tests, by key: whether they can hold together with these. */
  readonly beside: Map<string, boolean>;
}

const parts = new WeakMap<readonly Test[], ReadonlyMap<string, Part>>();

/** The tests by the part of the input they are about. */
function partsOf(shape: Shape, tests: readonly Test[]): ReadonlyMap<string, Part> {
  let found = parts.get(tests);
  if (found === undefined) {
    found = new Map(
      [...Map.groupBy(tests, (test) => partOf(boundOf(shape), test))].map(([name, own]) => [
        name,
        { tests: own, key: keyOf(own), beside: new Map() },
      ]),
    );
    parts.set(tests, found);
  }
  return found;
}

function keyOf(tests: readonly Test[]): string {
  return tests.map(testKey).sort().join("\u0002");
}

/** The part a test is about: the first key of its path; what one property requires of others is one part with it. */
function partOf(bound: ReadonlySet<string>, test: Test): string {
  const [top = ""] = pathOf(test);
  return bound.has(top) ? "" : top;
}

const bounds = new WeakMap<Shape, ReadonlySet<string>>();

function boundOf(shape: Shape): ReadonlySet<string> {
  let bound = bounds.get(shape);
  if (bound === undefined) {
    const conditions = shape.kind === "object" ? (shape.requiredWhen ?? []) : [];
    bound = new Set(conditions.flatMap(({ property, required }) => [property, ...required]));
    bounds.set(shape, bound);
  }
  return bound;
}

/** The tests without those that follow from the others. */
export function simplify(shape: Shape, tests: readonly Test[]): readonly Test[] {
  let kept = [...new Map(tests.map((test) => [testKey(test), test])).values()];
  for (const test of [...kept].reverse())
    if (followsFromRest(shape, kept, test)) kept = kept.filter((each) => each !== test);
  return kept.flatMap((test) => narrowed(kept, test));
}

/** Values a path may have, less those that other tests of it exclude; the others are then said. */
function narrowed(kept: readonly Test[], test: Test): readonly Test[] {
  const own = kept.filter((each) => samePath(each, test));
  const values = own.find((each) => each.op === "eq" || each.op === "one-of");
  if (values === undefined || own.length === 1) return [test];
  if (test !== values) return [];
  const left = constantsOf(values).filter((value) => own.every((each) => holdsOf(each, value)));
  const [first] = left;
  const { path } = inner(values);
  return first !== undefined && left.length === 1
    ? [{ op: "eq", path, value: first }]
    : [{ op: "one-of", path, values: left }];
}

function samePath(a: Test, b: Test): boolean {
  return pathOf(a).join("\u0000") === pathOf(b).join("\u0000");
}
