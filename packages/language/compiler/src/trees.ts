// The decision rules of all packages, as trees: one for each of allow, deny, redact and oblige. A rule
// that is a conjunction (or a few alternatives) of tests needs nothing else; what tests cannot say is its
// residual, reached only through its tests.

import {
  DECISION_RULES,
  type DecisionRule,
  type DecisionTrees,
  type Residual,
  type Shape,
  type TreeClause,
} from "@writ/evaluator";
import type { Program, RuleIR } from "@writ/ir";
import { type Alternative, type BuildOptions, buildTree } from "./build-tree.ts";
import { type Formulas, formulasOf } from "./formula.ts";
import { type Locate, toSourceRef } from "./locate.ts";
import { constantOf, lowerResidual } from "./lower.ts";

export interface TreesOptions extends BuildOptions {
  readonly data: unknown;
  readonly shape: Shape;
  readonly locate: Locate;
}

export function compileTrees(program: Program, options: TreesOptions): DecisionTrees {
  const formulas = formulasOf(program, options.data, options.shape);
  const clauses: TreeClause[] = [];
  const residuals: Residual[] = [];
  const alternatives: { readonly [Kind in DecisionRule]: Alternative[] } = {
    allow: [],
    deny: [],
    redact: [],
    oblige: [],
  };

  const addClause = (rule: RuleIR, kind: DecisionRule, clause: RuleWays): void => {
    const index = clauses.push(describe(rule, kind, clause, options.locate)) - 1;
    const residual =
      clause.residual === undefined ? {} : { residual: residuals.push(clause.residual) - 1 };
    for (const tests of clause.tests)
      alternatives[kind].push({ tests, clause: index, ...residual });
  };

  for (const [kind, rules] of decisionRules(program)) {
    if (isWholeValue(kind, rules)) {
      const [first] = rules as readonly [RuleIR, ...RuleIR[]];
      addClause(first, kind, { tests: [[]], residual: wholeRule(first, options.locate) });
    } else {
      for (const rule of rules) {
        if (!rule.isDefault) addClause(rule, kind, waysOfRule(rule, formulas, options.locate));
      }
    }
  }

  const root = (kind: DecisionRule) => buildTree(alternatives[kind], options);
  return {
    clauses,
    residuals,
    roots: {
      allow: root("allow"),
      deny: root("deny"),
      redact: root("redact"),
      oblige: root("oblige"),
    },
  };
}

/** Whether a rule is decided by its own clauses' trees, and not as the whole it makes with others. */
export function ownClauses(program: Program): ReadonlySet<string> {
  const ids = [...decisionRules(program)].flatMap(([kind, rules]) =>
    isWholeValue(kind, rules) ? [] : rules.map(({ id }) => id),
  );
  return new Set(ids);
}

/** What a decision rule says: tests, what no test says, and its value where that is constant. */
export interface RuleWays {
  readonly tests: readonly Alternative["tests"][];
  readonly residual?: Residual;
  readonly value?: TreeClause["value"];
}

/** The ways a decision rule can hold, and what no test says of it. */
export function waysOfRule(rule: RuleIR, formulas: Formulas, locate: Locate): RuleWays {
  const { tests, rest, element } = formulas.splitRule(rule);
  const value = constantOf(element);
  if (rest.length === 0 && value !== undefined) return { tests, value };
  const residual = lowerResidual(rule, rest, value === undefined ? element : undefined, locate);
  return value === undefined ? { tests, residual } : { tests, residual, value };
}

/** The decision rules, by kind and package, in program order. */
function decisionRules(program: Program): readonly (readonly [DecisionRule, readonly RuleIR[]])[] {
  const groups = new Map<string, [DecisionRule, RuleIR[]]>();
  for (const rule of program.rules) {
    const kind = DECISION_RULES.find((name) => name === rule.path.at(-1));
    if (kind === undefined || rule.isTest || rule.path.length !== rule.package.length + 1) continue;
    const key = rule.path.join("\u0000");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [kind, [rule]]);
    else group[1].push(rule);
  }
  return [...groups.values()];
}

/**
 * Whether clauses cannot be told apart: an `allow` of which some clause is not plainly true has one
 * value, with else branches and conflicts between clauses, and is evaluated as the rule it is.
 */
function isWholeValue(kind: DecisionRule, rules: readonly RuleIR[]): boolean {
  if (kind !== "allow" || rules.some((rule) => rule.kind === "set")) return false;
  return rules.some((rule) => rule.elses.length > 0 || constantOf(rule.value) !== !rule.isDefault);
}

function wholeRule(rule: RuleIR, locate: Locate): Residual {
  const source = toSourceRef(rule.headSpan, locate);
  const value = { op: "doc", path: rule.path } as const;
  return {
    slots: 1,
    body: [{ op: "match", expr: value, pattern: { op: "bind", slot: 0 }, source }],
    value: { op: "slot", slot: 0 },
  };
}

function describe(rule: RuleIR, kind: DecisionRule, clause: RuleWays, locate: Locate): TreeClause {
  const { title, custom } = rule.metadata;
  const id = custom?.["id"];
  return {
    rule: rule.id,
    kind,
    source: toSourceRef(rule.headSpan, locate),
    ...(title === undefined ? {} : { title }),
    ...(typeof id === "string" ? { id } : {}),
    ...(clause.value === undefined ? {} : { value: clause.value }),
  };
}
