// What the compiler makes and the bundle carries: everything the evaluator needs to decide, as JSON.

import type { Plan } from "./plan.ts";
import type { Shape } from "./shape.ts";
import type { DecisionTrees } from "./tree.ts";

/** Of all of it: an evaluator refuses what it does not know. */
export const POLICY_FORMAT = "writ.policy/2";

/** A policy set as `createPolicy` takes it. Plain JSON. */
export interface CompiledPolicy {
  readonly format: typeof POLICY_FORMAT;
  readonly shape: Shape;
  /** Of an opened bundle it is read when it is first asked for: decisions by the trees alone never do. */
  readonly plan: Plan;
  /** The built-in functions that plan and trees call. Sorted. */
  readonly builtins: readonly string[];
  readonly trees: DecisionTrees;
  /** The base documents: data.json / data.yaml of the policy set, merged. */
  readonly data: { readonly [key: string]: unknown };
}
