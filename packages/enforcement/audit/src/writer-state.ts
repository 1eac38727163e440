// Where a log ends: what recovery finds and a writer goes on from.

import type { Frontier } from "./merkle.ts";

/** What the writer goes on from. */
export interface WriterState {
  readonly frontier: Frontier;
  readonly note: string;
  readonly segment: number;
  readonly end: number;
}
