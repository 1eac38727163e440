// The decision rules as the trees have them, flat: each way a clause can hold is a conjunction of tests,
// read off the path from the root to its leaf, and a residual where there is one.

import type { CompiledPolicy, DecisionRule, Test, TreeClause, TreeNode } from "@writ/evaluator";
import { isCertain } from "./certain.ts";
import { testKey } from "./tests.ts";

/** One way a decision rule can hold. */
export interface Alternative {
  readonly kind: DecisionRule;
  /** Index into `trees.clauses`. */
  readonly index: number;
  readonly clause: TreeClause;
  readonly tests: readonly Test[];
  /** Index into `trees.residuals`: what must hold besides the tests. */
  readonly residual?: number;
  /** Index into `trees.residuals`: what gives the value, where the clause has none. */
  readonly saidBy?: number;
}

export const DECISION_RULES: readonly DecisionRule[] = ["deny", "allow", "redact", "oblige"];

/** `in` a list is taken apart into equalities while that makes no more than this of one alternative. */
const MAX_VALUES = 32;

/** The alternatives of one kind, by the leaf they stand at. */
export function readAlternatives(
  { trees, shape }: Pick<CompiledPolicy, "trees" | "shape">,
  kind: DecisionRule,
): ReadonlyMap<TreeNode, readonly Alternative[]> {
  const found = new Map<TreeNode, readonly Alternative[]>();
  const residualOf = (
    index: number | undefined,
    tests: readonly Test[],
  ): Pick<Alternative, "residual" | "saidBy"> => {
    const residual = index === undefined ? undefined : trees.residuals[index];
    if (index === undefined || residual === undefined) return {};
    const saidBy = residual.value === undefined ? {} : { saidBy: index };
    return isCertain(residual, shape, tests) ? saidBy : { residual: index, ...saidBy };
  };
  const visit = (node: TreeNode, tests: readonly Test[]): void => {
    switch (node.kind) {
      case "leaf":
        found.set(
          node,
          node.clauses.flatMap(({ clause, residual }) =>
            expand(tests).map((each) => ({
              kind,
              index: clause,
              clause: trees.clauses[clause] as TreeClause,
              tests: each,
              ...residualOf(residual, each),
            })),
          ),
        );
        return;
      case "all":
        for (const child of node.nodes) visit(child, tests);
        return;
      case "switch":
      case "member": {
        const op = node.kind === "switch" ? "eq" : "has";
        for (const [value, child] of node.cases)
          visit(child, [...tests, { op, path: node.path, value }]);
        return;
      }
      case "affix": {
        const op = node.end === "start" ? "prefix" : "suffix";
        for (const [value, child] of node.cases)
          visit(child, [...tests, { op, path: node.path, value }]);
        return;
      }
      case "range":
        for (const { from, to, node: child } of node.cases)
          visit(child, [...tests, ...rangeTests(node, from, to)]);
        return;
      case "guard":
        visit(node.node, [...tests, ...node.tests]);
        return;
    }
  };
  visit(trees.roots[kind], []);
  return found;
}

/** Odd places are the cuts themselves, even ones lie between them. */
function rangeTests(
  { path, cuts }: Extract<TreeNode, { kind: "range" }>,
  from: number,
  to: number,
): readonly Test[] {
  const low: readonly Test[] =
    from === 0
      ? []
      : [{ op: from % 2 === 1 ? "gte" : "gt", path, value: cuts[(from - 1) >> 1] as number }];
  const high: readonly Test[] =
    to === 2 * cuts.length
      ? []
      : [{ op: to % 2 === 1 ? "lte" : "lt", path, value: cuts[to >> 1] as number }];
  return [...low, ...high];
}

function expand(tests: readonly Test[]): readonly (readonly Test[])[] {
  let all: readonly (readonly Test[])[] = [[]];
  for (const test of tests) {
    const isSmall = test.op === "one-of" && all.length * test.values.length <= MAX_VALUES;
    const ways: readonly Test[] =
      test.op === "one-of" && isSmall
        ? test.values.map((value) => ({ op: "eq", path: test.path, value }))
        : [test];
    all = all.flatMap((each) => ways.map((way) => [...each, way]));
  }
  return all;
}

/** The same for alternatives that hold for the same inputs for the same reason; residuals by fingerprint. */
export function alternativeKey(
  { tests, residual }: Alternative,
  fingerprint: (residual: number) => string,
): string {
  const keys = [...new Set(tests.map(testKey))].sort().join("\u0002");
  return residual === undefined ? keys : `${keys}\u0003${fingerprint(residual)}`;
}
