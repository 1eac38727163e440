// The input of a decision as the trees see it. Every path they test and every constant they test it against
// is known when a policy is linked: each path has an index and each of its constants a number, and what an
// input has at a path is looked up among them once a decision, however many nodes ask. A walk then
// compares small numbers.

import { someMember } from "./collection.ts";
import { hasItem } from "./link-test.ts";
import type { InputPath, Scalar } from "./tree.ts";
import type { Value } from "./value.ts";

/** The number of a value that no node tests for; those of constants are greater. */
const OTHER = 1;
const UNKNOWN = 0;

/** The paths and constants of a policy, as its trees are linked. */
export class InputPaths {
  readonly #indexes = new Map<string, number>();
  readonly paths: InputPath[] = [];
  /** The numbers of each path's constants. */
  readonly numbers: Map<unknown, number>[] = [];
  /** By number. */
  readonly constants: Scalar[] = [null, null];
  /** What the input has at each path. Whoever checks the input fills it in, with what it checked. */
  readonly values: (Value | undefined)[] = [];

  /** The index of a path. */
  register(path: InputPath): number {
    const name = path.join("\u0000");
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.paths.push(path) - 1;
    this.#indexes.set(name, index);
    this.numbers.push(new Map());
    this.values.push(undefined);
    return index;
  }

  /** The number of a constant that a path is tested against. */
  registerConstant(path: number, constant: Scalar): number {
    const numbers = this.numbers[path] as Map<unknown, number>;
    const known = numbers.get(constant);
    if (known !== undefined) return known;
    const kept = typeof constant === "string" ? internString(constant) : constant;
    const number = this.constants.push(kept) - 1;
    numbers.set(kept, number);
    return number;
  }
}

/** The same text as an object's key, which the engine keeps once: finding such a one again compares no letters. */
export function internString(text: string): string {
  return Object.keys({ [text]: true })[0] as string;
}

/** What the input of the decision under way has, in numbers. */
export interface InputNumbers {
  /** Of the value at a path: none of the path's constants when it is another. */
  readonly numberAt: (path: number) => number;
  /** How many constants are members of the collection at a path; `memberAt` tells which. */
  readonly memberCount: (path: number) => number;
  readonly memberAt: (path: number, index: number) => number;
  readonly hasMember: (path: number, number: number) => boolean;
  /** Forgets the input: what a policy holds between decisions is no caller's data. */
  readonly clear: () => void;
}

/** So many constants are looked for among the members, before all members are looked up among the constants. */
const MAX_ASKED = 3;
const UNASKED = -1 - MAX_ASKED;

/** After the last path and constant. Closures over arrays that never change place: what a walk asks for is inlined. */
export function linkNumbers({ values, numbers, constants }: InputPaths): InputNumbers {
  const numberOf = new Int32Array(values.length);
  /** Of members that are constants; negative while they are not known. */
  const counts = new Int32Array(values.length).fill(UNASKED);
  const isMember = new Uint8Array(constants.length);
  /** Each once, in the order of the collection; a path's own begin at its start. */
  const members = new Int32Array(constants.length);
  const starts = startsOf(numbers);
  // A decision may ask for no number at all.
  let isAsked = false;

  const addMember = (path: number, item: Value): false => {
    const number = (numbers[path] as Map<unknown, number>).get(item);
    if (number === undefined || isMember[number] === 1) return false;
    isMember[number] = 1;
    const count = counts[path] as number;
    members[(starts[path] as number) + count] = number;
    counts[path] = count + 1;
    return false;
  };
  // A function of its own: one that makes a closure allocates for it whenever it is called.
  const addValues = (path: number, value: Value): void => {
    someMember(value, (_key, item) => addMember(path, item));
  };
  const memberCount = (path: number): number => {
    if ((counts[path] as number) >= 0) return counts[path] as number;
    isAsked = true;
    counts[path] = 0;
    const value = values[path];
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) addMember(path, value[index]);
    } else if (typeof value === "object" && value !== null) {
      addValues(path, value);
    }
    return counts[path] as number;
  };
  const forget = (): void => {
    isAsked = false;
    for (let path = 0; path < values.length; path += 1) {
      numberOf[path] = UNKNOWN;
      const end = (starts[path] as number) + (counts[path] as number);
      for (let at = starts[path] as number; at < end; at += 1) isMember[members[at] as number] = 0;
      counts[path] = UNASKED;
    }
  };
  return {
    numberAt(path) {
      const known = numberOf[path] as number;
      if (known !== UNKNOWN) return known;
      const found = (numbers[path] as Map<unknown, number>).get(values[path]) ?? OTHER;
      isAsked = true;
      numberOf[path] = found;
      return found;
    },
    memberCount,
    memberAt: (path, index) => members[(starts[path] as number) + index] as number,
    hasMember(path, number) {
      const count = counts[path] as number;
      if (count < -1) {
        isAsked = true;
        counts[path] = count + 1;
        const value = values[path];
        return value !== undefined && hasItem(value, constants[number] as Scalar);
      }
      memberCount(path);
      return isMember[number] === 1;
    },
    clear() {
      for (let path = 0; path < values.length; path += 1) values[path] = undefined;
      if (isAsked) forget();
    },
  };
}

function startsOf(numbers: readonly ReadonlyMap<unknown, number>[]): Int32Array {
  const starts = new Int32Array(numbers.length);
  for (let path = 1; path < numbers.length; path += 1)
    starts[path] =
      (starts[path - 1] as number) + (numbers[path - 1] as ReadonlyMap<unknown, number>).size;
  return starts;
}
