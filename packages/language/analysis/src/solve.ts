// An input that satisfies a conjunction of literals and fits the shape, or that there is none. Paths are
// independent of each other but for presence: below a value that is missing or no object everything is
// missing. So the literals are divided by the keys of their paths, and solved from the top.

import {
  holdsOf,
  type InputPath,
  pathOf,
  type Scalar,
  type Shape,
  setProperty,
  type Test,
  type Value,
} from "@writ/evaluator";
import { candidatesFor } from "./candidates.ts";
import { testKey } from "./tests.ts";

export type Solved =
  | { readonly kind: "value"; readonly value: Value }
  /** No input that fits the shape satisfies the literals. */
  | { readonly kind: "none" }
  /** The candidates are not complete here. */
  | { readonly kind: "unknown" };

/** Which of several possibilities to take first, and constants to try where literals ask nothing. */
export interface Choice {
  readonly order: <T>(list: readonly T[]) => readonly T[];
  readonly hints: ReadonlyMap<string, readonly Scalar[]>;
}

const FIRST: Choice = { order: (list) => list, hints: new Map() };

export function solve(shape: Shape, literals: readonly Test[], choice: Choice = FIRST): Solved {
  const wanted = [...choice.hints.keys()].map((path) => path.split("\u0000"));
  return new Solver(choice).make(shape, { literals, wanted }, []);
}

/** What is asked at a place and below it. */
interface Asked {
  readonly literals: readonly Test[];
  /** Paths to fill, asked or not. */
  readonly wanted: readonly InputPath[];
}

const NOTHING: Asked = { literals: [], wanted: [] };

function ownOf({ literals }: Asked, depth: number): readonly Test[] {
  return literals.filter((literal) => pathOf(literal).length === depth);
}

/** What is asked below, by the next key. */
function belowOf({ literals, wanted }: Asked, depth: number): ReadonlyMap<string, Asked> {
  const below = new Map<string, { literals: Test[]; wanted: InputPath[] }>();
  const at = (key: string) => {
    let asked = below.get(key);
    if (asked === undefined) {
      asked = { literals: [], wanted: [] };
      below.set(key, asked);
    }
    return asked;
  };
  for (const literal of literals) {
    const key = pathOf(literal)[depth];
    if (key !== undefined) at(key).literals.push(literal);
  }
  for (const path of wanted) {
    const key = path[depth];
    if (key !== undefined) at(key).wanted.push(path);
  }
  return below;
}

const NONE: Solved = { kind: "none" };
const UNKNOWN: Solved = { kind: "unknown" };
/** What was made of the literals at and below a place, by the shape there: the same stand in many rules. */
const made = new WeakMap<Shape, Map<string, Solved>>();
/** What is required of an object is the same list each time. */
const plain = new WeakMap<readonly string[], { readonly [key: string]: Value }>();
type ObjectShape = Extract<Shape, { kind: "object" }>;
type ScalarShape = Exclude<Shape, ObjectShape | { kind: "one-of" }>;

class Solver {
  readonly #choice: Choice;

  constructor(choice: Choice) {
    this.#choice = choice;
  }

  /** The value of a property that is there. */
  #value(shape: Shape, asked: Asked, path: InputPath, key: string): Solved {
    if (this.#choice !== FIRST) return this.make(shape, asked, [...path, key]);
    let known = made.get(shape);
    if (known === undefined) {
      known = new Map();
      made.set(shape, known);
    }
    const name = keyOf(asked);
    let solved = known.get(name);
    if (solved === undefined) {
      solved = this.make(shape, asked, [...path, key]);
      known.set(name, solved);
    }
    return solved;
  }

  /** A value that is there. */
  make(shape: Shape, asked: Asked, path: InputPath): Solved {
    switch (shape.kind) {
      case "object":
        return this.#object(shape, asked, path);
      case "one-of":
        return firstOf(
          this.#choice.order(shape.shapes).map((each) => () => this.make(each, asked, path)),
        );
      case "any": {
        const object = { kind: "object", properties: {}, required: [], rest: shape } as const;
        const hasMore = belowOf(asked, path.length).size > 0;
        return firstOf([
          () => this.#scalar(shape, asked, path),
          () => (hasMore ? this.#object(object, asked, path) : NONE),
        ]);
      }
      default:
        return this.#scalar(shape, asked, path);
    }
  }

  #scalar(shape: ScalarShape, asked: Asked, path: InputPath): Solved {
    const own = ownOf(asked, path.length);
    const isMissing = (literal: Test): boolean =>
      pathOf(literal).length === path.length || holdsOf(literal, undefined);
    if (!asked.literals.every(isMissing)) return NONE;
    const hints = this.#choice.hints.get(path.join("\u0000"));
    const { values, isComplete } = candidatesFor(shape, own, path.at(-1) ?? "input", hints);
    const filled = hints === undefined ? [] : this.#filled(shape, hints, path);
    for (const value of this.#choice.order([...values, ...filled])) {
      if (own.every((literal) => holdsOf(literal, value))) return { kind: "value", value };
    }
    return isComplete ? NONE : UNKNOWN;
  }

  /** A list of one object, its members from the hints: what a residual looks for among documents. */
  #filled(shape: Shape, hints: readonly Scalar[], path: InputPath): readonly Value[] {
    if (shape.kind !== "array" || shape.items.kind !== "object") return [];
    const { properties } = shape.items;
    const wanted = Object.keys(properties).map((key) => [...path, key]);
    const inside = new Map(wanted.map((each) => [each.join("\u0000"), hints]));
    const solver = new Solver({ order: this.#choice.order, hints: inside });
    const solved = solver.make(shape.items, { literals: [], wanted }, path);
    return solved.kind === "value" ? [[solved.value]] : [];
  }

  /** What one property requires of others (`requiredWhen`) is met by trying its values in turn. */
  #object(shape: ObjectShape, asked: Asked, path: InputPath): Solved {
    const known = variantsOf(shape, path);
    if (known === undefined) return this.#properties(shape, asked, path, shape.required);
    let isUnknown = false;
    for (const { literal, required } of this.#choice.order(known)) {
      const fixed = { ...asked, literals: [...asked.literals, literal] };
      const solved = this.#properties(shape, fixed, path, required);
      if (solved.kind === "value") return solved;
      isUnknown ||= solved.kind === "unknown";
    }
    return isUnknown ? UNKNOWN : NONE;
  }

  #properties(
    shape: ObjectShape,
    asked: Asked,
    path: InputPath,
    required: readonly string[],
  ): Solved {
    const below = belowOf(asked, path.length);
    const given = this.#choice === FIRST ? this.#plain(shape, path, required) : undefined;
    const members: { [key: string]: Value } = { ...given };
    let isUnknown = false;
    const missing = given === undefined ? required : [];
    for (const key of new Set([...missing, ...below.keys()])) {
      const child = Object.hasOwn(shape.properties, key) ? shape.properties[key] : shape.rest;
      const isRequired = required.includes(key);
      const solved = this.#property(child, below.get(key) ?? NOTHING, { path, key, isRequired });
      if (solved === undefined) continue;
      if (solved.kind === "none") return NONE;
      if (solved.kind === "unknown") isUnknown = true;
      else setProperty(members, key, solved.value);
    }
    if (isUnknown) return UNKNOWN;
    const failing = ownOf(asked, path.length).filter((literal) => !holdsOf(literal, members));
    if (failing.length === 0) return { kind: "value", value: members };
    // Only what the members are could still be otherwise.
    return failing.some((literal) => asksMembers(literal)) ? UNKNOWN : NONE;
  }

  /** What is required, where nothing is asked of it. */
  #plain(
    shape: ObjectShape,
    path: InputPath,
    required: readonly string[],
  ): { readonly [key: string]: Value } | undefined {
    const known = plain.get(required);
    if (known !== undefined) return known;
    const members: { [key: string]: Value } = {};
    for (const key of required) {
      const child = Object.hasOwn(shape.properties, key) ? shape.properties[key] : shape.rest;
      const solved = child === undefined ? NONE : this.#value(child, NOTHING, path, key);
      if (solved.kind !== "value") return undefined;
      setProperty(members, key, solved.value);
    }
    plain.set(required, members);
    return members;
  }

  /** Undefined: left out. */
  #property(
    shape: Shape | undefined,
    asked: Asked,
    {
      path,
      key,
      isRequired,
    }: { readonly path: InputPath; readonly key: string; readonly isRequired: boolean },
  ): Solved | undefined {
    const mayBeAbsent = !isRequired && holdsWithout(asked);
    if (shape === undefined) return mayBeAbsent ? undefined : NONE;
    if (!mayBeAbsent) return this.#value(shape, asked, path, key);
    const [isAbsent] = this.#choice.order([true, false]);
    if (isAbsent === true) return undefined;
    const solved = this.#value(shape, asked, path, key);
    return solved.kind === "value" ? solved : undefined;
  }
}

function firstOf(attempts: readonly (() => Solved)[]): Solved {
  let isUnknown = false;
  for (const attempt of attempts) {
    const solved = attempt();
    if (solved.kind === "value") return solved;
    if (solved.kind === "unknown") isUnknown = true;
  }
  return isUnknown ? UNKNOWN : NONE;
}

/** One value that a property which others depend on can have, and what is required with it. */
interface Variant {
  readonly literal: Test;
  readonly required: readonly string[];
}

const variants = new WeakMap<ObjectShape, readonly Variant[]>();

/** Undefined for an object whose properties do not depend on each other. */
function variantsOf(shape: ObjectShape, path: InputPath): readonly Variant[] | undefined {
  if (shape.requiredWhen?.[0] === undefined) return undefined;
  const known = path.length === 0 ? variants.get(shape) : undefined;
  const found = known ?? listVariants(shape, path);
  // That of the whole input is asked for again and again.
  if (path.length === 0) variants.set(shape, found);
  return found;
}

function listVariants(shape: ObjectShape, path: InputPath): readonly Variant[] {
  const { properties, required, requiredWhen = [] } = shape;
  const { property = "" } = requiredWhen[0] ?? {};
  return closedValues(properties[property]).map((value) => {
    const more = requiredWhen.filter(({ equals }) => equals === value);
    return {
      literal: { op: "eq", path: [...path, property], value },
      required: [...required, ...more.flatMap((each) => each.required)],
    };
  });
}

function keyOf({ literals }: Asked): string {
  const [only] = literals;
  if (only === undefined) return "";
  return literals.length === 1 ? testKey(only) : literals.map(testKey).join("\u0002");
}

function closedValues(shape: Shape | undefined): readonly Scalar[] {
  if (shape?.kind !== "string" || shape.values === undefined)
    throw new Error("what others are required by must have known values");
  return shape.values;
}

/** Whether all literals hold when nothing is there. */
function holdsWithout({ literals }: Asked): boolean {
  return literals.every((literal) => holdsOf(literal, undefined));
}

function asksMembers(literal: Test): boolean {
  return (literal.op === "not" ? literal.test.op : literal.op) === "has";
}
