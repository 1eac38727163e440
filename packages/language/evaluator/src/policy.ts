// The policy decision point: a compiled policy, linked once, that decides on inputs. Deny overrides;
// nothing matched denies; an error denies. The decision rules are evaluated by their trees, everything
// they refer to by the plan.

import type { BuiltinTable } from "./builtin.ts";
import { asDecisionError } from "./combine.ts";
import type { CompiledPolicy } from "./compiled.ts";
import { linkDecision } from "./decide.ts";
import type { Decision, DecisionError } from "./decision.ts";
import { Documents, QUERY_PACKAGE } from "./documents.ts";
import { Evaluation, type EvaluationOptions } from "./evaluation.ts";
import type { LinkedGroup } from "./linked.ts";
import { metered } from "./meter.ts";
import { type Observer, watchClause } from "./observe.ts";
import type { RuleGroup } from "./plan.ts";
import { linkGroup } from "./rules.ts";
import type { Value } from "./value.ts";
import { checkSize } from "./value-size.ts";

const DEFAULT_MAX_STEPS = 1_000_000;

/** A loaded policy. Holds no state of any one decision; use it for as many as you like. */
export interface Policy {
  /**
   * Decides on one input: plain JSON, as `schemas/input.schema.json` says. An input that does not fit
   * is a deny with the error `input_invalid`.
   */
  evaluate(input: unknown, options?: EvaluateOptions): Decision;
  /**
   * The value of `data.<path>`, for tests and tools; undefined where there is none. A conflict, a
   * limit or (with `strictBuiltins`) a built-in's error is `ok: false`.
   */
  query(path: readonly string[], input: Value | undefined, options?: QueryOptions): QueryResult;
}

/** Limits of one decision. */
export interface EvaluateOptions {
  /** How many steps (members scanned, calls, solutions) a decision may take: 1,000,000 unless told. */
  readonly maxSteps?: number;
  /**
   * Whether the decision has taken longer than it may; asked every few thousand steps. The evaluator
   * reads no clock: who has one bounds the time, and a decision that exceeds it is a deny.
   */
  readonly isOverTime?: () => boolean;
  /** Errors of built-ins say what was wrong with what they were given, and may quote it: for authors alone. */
  readonly quotesInput?: boolean;
}

/** As of a decision; `strictBuiltins`: the error of a built-in ends the query instead of being undefined. */
export interface QueryOptions extends EvaluateOptions {
  readonly strictBuiltins?: boolean;
  /** Receives what `print` prints. */
  readonly print?: (message: string) => void;
  /** Hears of `internal.test_case`: which cases a test with keys tries. */
  readonly noteCase?: (keys: readonly Value[]) => void;
}

/** The value that was asked for, undefined where there is none; or the error that ended the query. */
export type QueryResult =
  | { readonly ok: true; readonly value: Value | undefined }
  | { readonly ok: false; readonly error: DecisionError };

/**
 * Links a compiled policy. Throws when it calls a built-in the table lacks: check bundles before. An
 * observer is told what queries try, and what decisions ask of helper rules; it costs them time.
 */
export function createPolicy(
  compiled: CompiledPolicy,
  builtins: BuiltinTable,
  observer?: Observer,
): Policy {
  const missing = compiled.builtins.find((name) => !builtins.has(name));
  if (missing !== undefined)
    throw new Error(`the plan calls \`${missing}\`, which this evaluator does not have`);
  const documents = linkDocuments(compiled, builtins, observer);
  // What decisions will ask for is read now, not while one waits for it.
  if (observer !== undefined || compiled.trees.residuals.some(refersToDocuments)) documents.load();
  const decide = linkDecision(compiled, { documents, builtins });
  return {
    evaluate(input, options) {
      return decide(
        input,
        options === undefined ? DECISION_OPTIONS : { ...DECISION_OPTIONS, ...options },
      );
    },
    ...queriesOf(documents),
  };
}

/** Links what queries need alone, of a policy compiled for this table: for who asks for no decision. */
export function createQueries(
  compiled: Pick<CompiledPolicy, "plan" | "data">,
  builtins: BuiltinTable,
  observer?: Observer,
): Pick<Policy, "query"> {
  return queriesOf(linkDocuments(compiled, builtins, observer));
}

function linkDocuments(
  compiled: Pick<CompiledPolicy, "plan" | "data">,
  builtins: BuiltinTable,
  observer?: Observer,
): Documents {
  const link = (group: RuleGroup): LinkedGroup => {
    const context = { documents, builtins };
    return observer === undefined
      ? deferGroup(group.kind, () => linkGroup(group, context))
      : linkGroup(group, { ...context, watch: watchClause(observer) });
  };
  const documents = new Documents(compiled.data as Value, () => {
    for (const group of compiled.plan.groups) documents.add(group.path, link(group));
    for (const path of compiled.plan.packages ?? []) documents.addPackage(path);
  });
  return documents;
}

function queriesOf(documents: Documents): Pick<Policy, "query"> {
  return {
    query(path, input, options) {
      const limits = { strictBuiltins: false, maxSteps: DEFAULT_MAX_STEPS };
      const evaluation = new Evaluation(input, { ...limits, ...options });
      try {
        const isQuery = path[0] === QUERY_PACKAGE;
        const value = metered(evaluation, () =>
          isQuery ? documents.query(path, evaluation) : documents.value(path, evaluation),
        );
        checkSize(value);
        return { ok: true, value };
      } catch (error) {
        return { ok: false, error: asDecisionError(error, true) };
      }
    },
  };
}

const DECISION_OPTIONS: EvaluationOptions = { strictBuiltins: true, maxSteps: DEFAULT_MAX_STEPS };

/** A rule is linked when it is first asked for: most rules of a large policy are wholly in the trees. */
function deferGroup(kind: LinkedGroup["kind"], link: () => LinkedGroup): LinkedGroup {
  let linked: LinkedGroup | undefined;
  const group = (): LinkedGroup => {
    linked ??= link();
    return linked;
  };
  return {
    kind,
    value: (evaluation) => group().value(evaluation),
    apply: (args, evaluation) => group().apply(args, evaluation),
    entries: (evaluation) => group().entries(evaluation),
  };
}

/** Whether a part of a plan refers to a document or a function of the policy. */
function refersToDocuments(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  if ("op" in part && (part.op === "doc" || part.op === "apply")) return true;
  return Object.values(part).some(refersToDocuments);
}
