// What a decision is. The same for every surface and stage; the gateway carries it out, the audit log
// keeps it.

import type { SourceRef } from "./plan.ts";
import type { DecisionRule } from "./tree.ts";

/** Whether the call may go on. */
export type Effect = "allow" | "deny";

/** What `evaluate` answers. Never thrown: what goes wrong is a deny with errors. */
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

/** What a rule says for people; with `message` whatever else its object has. */
export interface Reason {
  readonly message: string;
  readonly code?: string;
  readonly [key: string]: unknown;
}

/** A rule that held and counted, and where it stands in the source. */
export interface DeterminingRule {
  /** `bedrock.phi.deny#2`. */
  readonly rule: string;
  readonly kind: DecisionRule;
  readonly source: SourceRef;
  readonly title?: string;
  /** From the annotations or the YAML rule's `id`. */
  readonly id?: string;
}

/** Why no decision could be made: the input does not fit, or a rule failed. */
export interface DecisionError {
  readonly code:
    | "input_invalid"
    | "eval_conflict_error"
    | "eval_builtin_error"
    | "eval_type_error"
    | "eval_limit_error"
    | "rule_value_invalid";
  /** Names rules, paths and functions; quotes the input only where it was asked to (`quotesInput`). */
  readonly message: string;
  /** For input_invalid: the JSON pointer. */
  readonly pointer?: string;
}
