// Long work in turns: whoever has much to be inspected does not keep everybody else waiting.

import { setImmediate } from "node:timers/promises";

/** Characters of work, after which others have their turn: a millisecond or two. */
export const TURN = 65_536;

export class Turns {
  #spent = 0;

  /** Undefined while the turn is not over. */
  spend(work: number): Promise<unknown> | undefined {
    this.#spent += work;
    if (this.#spent < TURN) return undefined;
    this.#spent = 0;
    return setImmediate();
  }
}
