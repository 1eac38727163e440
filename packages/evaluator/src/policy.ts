// The policy decision point: a compiled policy, linked once, that decides on inputs. Deny overrides;
// nothing matched denies; an error denies. The decision rules are evaluated by their trees, everything
// they refer to by the plan.

import type { BuiltinTable } from "./builtin.ts";
import { makeSet, toJson } from "./collection.ts";
import type { CompiledPolicy } from "./compiled.ts";
import { findMisfit } from "./conform.ts";
import { decodeConstant } from "./constant.ts";
import type { Decision, DecisionError, DeterminingRule, Reason } from "./decision.ts";
import { Documents, QUERY_PACKAGE } from "./documents.ts";
import { Evaluation, EvaluationError, type EvaluationOptions } from "./evaluation.ts";
import { type Frame, type LinkContext, linkBody, linkExpr } from "./link.ts";
import { compareValues } from "./order.ts";
import { linkGroup } from "./rules.ts";
import type { DecisionRule, Residual, TreeClause } from "./tree.ts";
import { isPlainObject, type Value } from "./value.ts";
import { linkTree, type Visit } from "./visit.ts";

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

export interface EvaluateOptions {
  /** How many steps (members scanned, calls, solutions) a decision may take: 1,000,000 unless told. */
  readonly maxSteps?: number;
}

export interface QueryOptions extends EvaluateOptions {
  readonly strictBuiltins?: boolean;
  /** Receives what `print` prints. */
  readonly print?: (message: string) => void;
}

export type QueryResult =
  | { readonly ok: true; readonly value: Value | undefined }
  | { readonly ok: false; readonly error: DecisionError };

/** Links a compiled policy. Throws when it calls a built-in the table lacks: check bundles before. */
export function createPolicy(compiled: CompiledPolicy, builtins: BuiltinTable): Policy {
  const documents = new Documents(compiled.data as Value);
  const context = { documents, builtins };
  for (const group of compiled.plan.groups) documents.add(group.path, linkGroup(group, context));
  for (const path of compiled.plan.packages ?? []) documents.addPackage(path);
  const decide = linkDecision(compiled, context);
  return {
    evaluate(input, options) {
      const misfit = findMisfit(compiled.shape, input);
      if (misfit !== undefined) {
        const { pointer, message } = misfit;
        return failed({ code: "input_invalid", message: `the input ${message}`, pointer });
      }
      return decide(input as Value, {
        strictBuiltins: true,
        maxSteps: options?.maxSteps ?? DEFAULT_MAX_STEPS,
      });
    },
    query(path, input, options) {
      const { strictBuiltins = false, maxSteps = DEFAULT_MAX_STEPS, print } = options ?? {};
      const evaluation = new Evaluation(input, {
        strictBuiltins,
        maxSteps,
        ...(print === undefined ? {} : { print }),
      });
      try {
        const isQuery = path[0] === QUERY_PACKAGE;
        const value = isQuery
          ? documents.query(path, evaluation)
          : documents.value(path, evaluation);
        return { ok: true, value };
      } catch (error) {
        return { ok: false, error: asDecisionError(error) };
      }
    },
  };
}

/** What a walk over the four trees finds. */
interface Found {
  readonly determining: { readonly [Kind in DecisionRule]: DeterminingRule[] };
  readonly values: { readonly [Kind in DecisionRule]: Value[] };
}

type PolicyContext = Omit<LinkContext, "slots">;

function linkDecision(
  compiled: CompiledPolicy,
  context: PolicyContext,
): (input: Value, options: EvaluationOptions) => Decision {
  const { clauses, roots, residuals } = compiled.trees;
  const rules = clauses.map(describeClause);
  const constants = clauses.map(({ value }) =>
    value === undefined ? undefined : decodeConstant(value),
  );
  const solvers = residuals.map((residual) => linkResidual(residual, context));
  // Which evaluation reached a clause last: what makes a clause reached twice count once.
  const reachedIn = new Float64Array(clauses.length);
  let current = 0;
  let found = emptyFound();

  const reach = (index: number, residual: number | undefined, evaluation: Evaluation): void => {
    if (reachedIn[index] === current) return;
    reachedIn[index] = current;
    const { kind } = clauses[index] as TreeClause;
    const constant = constants[index];
    const solver = residual === undefined ? undefined : solvers[residual];
    const values = solver === undefined ? [true] : solver(evaluation);
    const given = constant !== undefined && values.length > 0 ? [constant] : values;
    const counted = kind === "allow" ? given.filter((value) => value !== false) : given;
    if (counted.length === 0) return;
    found.determining[kind].push(rules[index] as DeterminingRule);
    found.values[kind].push(...counted);
  };
  const visits: Visit[] = [roots.deny, roots.allow, roots.redact, roots.oblige].map((root) =>
    linkTree(root, reach),
  );

  return (input, options) => {
    current += 1;
    found = emptyFound();
    const evaluation = new Evaluation(input, options);
    try {
      for (const visit of visits) visit(input, evaluation);
      return combine(found);
    } catch (error) {
      return failed(asDecisionError(error));
    }
  };
}

function emptyFound(): Found {
  return {
    determining: { allow: [], deny: [], redact: [], oblige: [] },
    values: { allow: [], deny: [], redact: [], oblige: [] },
  };
}

function describeClause(clause: TreeClause): DeterminingRule {
  const { rule, kind, source, title, id } = clause;
  return Object.freeze({
    rule,
    kind,
    source,
    ...(title === undefined ? {} : { title }),
    ...(id === undefined ? {} : { id }),
  });
}

/** The values of a residual's solutions (`true` for one without a value). At most once a decision: clauses do not share residuals. */
function linkResidual(
  residual: Residual,
  context: PolicyContext,
): (evaluation: Evaluation) => readonly Value[] {
  const slots = { count: residual.slots };
  const frame = { ...context, slots };
  const readValue = residual.value === undefined ? undefined : linkExpr(residual.value, frame);
  const list = slots.count;
  slots.count += 1;
  const run = linkBody(residual.body, frame, (at, evaluation) => {
    const value = readValue === undefined ? true : readValue(at, evaluation);
    evaluation.step(1);
    // SAFETY: the slot is this residual's own and holds the list put there below.
    if (value !== undefined) (at[list] as Value[]).push(value);
    return readValue === undefined;
  });
  return (evaluation) => {
    const values: Value[] = [];
    const at: Frame = new Array(slots.count).fill(undefined);
    at[list] = values;
    run(at, evaluation);
    return values;
  };
}

function combine(found: Found): Decision {
  const { determining, values } = found;
  const reasons = asReasons(values.deny.length > 0 ? values.deny : values.allow);
  const redactions = values.redact.filter((label) => typeof label === "string");
  if (reasons === undefined || redactions.length !== values.redact.length) {
    return failed({
      code: "rule_value_invalid",
      message:
        "a decision rule gave a value that is no reason (a string, or an object with `message`), no label or no truth",
    });
  }
  const denied = determining.deny.length > 0;
  const effect = denied || determining.allow.length === 0 ? "deny" : "allow";
  const applied = [...determining.redact, ...determining.oblige];
  return {
    effect,
    reasons: effect === "deny" && !denied ? [DEFAULT_DENY] : reasons,
    determining: [...(denied ? determining.deny : determining.allow), ...applied],
    redactions: [...new Set(redactions)].sort(),
    obligations: makeSet(values.oblige).items.map(toJson),
    errors: [],
  };
}

const DEFAULT_DENY: Reason = Object.freeze({
  message: "no rule allows this",
  code: "default_deny",
});

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

function failed(error: DecisionError): Decision {
  return {
    effect: "deny",
    reasons: [{ message: error.message, code: error.code }],
    determining: [],
    redactions: [],
    obligations: [],
    errors: [error],
  };
}

function asDecisionError(error: unknown): DecisionError {
  if (error instanceof EvaluationError) {
    const code = error.code === "eval_with_error" ? "eval_conflict_error" : error.code;
    return { code, message: error.message };
  }
  if (error instanceof RangeError) {
    return { code: "eval_limit_error", message: "evaluation went too deep" };
  }
  throw error;
}
