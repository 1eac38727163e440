// What a process that runs tests is told, and what it answers: one JSON text on each line of a file, so that
// whoever watches it knows which mutant a process hung or died at.

import { appendFileSync, readFileSync } from "node:fs";

/** The environment variable that names the file of the plan. */
export const PLAN_VARIABLE = "MUTATION_PLAN";

/** Tests to run with one mutant, or with none, to see which mutants they reach. */
export interface Job {
  /** Absent: none. */
  readonly mutant?: number;
  readonly testFile: string;
  /** Ids of the tests in the file; absent: all. */
  readonly tests?: readonly string[];
  /** How often the mutant may be reached: more is a loop without an end. */
  readonly maxHits?: number;
  /** Of each test. */
  readonly timeoutMs?: number;
  /** Of all: the process is stopped then. */
  readonly limitMs: number;
}

export interface Plan {
  readonly jobs: readonly Job[];
  /** In place of what these files hold, by absolute name. */
  readonly sources: { readonly [file: string]: string };
  readonly answers: string;
}

/** How often each mutant was reached, and by which test: `tests` has what ran as the tests themselves did. */
export interface Reached {
  readonly outside: readonly number[];
  readonly tests: readonly {
    readonly id: string;
    readonly ms: number;
    readonly mutants: readonly number[];
  }[];
  readonly hits: readonly (readonly [mutant: number, hits: number])[];
}

/** `index` is the job's; `by` is the test, or what else, that failed. */
export type Answer =
  | { readonly kind: "begun"; readonly index: number }
  | { readonly kind: "skipped"; readonly index: number }
  | {
      readonly kind: "done";
      readonly index: number;
      readonly by?: string;
      readonly reached?: Reached;
    };

export function readPlan(): Plan {
  return JSON.parse(readFileSync(process.env[PLAN_VARIABLE] ?? "", "utf8")) as Plan;
}

export function answer(plan: Plan, said: Answer): void {
  appendFileSync(plan.answers, `${JSON.stringify(said)}\n`);
}
