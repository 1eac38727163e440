// Whether some input satisfies a cube and none of the cubes that are forbidden, and which. An input that
// satisfies the cube is made; where a forbidden cube holds of it, one of that cube's literals must be
// otherwise, so each is negated in turn. A condition that no test says is taken to hold, or not to, wherever
// it is asked; inputs that bear this out are tried for, and where none is found nothing is claimed.

import { negated } from "@writ/compiler";
import { holdsIn, type Scalar, type Shape, type Test, type Value } from "@writ/evaluator";
import { choicesFor, type Dependence, isConsistent, testsFor, withValue } from "./dependence.ts";
import { type Assumed, NOTHING, type Opaque } from "./opaque.ts";
import { type Choice, solve } from "./solve.ts";

/** A conjunction of tests and of conditions that no test says. */
export interface Cube {
  readonly tests: readonly Test[];
  readonly opaque: readonly Opaque[];
}

/** All of some cubes. */
export function joined(cubes: readonly Cube[]): Cube {
  return {
    tests: cubes.flatMap(({ tests }) => tests),
    opaque: cubes.flatMap(({ opaque }) => opaque),
  };
}

export interface Sought {
  readonly shape: Shape;
  readonly require: Cube;
  /** The forbidden cubes that hold of an input, given what is assumed of it. */
  readonly forbidden: (input: Value, assumed: Assumed) => readonly Cube[];
  /** Paths and constants that opaque conditions look at; asked when an input is wanted to please one. */
  readonly hints?: () => Choice["hints"];
  /** An input that is found is to be one that there can be. */
  readonly dependence?: Dependence | undefined;
}

export type Answer =
  | { readonly kind: "found"; readonly input: Value }
  /** Proved: there is none. */
  | {
      readonly kind: "none";
      /** It would be there but for what is known to follow from values of the input. */
      readonly unreal?: Value;
    }
  | { readonly kind: "unknown"; readonly unreal?: Value };

/** How many inputs may be made for one question, and how many of them only to please a residual. */
const MAX_INPUTS = 4000;
const MAX_VARIATIONS = 48;

export function search(sought: Sought): Answer {
  const answer = new Search(sought).run();
  const { dependence } = sought;
  if (answer.kind !== "found" || dependence === undefined) return answer;
  return consistent(answer.input, sought, dependence);
}

/** More values are not tried, first in the place of the one that was found, then as a question of their own. */
const MAX_VALUES = 48;
const MAX_QUESTIONS = 12;

function consistent(input: Value, sought: Sought, dependence: Dependence): Answer {
  const { shape, require, forbidden } = sought;
  const { values, isComplete } = choicesFor(dependence, shape, require.tests);
  const found = values.slice(0, MAX_VALUES).flatMap((value) => {
    const made = withValue(dependence, input, value);
    if (made === undefined || !require.tests.every((test) => holdsIn(test, made))) return [];
    if (!require.opaque.every((condition) => condition.holds(made))) return [];
    return forbidden(made, NOTHING).length === 0 ? [made] : [];
  });
  const [first] = found;
  if (first !== undefined) return { kind: "found", input: first };
  if (isConsistent(dependence, input)) return { kind: "found", input };
  let isProved = isComplete && values.length <= MAX_QUESTIONS;
  for (const value of values.slice(0, MAX_QUESTIONS)) {
    const tests = [...require.tests, ...testsFor(dependence, value)];
    const answer = new Search({ ...sought, require: { ...require, tests } }).run();
    if (answer.kind === "found") return answer;
    if (answer.kind === "unknown") isProved = false;
  }
  return { kind: isProved ? "none" : "unknown", unreal: input };
}

class Search {
  readonly #sought: Sought;
  readonly #random = makeRandom(1);
  #hints: Choice["hints"] | undefined;
  #made = 0;
  #isExact = true;

  constructor(sought: Sought) {
    this.#sought = sought;
  }

  run(): Answer {
    const { tests, opaque } = this.#sought.require;
    const assumptions = opaque.map((condition) => ({ condition, isTrue: true }));
    const input = this.#find(tests, assumptions);
    if (input !== undefined) return { kind: "found", input };
    return { kind: this.#isExact ? "none" : "unknown" };
  }

  #find(literals: readonly Test[], assumptions: readonly Assumption[]): Value | undefined {
    const assumed = assumedBy(assumptions);
    if (assumed === undefined) return undefined;
    if (this.#made >= MAX_INPUTS) {
      this.#isExact = false;
      return undefined;
    }
    this.#made += 1;
    const { shape, forbidden } = this.#sought;
    const solved = solve(shape, literals);
    if (solved.kind === "unknown") this.#isExact = false;
    if (solved.kind !== "value") return undefined;
    const hits = forbidden(solved.value, assumed);
    const isAsAssumed = bearsOut(solved.value, assumptions);
    if (hits.length === 0 && isAsAssumed) return solved.value;
    const isOpen = hits.some(({ opaque }) => opaque.some(({ key }) => !assumed.has(key)));
    if (!isAsAssumed || isOpen) {
      const varied = this.#vary(literals, assumptions, assumed);
      if (varied !== undefined) return varied;
    }
    // Nothing forbids it, but no input was found that is as assumed.
    if (hits.length === 0) this.#isExact = false;
    return this.#avoid(literals, assumptions, hits);
  }

  /** Branches on the cube with the fewest literals left to negate. */
  #avoid(
    literals: readonly Test[],
    assumptions: readonly Assumption[],
    hits: readonly Cube[],
  ): Value | undefined {
    const given = new Set(literals);
    const known = new Set(assumptions.map(({ condition }) => condition.key));
    const open = hits
      .map(({ tests, opaque }) => ({
        tests: tests.filter((test) => !given.has(test)),
        opaque: opaque.filter(({ key }) => !known.has(key)),
      }))
      .sort((a, b) => a.tests.length + a.opaque.length - (b.tests.length + b.opaque.length));
    const [first] = open;
    if (first === undefined) return undefined;
    const held: Test[] = [];
    for (const test of first.tests) {
      const found = this.#find([...literals, ...held, negated(test)], assumptions);
      if (found !== undefined) return found;
      // What is left is where this test holds.
      held.push(test);
    }
    const taken = [...assumptions];
    for (const condition of first.opaque) {
      const found = this.#find([...literals, ...held], [...taken, { condition, isTrue: false }]);
      if (found !== undefined) return found;
      taken.push({ condition, isTrue: true });
    }
    return undefined;
  }

  /** Other inputs that satisfy the literals, with what residuals look at filled in at random. */
  #vary(
    literals: readonly Test[],
    assumptions: readonly Assumption[],
    assumed: Assumed,
  ): Value | undefined {
    const { shape, forbidden } = this.#sought;
    this.#hints ??= this.#sought.hints?.() ?? NO_HINTS;
    const hints = this.#hints;
    const order = <T>(list: readonly T[]): readonly T[] => shuffle(list, this.#random);
    for (let attempt = 0; attempt < MAX_VARIATIONS && this.#made < MAX_INPUTS; attempt += 1) {
      this.#made += 1;
      const solved = solve(shape, literals, { order, hints });
      if (solved.kind !== "value" || !bearsOut(solved.value, assumptions)) continue;
      if (!literals.every((literal) => holdsIn(literal, solved.value))) continue;
      if (forbidden(solved.value, assumed).length === 0) return solved.value;
    }
    return undefined;
  }
}

/** A condition, or its negation, that is taken to hold or not to. */
interface Assumption {
  readonly condition: Opaque;
  readonly isTrue: boolean;
}

/** By key; undefined where assumptions exclude each other. */
function assumedBy(assumptions: readonly Assumption[]): Assumed | undefined {
  const assumed = new Map<string, boolean>();
  for (const { condition, isTrue } of assumptions) {
    const holds = isTrue !== condition.isNegated;
    if (assumed.has(condition.key) && assumed.get(condition.key) !== holds) return undefined;
    assumed.set(condition.key, holds);
  }
  return assumed;
}

function bearsOut(input: Value, assumptions: readonly Assumption[]): boolean {
  return assumptions.every(({ condition, isTrue }) => condition.holds(input) === isTrue);
}

const NO_HINTS: ReadonlyMap<string, readonly Scalar[]> = new Map();

/** A generator of its own, so that the same policies give the same answers. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffle<T>(list: readonly T[], random: () => number): readonly T[] {
  const shuffled = [...list];
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [shuffled[index], shuffled[other]] = [shuffled[other] as T, shuffled[index] as T];
  }
  return shuffled;
}
