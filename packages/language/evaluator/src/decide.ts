// One decision: the input is taken in, the trees are walked, what they leave open is evaluated, and what
// the rules reached say is combined. What a decision needs is allocated once, for all of them; a decision
// that tests alone determine is the same object each time.

import { asDecisionError, combine, failed, NOTHING_SAID, type Said } from "./combine.ts";
import type { CompiledPolicy } from "./compiled.ts";
import { findMisfit } from "./conform.ts";
import { decodeConstant } from "./constant.ts";
import type { Decision, DeterminingRule } from "./decision.ts";
import { Evaluation, type EvaluationOptions } from "./evaluation.ts";
import { generateWalk } from "./generate-walk.ts";
import { InputPaths, linkNumbers } from "./input-paths.ts";
import { freezeDeep, KeptDecisions } from "./kept-decisions.ts";
import { type LinkContext, linkBody, linkExpr } from "./link.ts";
import type { Frame } from "./linked.ts";
import { restoreMeter, startMeter } from "./meter.ts";
import { linkInput } from "./read-input.ts";
import type { Shape } from "./shape.ts";
import {
  DECISION_RULES,
  type DecisionTrees,
  type Residual,
  type TreeClause,
  type TreeNode,
} from "./tree.ts";
import { assembleTrees, NOTHING } from "./tree-code.ts";
import type { Value } from "./value.ts";
import { linkWalk, Reached, type WalkContext } from "./visit.ts";

export type Decide = (input: unknown, options: EvaluationOptions) => Decision;

type PolicyContext = Omit<LinkContext, "slots">;

export function linkDecision({ shape, trees }: CompiledPolicy, context: PolicyContext): Decide {
  const paths = new InputPaths();
  const roots = DECISION_RULES.map((kind) => trees.roots[kind]);
  const code = assembleTrees(roots, paths);
  const numbers = linkNumbers(paths);
  const takeIn = linkInput(shape, paths);
  const reached = new Reached(trees.clauses.length);
  const walkTrees = linkTrees(roots, { code, paths, numbers, reached });
  const clauses = new LinkedClauses(trees, context);
  const kept = new KeptDecisions(trees.clauses.length);
  const conclude = (input: Value, options: EvaluationOptions, ends: Ends): Decision => {
    if (reached.count === 0) return DEFAULT_DENY;
    const known = kept.find(reached);
    if (known !== undefined) return known;
    const says = new Sayings(clauses, reached, input, options);
    const decision = combine(
      says.collect(0, ends.deny, false),
      says.collect(ends.deny, ends.allow, true),
      says.collect(ends.allow, ends.redact, false),
      says.collect(ends.redact, reached.count, false),
    );
    kept.keep(reached, decision);
    return decision;
  };
  return (input, options) => {
    const before = startMeter(undefined);
    try {
      if (!takeIn(input)) return misfit(shape, input);
      // SAFETY: it fits the shape, so it is JSON.
      return conclude(input as Value, options, walkTrees());
    } catch (error) {
      return failed(asDecisionError(error, options.quotesInput === true));
    } finally {
      restoreMeter(before);
      reached.clear();
      numbers.clear();
    }
  };
}

/** How many clauses were reached when a tree was done. */
interface Ends {
  deny: number;
  allow: number;
  redact: number;
}

function linkTrees(trees: readonly TreeNode[], context: WalkContext): () => Ends {
  const { reached } = context;
  const ends: Ends = { deny: 0, allow: 0, redact: 0 };
  const visit = linkWalk(context);
  const walks =
    generateWalk(trees, context, visit) ?? context.code.roots.map((root) => () => visit(root));
  const [deny, allow, redact, oblige] = walks.map((walk, index) =>
    context.code.roots[index] === NOTHING ? walkNothing : walk,
  ) as [Walk, Walk, Walk, Walk];
  return () => {
    deny();
    ends.deny = reached.count;
    allow();
    ends.allow = reached.count;
    redact();
    ends.redact = reached.count;
    oblige();
    return ends;
  };
}

type Walk = () => void;

function walkNothing(): void {}

function misfit(shape: Shape, input: unknown): Decision {
  const { pointer, message } = findMisfit(shape, input) ?? {
    pointer: "",
    message: "does not have the shape it must have",
  };
  return failed({ code: "input_invalid", message: `the input ${message}`, pointer });
}

const HOLDS: readonly Value[] = Object.freeze([true]);

const DEFAULT_DENY: Decision = freezeDeep(
  combine(NOTHING_SAID, NOTHING_SAID, NOTHING_SAID, NOTHING_SAID),
);

type Solve = (evaluation: Evaluation) => readonly Value[];

/** The clauses, each made ready when it is first reached. */
class LinkedClauses {
  readonly #trees: DecisionTrees;
  readonly #context: PolicyContext;
  readonly #rules: (DeterminingRule | undefined)[];
  readonly #constants: (readonly Value[] | undefined)[];
  readonly #solvers: (Solve | undefined)[];

  constructor(trees: DecisionTrees, context: PolicyContext) {
    this.#trees = trees;
    this.#context = context;
    const { clauses, residuals } = trees;
    this.#rules = new Array(clauses.length).fill(undefined);
    this.#constants = new Array(clauses.length).fill(undefined);
    this.#solvers = new Array(residuals.length).fill(undefined);
  }

  rule(index: number): DeterminingRule {
    const known = this.#rules[index];
    if (known !== undefined) return known;
    const rule = describeClause(this.#trees.clauses[index] as TreeClause);
    this.#rules[index] = rule;
    return rule;
  }

  /** What a clause says when it holds. */
  constant(index: number): readonly Value[] {
    const known = this.#constants[index];
    if (known !== undefined) return known;
    const { value } = this.#trees.clauses[index] as TreeClause;
    const made = value === undefined ? HOLDS : Object.freeze([decodeConstant(value)]);
    this.#constants[index] = made;
    return made;
  }

  solver(index: number): Solve {
    const known = this.#solvers[index];
    if (known !== undefined) return known;
    const solver = linkResidual(this.#trees.residuals[index] as Residual, this.#context);
    this.#solvers[index] = solver;
    return solver;
  }
}

/** What the clauses say that one decision reached. */
class Sayings {
  readonly #clauses: LinkedClauses;
  readonly #reached: Reached;
  readonly #input: Value;
  readonly #options: EvaluationOptions;
  #evaluation: Evaluation | undefined;

  constructor(clauses: LinkedClauses, reached: Reached, input: Value, options: EvaluationOptions) {
    this.#clauses = clauses;
    this.#reached = reached;
    this.#input = input;
    this.#options = options;
  }

  collect(from: number, to: number, isAllow: boolean): Said {
    if (from === to) return NOTHING_SAID;
    const rules: DeterminingRule[] = [];
    const values: Value[] = [];
    for (let at = from; at < to; at += 1) {
      const all = this.#valuesOf(at);
      const given = isAllow && all !== HOLDS ? all.filter((each) => each !== false) : all;
      if (given.length === 0) continue;
      rules.push(this.#clauses.rule(this.#reached.clauses[at] as number));
      if (given !== HOLDS) values.push(...given);
    }
    return rules.length === 0 ? NOTHING_SAID : { rules, values };
  }

  /** The values of a clause that was reached; none when what its tests leave open does not hold. */
  #valuesOf(at: number): readonly Value[] {
    const constant = this.#clauses.constant(this.#reached.clauses[at] as number);
    const residual = this.#reached.residuals[at] as number;
    if (residual === -1) return constant;
    const evaluation = this.#evaluate();
    const solved = this.#clauses.solver(residual)(evaluation);
    return constant !== HOLDS && solved.length > 0 ? constant : solved;
  }

  /** One evaluation for all residuals; its meter runs until the decision is made. */
  #evaluate(): Evaluation {
    if (this.#evaluation !== undefined) return this.#evaluation;
    this.#evaluation = new Evaluation(this.#input, this.#options);
    startMeter(this.#evaluation);
    return this.#evaluation;
  }
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
function linkResidual(residual: Residual, context: PolicyContext): Solve {
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
