// The policy decision point: a compiled policy, linked once, that decides on inputs. Deny overrides;
// nothing matched denies; an error denies. The decision rules are evaluated by their trees, everything
// they refer to by the plan.

import type { BuiltinTable } from "./builtin.ts";
import { makeSet, toJson } from "./collection.ts";
import type { CompiledPolicy } from "./compiled.ts";
import { findMisfit, linkShape } from "./conform.ts";
import { decodeConstant } from "./constant.ts";
import type { Decision, DecisionError, DeterminingRule, Reason } from "./decision.ts";
import { Documents, QUERY_PACKAGE } from "./documents.ts";
import { Evaluation, EvaluationError, type EvaluationOptions } from "./evaluation.ts";
import { generateShape } from "./generate-shape.ts";
import { InputPaths } from "./input-paths.ts";
import { type Frame, type LinkContext, linkBody, linkExpr } from "./link.ts";
import { compareValues } from "./order.ts";
import { linkGroup } from "./rules.ts";
import type { DecisionTrees, Residual, TreeClause, TreeNode } from "./tree.ts";
import { isPlainObject, type Value } from "./value.ts";
import { linkTree, type Reach, type Visit } from "./visit.ts";

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
  const fits = generateShape(compiled.shape) ?? linkShape(compiled.shape);
  return {
    evaluate(input, options) {
      if (!fits(input)) {
        const { pointer, message } = findMisfit(compiled.shape, input) ?? UNKNOWN_MISFIT;
        return failed({ code: "input_invalid", message: `the input ${message}`, pointer });
      }
      const maxSteps = options?.maxSteps;
      return decide(
        input as Value,
        maxSteps === undefined ? DECISION_OPTIONS : { strictBuiltins: true, maxSteps },
      );
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

const DECISION_OPTIONS: EvaluationOptions = { strictBuiltins: true, maxSteps: DEFAULT_MAX_STEPS };
const UNKNOWN_MISFIT = { pointer: "", message: "does not have the shape it must have" };

/** What the rules of one kind say in a decision; one that merely holds has no value. */
interface Said {
  readonly rules: readonly DeterminingRule[];
  readonly values: readonly Value[];
}

type PolicyContext = Omit<LinkContext, "slots">;

const NONE: readonly never[] = Object.freeze([]);
const HOLDS: readonly Value[] = Object.freeze([true]);
const NOTHING: Said = Object.freeze({ rules: NONE, values: NONE });

function linkDecision(
  compiled: CompiledPolicy,
  context: PolicyContext,
): (input: Value, options: EvaluationOptions) => Decision {
  const { roots } = compiled.trees;
  // Of the decision under way. What the tests leave open is evaluated only when it is reached.
  let input: Value = null;
  let settings = DECISION_OPTIONS;
  let made: Evaluation | undefined;
  const evaluation = (): Evaluation => {
    made ??= new Evaluation(input, settings);
    return made;
  };
  const { reach, collect, begin } = createTally(compiled.trees, context, evaluation);
  const paths = new InputPaths();
  const [visitDeny, visitAllow, visitRedact, visitOblige] = [
    roots.deny,
    roots.allow,
    roots.redact,
    roots.oblige,
  ].map((root) => (isEmpty(root) ? undefined : linkTree(root, paths, reach)));
  return (given, options) => {
    input = given;
    settings = options;
    begin();
    paths.begin(given);
    try {
      const deny = collect(visitDeny, false);
      const allow = collect(visitAllow, true);
      const redact = collect(visitRedact, false);
      const oblige = collect(visitOblige, false);
      return combine(deny, allow, redact, oblige);
    } catch (error) {
      return failed(asDecisionError(error));
    } finally {
      // What a policy holds between decisions is no caller's data.
      input = null;
      made = undefined;
      paths.end();
    }
  };
}

interface Tally {
  /** Before each decision. */
  readonly begin: () => void;
  readonly reach: Reach;
  /** What the clauses say that a visit reaches. */
  readonly collect: (visit: Visit | undefined, isAllow: boolean) => Said;
}

/** Counts the clauses that are reached, and has what they leave open evaluated. Allocates once, for all decisions. */
function createTally(
  { clauses, residuals }: DecisionTrees,
  context: PolicyContext,
  evaluation: () => Evaluation,
): Tally {
  const rules = clauses.map(describeClause);
  const constants = clauses.map(({ value }) =>
    value === undefined ? HOLDS : Object.freeze([decodeConstant(value)]),
  );
  const solvers = residuals.map((residual) => linkResidual(residual, context));
  // Which decision reached a clause last: what makes a clause reached twice count once.
  const reachedIn = new Float64Array(clauses.length);
  const reached = new Int32Array(clauses.length);
  const residualOf = new Int32Array(clauses.length);
  let decision = 0;
  let count = 0;
  /** What a clause says that is reached alone and holds by its tests: made once, given often. */
  const alone: (Said | undefined)[] = new Array(clauses.length).fill(undefined);
  const sayAlone = (index: number): Said => {
    const values = constants[index] as readonly Value[];
    const found = Object.freeze([rules[index] as DeterminingRule]);
    const said = { rules: found, values: values === HOLDS ? NONE : values };
    alone[index] = said;
    return said;
  };
  /** The values of a clause that was reached; none when what its tests leave open does not hold. */
  const valuesOf = (at: number): readonly Value[] => {
    const constant = constants[reached[at] as number] as readonly Value[];
    const solver = solvers[residualOf[at] as number];
    if (solver === undefined) return constant;
    const solved = solver(evaluation());
    return constant !== HOLDS && solved.length > 0 ? constant : solved;
  };
  const collectAll = (isAllow: boolean): Said => {
    const found: DeterminingRule[] = [];
    let values = NONE as readonly Value[];
    for (let at = 0; at < count; at += 1) {
      const all = valuesOf(at);
      const given = isAllow && all !== HOLDS ? all.filter((each) => each !== false) : all;
      if (given.length === 0) continue;
      found.push(rules[reached[at] as number] as DeterminingRule);
      if (given !== HOLDS) values = values.length === 0 ? given : [...values, ...given];
    }
    return found.length === 0 ? NOTHING : { rules: found, values };
  };
  return {
    begin() {
      decision += 1;
    },
    reach(clause, residual) {
      if (reachedIn[clause] === decision) return;
      reachedIn[clause] = decision;
      reached[count] = clause;
      residualOf[count] = residual;
      count += 1;
    },
    collect(visit, isAllow) {
      if (visit === undefined) return NOTHING;
      count = 0;
      visit();
      if (count === 0) return NOTHING;
      const first = reached[0] as number;
      if (count === 1 && residualOf[0] === -1) return alone[first] ?? sayAlone(first);
      return collectAll(isAllow);
    },
  };
}

function isEmpty(root: TreeNode): boolean {
  return root.kind === "all" && root.nodes.length === 0;
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

function combine(deny: Said, allow: Said, redact: Said, oblige: Said): Decision {
  const denied = deny.rules.length > 0;
  const deciding = denied ? deny : allow;
  const reasons = deciding.values.length === 0 ? NONE : asReasons(deciding.values);
  const redactions =
    redact === NOTHING ? NONE : redact.values.filter((label) => typeof label === "string");
  if (reasons === undefined || redactions.length !== redact.values.length) {
    return failed({
      code: "rule_value_invalid",
      message:
        "a decision rule gave a value that is no reason (a string, or an object with `message`), no label or no truth",
    });
  }
  const isPlain = redact === NOTHING && oblige === NOTHING;
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
