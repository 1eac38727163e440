// Decisions that tests alone determine, by the clauses that were reached: made once, given often. Bounded:
// what has no place any more is made anew each time.

import type { Decision } from "./decision.ts";
import type { Reached } from "./visit.ts";

/** What is kept under the clauses reached so far. */
interface Kept {
  decision: Decision | undefined;
  /** By the next clause reached. */
  next: Map<number, Kept> | undefined;
}

/** Decisions that several clauses determine together. */
const MAX_KEPT = 4096;

export class KeptDecisions {
  /** Most decisions have one clause. */
  readonly #alone: (Decision | undefined)[];
  readonly #several = new Map<number, Kept>();
  #count = 0;

  constructor(clauseCount: number) {
    this.#alone = new Array(clauseCount).fill(undefined);
  }

  /** What was kept for exactly these clauses, in this order; nothing when tests left anything open. */
  find(reached: Reached): Decision | undefined {
    const { clauses, residuals, count } = reached;
    if (count === 1) return residuals[0] === -1 ? this.#alone[clauses[0] as number] : undefined;
    let next: Map<number, Kept> | undefined = this.#several;
    let kept: Kept | undefined;
    for (let at = 0; at < count; at += 1) {
      kept = residuals[at] === -1 ? next?.get(clauses[at] as number) : undefined;
      if (kept === undefined) return undefined;
      next = kept.next;
    }
    return kept?.decision;
  }

  keep({ clauses, residuals, count }: Reached, decision: Decision): void {
    for (let at = 0; at < count; at += 1) if (residuals[at] !== -1) return;
    if (count === 1) {
      this.#alone[clauses[0] as number] = freezeDeep(decision);
      return;
    }
    let next = this.#several;
    let kept: Kept | undefined;
    for (let at = 0; at < count; at += 1) {
      const clause = clauses[at] as number;
      kept = next.get(clause);
      if (kept === undefined) {
        if (this.#count >= MAX_KEPT) return;
        this.#count += 1;
        kept = { decision: undefined, next: undefined };
        next.set(clause, kept);
      }
      kept.next ??= new Map();
      next = kept.next;
    }
    if (kept !== undefined) kept.decision = freezeDeep(decision);
  }
}

export function freezeDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const each of Object.values(value)) freezeDeep(each);
  return value;
}
