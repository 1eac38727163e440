// What the compiler makes and the bundle carries: everything the evaluator needs to decide, as JSON.

import type { Plan } from "./plan.ts";
import type { Shape } from "./shape.ts";
import type { DecisionTrees } from "./tree.ts";

export interface CompiledPolicy {
  readonly format: "writ.policy/1";
  readonly shape: Shape;
  readonly plan: Plan;
  readonly trees: DecisionTrees;
  /** The base documents: data.json / data.yaml of the policy set, merged. */
  readonly data: { readonly [key: string]: unknown };
}
