// A list of numbers read as choices: what a generator draws from. Zero is the simplest choice, and when the
// list is used up everything is; so a shorter list, or one with smaller numbers, makes a simpler program,
// and fast-check shrinks programs by shrinking lists.

import fc from "fast-check";

export class Choices {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** Below `count`. */
  below(count: number): number {
    const number = this.#numbers[this.#at] ?? 0;
    this.#at += 1;
    return number % count;
  }

  /** True once in so many times. */
  oneIn(count: number): boolean {
    return this.below(count) === count - 1;
  }

  pick<T>(options: readonly [T, ...T[]]): T {
    return options[this.below(options.length)] ?? options[0];
  }

  /** As many as chosen, at least and at most. */
  list<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }
}

/** What a generator makes of the lists of a length. */
export function generated<T>(length: number, make: (choices: Choices) => T): fc.Arbitrary<T> {
  return fc
    .array(fc.nat({ max: 999 }), { maxLength: length, size: "max" })
    .map((numbers) => make(new Choices(numbers)));
}
