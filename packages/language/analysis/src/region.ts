// A region: a readable, exact description of a set of inputs. What an input is (a cube), what must hold
// besides (one of several rules' cubes), and what is excepted.

import { negated } from "@writ/compiler";
import {
  compareValues,
  type DeterminingRule,
  pathOf,
  type Shape,
  type SourceRef,
  type Test,
} from "@writ/evaluator";
import { areCompatible, implies, isPossible, simplify } from "./implied.ts";
import { isSameCondition, type Opaque } from "./opaque.ts";
import { constantsOf, testKey } from "./tests.ts";
import type { VersionName, Way } from "./ways.ts";

/** The inputs that satisfy `when`, one of `andOneOf` if there are any, and none of `unless`. */
export interface Region {
  readonly when: readonly Test[];
  /** A condition of a rule that no test says; `when` holds and so does it. */
  readonly residual?: DeterminingRule["source"];
  /** Where that condition is said, part by part. */
  readonly unsaid?: readonly Unsaid[];
  /** One of these must hold as well; none: nothing more is asked. */
  readonly andOneOf: readonly Condition[];
  /** Some rule must allow it as well, of more than this many that could: too many to be listed in `andOneOf`. */
  readonly andAllowed?: number;
  readonly unless: readonly Condition[];
}

/** What a rule asks beyond the region's own tests. */
export interface Condition {
  readonly rule: string;
  readonly tests: readonly Test[];
  readonly residual?: DeterminingRule["source"];
  readonly unsaid?: readonly Unsaid[];
}

/** A condition that no test says, by where it stands. */
export interface Unsaid {
  readonly isNegated: boolean;
  readonly source: SourceRef;
  readonly version?: VersionName;
}

export interface RegionParts {
  readonly shape: Shape;
  readonly cube: Way;
  readonly constraints?: readonly Test[];
  readonly oneOf?: Iterable<Way>;
  readonly unless: readonly Way[];
}

/** Ways to be allowed, more than which are not listed. */
const MAX_LISTED = 200;

/**
 * The region of a cube without others. One that only moves a bound of the cube is folded into it:
 * `tokens > 1000` unless `tokens > 2000` becomes `tokens > 1000` and not `tokens > 2000`.
 */
export function makeRegion({
  shape,
  cube,
  constraints = [],
  oneOf = [],
  unless,
}: RegionParts): Region {
  let when = simplify(shape, [...constraints, ...cube.tests]);
  const left: Condition[] = [];
  for (const other of unless) {
    if (!areCompatible(shape, when, other.tests)) continue;
    const beyond = remaining(shape, when, cube, other);
    const [only] = beyond.tests;
    const isBound =
      beyond.tests.length === 1 && only !== undefined && beyond.residual === undefined;
    if (isBound && when.some((test) => test.op !== "not" && pathKey(test) === pathKey(only)))
      when = simplify(shape, [...when, negated(only)]);
    else left.push(beyond);
  }
  const stillPossible = left.filter(({ tests }) => areCompatible(shape, when, tests));
  const allowing = firstOf(
    oneOf,
    MAX_LISTED + 1,
    ({ tests }) => areCompatible(shape, when, tests) && isPossible(shape, tests),
  );
  const isMany = allowing.length > MAX_LISTED;
  const conditions = isMany ? [] : allowing.map((each) => remaining(shape, when, cube, each));
  const isGiven = conditions.some(
    ({ tests, residual }) => tests.length === 0 && residual === undefined,
  );
  return {
    when,
    ...(cube.residual === undefined
      ? {}
      : { residual: cube.clause.source, unsaid: unsaidBy(cube, cube.opaque) }),
    andOneOf: isGiven ? [] : unique(conditions),
    ...(isMany ? { andAllowed: MAX_LISTED } : {}),
    unless: unique(stillPossible),
  };
}

function firstOf<T>(list: Iterable<T>, count: number, isMeant: (each: T) => boolean): readonly T[] {
  const found: T[] = [];
  for (const each of list) {
    if (found.length === count) break;
    if (isMeant(each)) found.push(each);
  }
  return found;
}

/** Of parts that only make a value, where the rule is, if nothing else is to be said. */
export function unsaidBy({ version, clause }: Way, opaque: readonly Opaque[]): readonly Unsaid[] {
  const ofVersion = version === undefined ? {} : { version };
  const said = opaque.flatMap(({ isNegated, places }) =>
    places.map((source) => ({ isNegated, source, ...ofVersion })),
  );
  return said.length > 0 ? said : [{ isNegated: false, source: clause.source, ...ofVersion }];
}

function remaining(shape: Shape, when: readonly Test[], cube: Way, way: Way): Condition {
  const { clause, tests, opaque } = way;
  const beyond = tests.filter((test) => !implies(shape, when, test));
  // What the cube asks as well is given.
  const more = opaque.filter((each) => !cube.opaque.some((own) => isSameCondition(own, each)));
  return {
    rule: clause.rule,
    tests: beyond,
    ...(more.length === 0 ? {} : { residual: clause.source, unsaid: unsaidBy(way, more) }),
  };
}

function unique(conditions: readonly Condition[]): readonly Condition[] {
  return [...new Map(conditions.map((each) => [conditionKey(each), each])).values()];
}

/** The same for conditions that ask the same. */
export function conditionKey({ rule, tests, residual }: Condition): string {
  const place = residual === undefined ? "" : `${rule}${residual.start}`;
  return `${tests.map(testKey).sort().join("\u0002")}\u0003${place}`;
}

/** Regions that differ in the value of one equality become one, which asks for any of the values. */
export function mergeRegions<T extends { readonly region: Region }>(
  items: readonly T[],
  groupOf: (item: T) => string,
): readonly T[] {
  let list = items;
  for (let before = -1; before !== list.length; ) {
    before = list.length;
    const paths = new Set(list.flatMap(({ region }) => region.when.filter(isValues).map(pathKey)));
    for (const path of paths) list = mergeAlong(list, path, groupOf);
  }
  return list;
}

function mergeAlong<T extends { readonly region: Region }>(
  items: readonly T[],
  path: string,
  groupOf: (item: T) => string,
): readonly T[] {
  const groups = new Map<unknown, [T, ...T[]]>();
  for (const item of items) {
    const { when, andOneOf, andAllowed, unless, residual } = item.region;
    const isMergeable = when.some((test) => isValues(test) && pathKey(test) === path);
    const others = when.filter((test) => !isValues(test) || pathKey(test) !== path).map(testKey);
    const key = isMergeable
      ? JSON.stringify([
          groupOf(item),
          others.sort(),
          andOneOf.map(conditionKey),
          unless.map(conditionKey),
          residual?.start,
          andAllowed,
        ])
      : item;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (group.length === 1) return first;
    return { ...first, region: { ...first.region, when: joinValues(group, path) } };
  });
}

type ValuesTest = Extract<Test, { op: "eq" | "one-of" }>;

function isValues(test: Test): test is ValuesTest {
  return test.op === "eq" || test.op === "one-of";
}

function pathKey(test: Test): string {
  return pathOf(test).join("\u0000");
}

function joinValues(
  group: readonly [{ readonly region: Region }, ...unknown[]] &
    readonly { readonly region: Region }[],
  path: string,
): readonly Test[] {
  const isOne = (test: Test): test is ValuesTest => isValues(test) && pathKey(test) === path;
  const values = new Set(
    group.flatMap(({ region }) => region.when.filter(isOne).flatMap(constantsOf)),
  );
  return group[0].region.when.map((test) =>
    isOne(test) ? { op: "one-of", path: test.path, values: [...values].sort(compareValues) } : test,
  );
}
