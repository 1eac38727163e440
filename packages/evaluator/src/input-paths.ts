// Reading the input of a decision. Every path the trees test is known when a policy is linked; each is read
// once a decision, when it is first asked for, however many nodes test it.

import type { InputPath } from "./tree.ts";
import type { Value } from "./value.ts";

type Read = (input: unknown) => Value | undefined;

export class InputPaths {
  readonly #indexes = new Map<string, number>();
  readonly #reads: Read[] = [];
  readonly #values: (Value | undefined)[] = [];
  /** In which decision a value was read. */
  readonly #readIn: number[] = [];
  #decision = 0;
  #input: unknown;

  /** The index of a path, for `get`. */
  register(path: InputPath): number {
    const name = path.join("\u0000");
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.#reads.push(linkRead(path)) - 1;
    this.#indexes.set(name, index);
    this.#values.push(undefined);
    this.#readIn.push(0);
    return index;
  }

  begin(input: unknown): void {
    this.#decision += 1;
    this.#input = input;
  }

  /** Forgets the input: what a policy holds between decisions is no caller's data. */
  end(): void {
    this.#input = undefined;
    const values = this.#values;
    for (let index = 0; index < values.length; index += 1) values[index] = undefined;
  }

  get(index: number): Value | undefined {
    if (this.#readIn[index] === this.#decision) return this.#values[index];
    const value = (this.#reads[index] as Read)(this.#input);
    this.#readIn[index] = this.#decision;
    this.#values[index] = value;
    return value;
  }
}

function linkRead(path: InputPath): Read {
  const steps = path.map(linkKey);
  const [first, second, ...rest] = steps;
  if (first === undefined) return (input) => input as Value;
  if (second === undefined) return first;
  if (rest.length === 0) return (input) => second(first(input));
  return (input) => steps.reduce<unknown>((at, step) => step(at), input) as Value | undefined;
}

/** Own properties only: an input key named `constructor` is data, not code; an array has no keys. */
function linkKey(key: string): Read {
  const isInherited = key in Object.prototype || key in Array.prototype || /^\d+$/.test(key);
  return isInherited
    ? (at) =>
        typeof at === "object" && at !== null && !Array.isArray(at) && Object.hasOwn(at, key)
          ? (at as { readonly [key: string]: Value })[key]
          : undefined
    : (at) =>
        typeof at === "object" && at !== null
          ? (at as { readonly [key: string]: Value })[key]
          : undefined;
}
