// The work of an evaluation is counted in steps, and its steps are limited. Comparing, sorting and printing
// happen inside sorts, searches and libraries that have no place for a counter, and values that share their
// parts are far larger than the memory they take; so whoever does such work reports it to the meter that
// runs, and every evaluation runs one. Outside of an evaluation nothing is counted.

/** Takes steps off what is left of a budget, and throws when nothing is. */
export interface Meter {
  readonly step: (count: number) => void;
}

let running: Meter | undefined;

/** Counts steps of the evaluation that runs. One is about the time it takes to look at a member of a collection. */
export function spend(steps: number): void {
  if (running !== undefined) running.step(steps);
}

/** Lets a meter run from here on; returns the one before, for `restoreMeter`. */
export function startMeter(meter: Meter | undefined): Meter | undefined {
  const before = running;
  running = meter;
  return before;
}

export function restoreMeter(before: Meter | undefined): void {
  running = before;
}

export function metered<T>(meter: Meter, work: () => T): T {
  const before = startMeter(meter);
  try {
    return work();
  } finally {
    restoreMeter(before);
  }
}

/** Characters that are copied, compared or searched in the time of one step. */
export const CHARACTERS_A_STEP = 32;

/** The steps of going through a text once. */
export function textSteps(length: number): number {
  return Math.ceil(length / CHARACTERS_A_STEP);
}

/** The steps of sorting so many items, without what comparing large ones takes. */
export function sortSteps(count: number): number {
  return count + ((count * (32 - Math.clz32(count))) >> 3);
}

class OutOfSteps extends Error {}

/** Work outside of an evaluation that may take so many steps; undefined when it takes more. */
export function withinSteps<T>(steps: number, work: () => T): { readonly value: T } | undefined {
  let left = steps;
  const step = (count: number): void => {
    left -= count;
    if (left < 0) throw new OutOfSteps();
  };
  try {
    const value = metered({ step }, work);
    return left < 0 ? undefined : { value };
  } catch (error) {
    if (error instanceof OutOfSteps || left < 0) return undefined;
    throw error;
  }
}
