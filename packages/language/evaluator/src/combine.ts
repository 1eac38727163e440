// From what the rules say to the decision: deny overrides, nothing matched denies, an error denies.

import { makeSet, toJson } from "./collection.ts";
import type { Decision, DecisionError, DeterminingRule, Reason } from "./decision.ts";
import { EvaluationError } from "./evaluation.ts";
import { compareValues } from "./order.ts";
import { isPlainObject, type Value } from "./value.ts";

/** What the rules of one kind say in a decision; one that merely holds has no value. */
export interface Said {
  readonly rules: readonly DeterminingRule[];
  readonly values: readonly Value[];
}

const NONE: readonly never[] = Object.freeze([]);

export const NOTHING_SAID: Said = Object.freeze({ rules: NONE, values: NONE });

export function combine(deny: Said, allow: Said, redact: Said, oblige: Said): Decision {
  const denied = deny.rules.length > 0;
  const deciding = denied ? deny : allow;
  const reasons = deciding.values.length === 0 ? NONE : asReasons(deciding.values);
  const redactions =
    redact === NOTHING_SAID ? NONE : redact.values.filter((label) => typeof label === "string");
  if (reasons === undefined || redactions.length !== redact.values.length) {
    return failed({
      code: "rule_value_invalid",
      message:
        "invalid decision value: expected a reason (a string, or an object with `message`), a label or a boolean",
    });
  }
  const isPlain = redact === NOTHING_SAID && oblige === NOTHING_SAID;
  return {
    effect: denied || allow.rules.length === 0 ? "deny" : "allow",
    reasons: deciding.rules.length === 0 ? DEFAULT_REASONS : reasons,
    determining: isPlain ? deciding.rules : [...deciding.rules, ...redact.rules, ...oblige.rules],
    redactions: redactions.length === 0 ? NONE : [...new Set(redactions)].sort(),
    obligations: oblige.values.length === 0 ? NONE : makeSet(oblige.values).items.map(toJson),
    errors: NONE,
  };
}

const DEFAULT_REASONS: readonly Reason[] = Object.freeze([
  Object.freeze({ message: "no rule allows this", code: "default_deny" }),
]);

function asReasons(values: readonly Value[]): readonly Reason[] | undefined {
  const reasons: Reason[] = [];
  for (const value of values.length > 1 ? [...makeSet(values).items].sort(compareValues) : values) {
    if (value === true) continue;
    if (typeof value === "string") reasons.push({ message: value });
    else if (isPlainObject(value) && typeof value["message"] === "string") {
      reasons.push(toJson(value) as Reason);
    } else return undefined;
  }
  return reasons;
}

export function failed(error: DecisionError): Decision {
  return {
    effect: "deny",
    reasons: [{ message: error.message, code: error.code }],
    determining: [],
    redactions: [],
    obligations: [],
    errors: [error],
  };
}

/**
 * Of what an evaluation throws; what is thrown by no evaluation is a bug and goes on. The text of a built-in's
 * error may quote what it was given: authors read it, clients and records do not.
 */
export function asDecisionError(error: unknown, quotesInput: boolean): DecisionError {
  if (error instanceof EvaluationError) {
    const code = error.code === "eval_with_error" ? "eval_conflict_error" : error.code;
    return { code, message: quotesInput ? error.message : error.bare };
  }
  if (error instanceof RangeError) {
    return { code: "eval_limit_error", message: "evaluation went too deep" };
  }
  throw error;
}
