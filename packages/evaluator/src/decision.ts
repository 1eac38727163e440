// What a decision is. The same for every surface and stage; the gateway carries it out, the audit log
// keeps it.

import type { SourceRef } from "./plan.ts";
import type { DecisionRule } from "./tree.ts";

export type Effect = "allow" | "deny";

export interface Decision {
  readonly effect: Effect;
  /** Why, for a deny; what the allow rules say, for an allow that says something. Sorted, no duplicates. */
  readonly reasons: readonly Reason[];
  /** Every rule that determined the effect, the redactions or the obligations. */
  readonly determining: readonly DeterminingRule[];
  /** Labels whose spans are to be masked. Sorted. */
  readonly redactions: readonly string[];
  /** JSON values the gateway must carry out for an allow to stand. */
  readonly obligations: readonly unknown[];
  /** Not empty only on a deny: an evaluation that fails denies. */
  readonly errors: readonly DecisionError[];
}

export interface Reason {
  readonly message: string;
  readonly code?: string;
  readonly [key: string]: unknown;
}

export interface DeterminingRule {
  /** `bedrock.phi.deny#2`. */
  readonly rule: string;
  readonly kind: DecisionRule;
  readonly source: SourceRef;
  readonly title?: string;
  /** From the annotations or the YAML rule's `id`. */
  readonly id?: string;
}

export interface DecisionError {
  readonly code:
    | "input_invalid"
    | "eval_conflict_error"
    | "eval_builtin_error"
    | "eval_type_error"
    | "eval_limit_error"
    | "rule_value_invalid";
  /** Names rules and paths, never values of the input. */
  readonly message: string;
  /** For input_invalid: the JSON pointer. */
  readonly pointer?: string;
}
