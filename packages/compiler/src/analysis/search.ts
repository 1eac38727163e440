// Whether some input satisfies a cube and none of the cubes that are forbidden, and which. An input that
// satisfies the cube is made; where a forbidden cube holds of it, one of that cube's tests must be
// otherwise, so each is negated in turn. What residuals ask is tried out, never assumed.

import { holdsIn, type Scalar, type Shape, type Test, type Value } from "@writ/evaluator";
import { type Choice, solve } from "./solve.ts";
import { negated } from "./tests.ts";

export interface Sought {
  readonly shape: Shape;
  readonly require: readonly Test[];
  /** The forbidden cubes that hold of an input. An opaque one has a condition that tests do not say. */
  readonly forbidden: (input: Value) => readonly ForbiddenCube[];
  /** What an input must satisfy besides, as far as no test says it: a residual. */
  readonly accept?: (input: Value) => boolean;
  /** Paths and constants that `accept` and opaque cubes look at. */
  readonly hints?: Choice["hints"];
}

export interface ForbiddenCube {
  readonly tests: readonly Test[];
  readonly isOpaque: boolean;
}

export type Answer =
  | { readonly kind: "found"; readonly input: Value }
  /** Proved: there is none. */
  | { readonly kind: "none" }
  | { readonly kind: "unknown" };

/** How many inputs may be made for one question, and how many of them only to please a residual. */
const MAX_INPUTS = 4000;
const MAX_VARIATIONS = 48;

export function search(sought: Sought): Answer {
  return new Search(sought).run();
}

class Search {
  readonly #sought: Sought;
  readonly #random = makeRandom(1);
  #made = 0;
  #isExact = true;

  constructor(sought: Sought) {
    this.#sought = sought;
  }

  run(): Answer {
    const input = this.#find(this.#sought.require);
    if (input !== undefined) return { kind: "found", input };
    return { kind: this.#isExact ? "none" : "unknown" };
  }

  #find(literals: readonly Test[]): Value | undefined {
    if (this.#made >= MAX_INPUTS) {
      this.#isExact = false;
      return undefined;
    }
    this.#made += 1;
    const { shape, forbidden } = this.#sought;
    const solved = solve(shape, literals);
    if (solved.kind === "unknown") this.#isExact = false;
    if (solved.kind !== "value") return undefined;
    const hits = forbidden(solved.value);
    const isAccepted = this.#accepts(solved.value);
    if (hits.length === 0 && isAccepted) return solved.value;
    if (!isAccepted || hits.some(({ isOpaque }) => isOpaque)) {
      const varied = this.#vary(literals);
      if (varied !== undefined) return varied;
      this.#isExact = false;
    }
    return this.#avoid(literals, hits);
  }

  #accepts(input: Value): boolean {
    return this.#sought.accept?.(input) ?? true;
  }

  /** Branches on the cube with the fewest tests left to negate. */
  #avoid(literals: readonly Test[], hits: readonly ForbiddenCube[]): Value | undefined {
    const given = new Set(literals);
    const open = hits
      .map(({ tests }) => tests.filter((test) => !given.has(test)))
      .sort((a, b) => a.length - b.length);
    const [first] = open;
    if (first === undefined) return undefined;
    const held: Test[] = [];
    for (const test of first) {
      const found = this.#find([...literals, ...held, negated(test)]);
      if (found !== undefined) return found;
      // What is left is where this test holds.
      held.push(test);
    }
    return undefined;
  }

  /** Other inputs that satisfy the literals, with what residuals look at filled in at random. */
  #vary(literals: readonly Test[]): Value | undefined {
    const { shape, forbidden, hints = NO_HINTS } = this.#sought;
    const order = <T>(list: readonly T[]): readonly T[] => shuffle(list, this.#random);
    for (let attempt = 0; attempt < MAX_VARIATIONS && this.#made < MAX_INPUTS; attempt += 1) {
      this.#made += 1;
      const solved = solve(shape, literals, { order, hints });
      if (solved.kind !== "value" || !this.#accepts(solved.value)) continue;
      if (!literals.every((literal) => holdsIn(literal, solved.value))) continue;
      if (forbidden(solved.value).length === 0) return solved.value;
    }
    return undefined;
  }
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
