// An input that satisfies a conjunction of literals and fits the shape, or that there is none. Paths are
// independent of each other but for presence: below a value that is missing or no object everything is
// missing. So the literals are put into a trie beside the shape and solved from the top.

import {
  holdsOf,
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
  const root = makeTrie();
  for (const literal of literals) trieAt(root, pathOf(literal)).own.push(literal);
  for (const path of choice.hints.keys()) trieAt(root, path.split("\u0000"));
  return new Solver(choice).value(shape, root, []);
}

interface Trie {
  readonly own: Test[];
  readonly children: Map<string, Trie>;
}

function makeTrie(): Trie {
  return { own: [], children: new Map() };
}

function trieAt(root: Trie, path: readonly string[]): Trie {
  let at = root;
  for (const key of path) {
    let next = at.children.get(key);
    if (next === undefined) {
      next = makeTrie();
      at.children.set(key, next);
    }
    at = next;
  }
  return at;
}

const NONE: Solved = { kind: "none" };
const UNKNOWN: Solved = { kind: "unknown" };
const EMPTY = makeTrie();
/** What stands where nothing is asked. */
const plain = new WeakMap<Shape, Solved>();
/** What satisfies the literals at one path alone. */
const scalars = new WeakMap<Shape, Map<string, Solved>>();
type ObjectShape = Extract<Shape, { kind: "object" }>;
type ScalarShape = Exclude<Shape, ObjectShape | { kind: "one-of" }>;

class Solver {
  readonly #choice: Choice;

  constructor(choice: Choice) {
    this.#choice = choice;
  }

  /** A value that is there. Where nothing is asked it is the same each time. */
  value(shape: Shape, trie: Trie, path: readonly string[]): Solved {
    const known = this.#known(shape, trie, true);
    if (known !== undefined) return known;
    const made = this.#make(shape, trie, path);
    if (trie === EMPTY && this.#choice === FIRST) plain.set(shape, made);
    return made;
  }

  #known(shape: Shape | undefined, trie: Trie, isRequired: boolean): Solved | undefined {
    const isPlain = trie === EMPTY && this.#choice === FIRST && isRequired;
    return isPlain && shape !== undefined ? plain.get(shape) : undefined;
  }

  #make(shape: Shape, trie: Trie, path: readonly string[]): Solved {
    switch (shape.kind) {
      case "object":
        return this.#object(shape, trie, path);
      case "one-of":
        return firstOf(
          this.#choice.order(shape.shapes).map((each) => () => this.value(each, trie, path)),
        );
      case "any":
        return firstOf([
          () => this.#scalar(shape, trie, path),
          () =>
            trie.children.size === 0
              ? NONE
              : this.#object(
                  { kind: "object", properties: {}, required: [], rest: shape },
                  trie,
                  path,
                ),
        ]);
      default:
        return this.#scalar(shape, trie, path);
    }
  }

  #scalar(shape: ScalarShape, trie: Trie, path: readonly string[]): Solved {
    if (this.#choice !== FIRST || trie.children.size > 0) return this.#tried(shape, trie, path);
    // The same literals stand in many rules.
    const key = trie.own.map(testKey).join("\u0002");
    let known = scalars.get(shape);
    if (known === undefined) {
      known = new Map();
      scalars.set(shape, known);
    }
    const made = known.get(key) ?? this.#tried(shape, trie, path);
    known.set(key, made);
    return made;
  }

  #tried(shape: ScalarShape, trie: Trie, path: readonly string[]): Solved {
    for (const child of trie.children.values()) if (!holdsWithout(child)) return NONE;
    const hints = this.#choice.hints.get(path.join("\u0000"));
    const { values, isComplete } = candidatesFor(shape, trie.own, path.at(-1) ?? "input", hints);
    const filled = hints === undefined ? [] : this.#filled(shape, hints, path);
    for (const value of this.#choice.order([...values, ...filled])) {
      if (trie.own.every((literal) => holdsOf(literal, value))) return { kind: "value", value };
    }
    return isComplete ? NONE : UNKNOWN;
  }

  /** A list of one object, its members from the hints: what a residual looks for among documents. */
  #filled(shape: Shape, hints: readonly Scalar[], path: readonly string[]): readonly Value[] {
    if (shape.kind !== "array" || shape.items.kind !== "object") return [];
    const { properties } = shape.items;
    const inside = Object.keys(properties).map(
      (key) => [[...path, key].join("\u0000"), hints] as const,
    );
    const solver = new Solver({ order: this.#choice.order, hints: new Map(inside) });
    const trie = makeTrie();
    for (const key of Object.keys(properties)) trieAt(trie, [key]);
    const solved = solver.value(shape.items, trie, path);
    return solved.kind === "value" ? [[solved.value]] : [];
  }

  /** What one property requires of others (`requiredWhen`) is met by trying its values in turn. */
  #object(shape: ObjectShape, trie: Trie, path: readonly string[]): Solved {
    const [condition] = shape.requiredWhen ?? [];
    if (condition === undefined) return this.#properties(shape, trie, path, shape.required);
    const { property } = condition;
    const values = closedValues(shape.properties[property]);
    return firstOf(
      this.#choice.order(values).map((value) => () => {
        const fixed = withLiteral(trie, property, { op: "eq", path: [...path, property], value });
        const more = (shape.requiredWhen ?? []).flatMap(({ equals, required }) =>
          equals === value ? required : [],
        );
        return this.#properties(shape, fixed, path, [...shape.required, ...more]);
      }),
    );
  }

  #properties(
    shape: ObjectShape,
    trie: Trie,
    path: readonly string[],
    required: readonly string[],
  ): Solved {
    const made: { [key: string]: Value } = {};
    let isUnknown = false;
    const keys = [...required];
    for (const key of trie.children.keys()) if (!required.includes(key)) keys.push(key);
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index] as string;
      const below = trie.children.get(key) ?? EMPTY;
      const child = Object.hasOwn(shape.properties, key) ? shape.properties[key] : shape.rest;
      const isRequired = index < required.length;
      const solved =
        this.#known(child, below, isRequired) ??
        this.#property(child, below, [...path, key], isRequired);
      if (solved === undefined) continue;
      if (solved.kind === "none") return NONE;
      if (solved.kind === "unknown") isUnknown = true;
      else setProperty(made, key, solved.value);
    }
    if (isUnknown) return UNKNOWN;
    const failing = trie.own.filter((literal) => !holdsOf(literal, made));
    if (failing.length === 0) return { kind: "value", value: made };
    // Only what the members are could still be otherwise.
    return failing.some((literal) => asksMembers(literal)) ? UNKNOWN : NONE;
  }

  /** Undefined: left out. */
  #property(
    shape: Shape | undefined,
    trie: Trie,
    path: readonly string[],
    isRequired: boolean,
  ): Solved | undefined {
    const mayBeAbsent = !isRequired && holdsWithout(trie);
    if (shape === undefined) return mayBeAbsent ? undefined : NONE;
    if (!mayBeAbsent) return this.value(shape, trie, path);
    const [isAbsent] = this.#choice.order([true, false]);
    if (isAbsent === true) return undefined;
    const solved = this.value(shape, trie, path);
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

function closedValues(shape: Shape | undefined): readonly Scalar[] {
  if (shape?.kind !== "string" || shape.values === undefined)
    throw new Error("what others are required by must have known values");
  return shape.values;
}

function withLiteral(trie: Trie, key: string, literal: Test): Trie {
  const child = trie.children.get(key) ?? EMPTY;
  const children = new Map(trie.children);
  children.set(key, { own: [...child.own, literal], children: child.children });
  return { own: trie.own, children };
}

/** Whether all literals at and below hold when nothing is there. */
function holdsWithout(trie: Trie): boolean {
  if (!trie.own.every((literal) => holdsOf(literal, undefined))) return false;
  for (const child of trie.children.values()) if (!holdsWithout(child)) return false;
  return true;
}

function asksMembers(literal: Test): boolean {
  return (literal.op === "not" ? literal.test.op : literal.op) === "has";
}
