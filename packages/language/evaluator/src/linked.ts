// What a plan becomes when it is linked: closures over frames, and rules by what can be asked of them.

import type { Evaluation } from "./evaluation.ts";
import type { RuleGroup } from "./plan.ts";
import type { Value } from "./value.ts";

/** A rule's variables by their number, and what bodies collect. */
export type Frame = (Value | undefined | Value[])[];
/** Undefined: it has no value. */
export type ExprFn = (frame: Frame, evaluation: Evaluation) => Value | undefined;
/** What follows a solution; true ends the search. */
export type Continue = (frame: Frame, evaluation: Evaluation) => boolean;

export interface LinkedGroup {
  readonly kind: RuleGroup["kind"];
  /** Functions have none. */
  value(evaluation: Evaluation): Value | undefined;
  apply(args: readonly Value[], evaluation: Evaluation): Value | undefined;
  /** What the rules say, one by one, for being nested with rules above and below. */
  entries(evaluation: Evaluation): readonly Entry[];
}

/** One thing that rules say under a path: the rest of the path to it, and whether it is a member of a set there. */
export type Entry = readonly [keys: readonly Value[], value: Value, kind: "value" | "member"];
