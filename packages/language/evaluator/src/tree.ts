// Decision trees: the form in which the decision rules (allow, deny, redact, oblige) are evaluated.
// Plain JSON. A node is visited with the input and yields the clauses that may hold; every clause
// stands in exactly one place, so the size is linear in the policy. Clauses that a node's path says
// nothing about are not copied under it: they are its siblings in an `all` node.

import type { Constant, Expr, SourceRef, Stmt } from "./plan.ts";

/** One tree for each kind of decision rule, over clauses and residuals named by index. */
export interface DecisionTrees {
  readonly clauses: readonly TreeClause[];
  readonly residuals: readonly Residual[];
  readonly roots: { readonly [Kind in DecisionRule]: TreeNode };
}

/** The rules that decide, by name, in the order in which they are asked. */
export const DECISION_RULES = ["deny", "allow", "redact", "oblige"] as const;

/** The name of a rule that decides. */
export type DecisionRule = (typeof DECISION_RULES)[number];

/** One body of a decision rule (or one alternative of it after splitting a disjunction). */
export interface TreeClause {
  /** As RuleIR.id: what a decision names as determining. */
  readonly rule: string;
  readonly kind: DecisionRule;
  readonly source: SourceRef;
  readonly title?: string;
  readonly id?: string;
  /** The element (reason, label, obligation) when it is constant; allow rules without reasons: true. Otherwise the residual gives it. */
  readonly value?: Constant;
}

/**
 * The part of a clause that no test expresses, planned. Evaluated at most once a decision and only
 * when a path reaches it. Without `value` it only says whether the clause holds; with it, every
 * solution gives a value; of an allow rule the values true count and false do not.
 */
export interface Residual {
  readonly slots: number;
  readonly body: readonly Stmt[];
  readonly value?: Expr;
}

/** Path below `input`. */
export type InputPath = readonly string[];

/** What tests compare with. */
export type Scalar = null | boolean | number | string;

/** A test or its negation. The negation holds of what is not there. */
export type Test = PathTest | { readonly op: "not"; readonly test: PathTest };

/** What is asked of the value at one path. */
export type PathTest =
  /** Defined and not false. */
  | { readonly op: "truthy"; readonly path: InputPath }
  | { readonly op: "defined"; readonly path: InputPath }
  | { readonly op: "eq"; readonly path: InputPath; readonly value: Scalar }
  /** Defined and different. */
  | { readonly op: "ne"; readonly path: InputPath; readonly value: Scalar }
  | { readonly op: "one-of"; readonly path: InputPath; readonly values: readonly Scalar[] }
  /** Rego's total order over all values; false when undefined. */
  | { readonly op: "lt" | "lte" | "gt" | "gte"; readonly path: InputPath; readonly value: Scalar }
  /** Of strings; false for anything else. */
  | { readonly op: "prefix" | "suffix"; readonly path: InputPath; readonly value: string }
  /** Some element (of an array or set) or value (of an object) equals. */
  | { readonly op: "has"; readonly path: InputPath; readonly value: Scalar };

/** A node and all below it; what is visited when depends on the kind. */
export type TreeNode =
  | {
      readonly kind: "leaf";
      readonly clauses: readonly { readonly clause: number; readonly residual?: number }[];
    }
  /** All are visited. */
  | { readonly kind: "all"; readonly nodes: readonly TreeNode[] }
  /** The one case whose constant equals the value at the path, if any. */
  | {
      readonly kind: "switch";
      readonly path: InputPath;
      readonly cases: readonly (readonly [Scalar, TreeNode])[];
    }
  /** Every case whose constant is an element of the collection at the path. */
  | {
      readonly kind: "member";
      readonly path: InputPath;
      readonly cases: readonly (readonly [Scalar, TreeNode])[];
    }
  /**
   * Numbers only. `cuts` are sorted; the value falls into one of 2n+1 places (below cuts[0], at cuts[0],
   * between, ...). Each case holds from place `from` to place `to`, inclusive. The compiler makes this
   * node only for paths whose shape admits nothing but numbers: of other values Rego's order says more.
   */
  | {
      readonly kind: "range";
      readonly path: InputPath;
      readonly cuts: readonly number[];
      readonly cases: readonly {
        readonly from: number;
        readonly to: number;
        readonly node: TreeNode;
      }[];
    }
  /** Of a text: every case whose constant it begins (or ends) with. */
  | {
      readonly kind: "affix";
      readonly end: "start" | "end";
      readonly path: InputPath;
      readonly cases: readonly (readonly [string, TreeNode])[];
    }
  /** Visited when every test holds. */
  | { readonly kind: "guard"; readonly tests: readonly Test[]; readonly node: TreeNode };

/** What a test or its negation asks. */
export function inner(test: Test): PathTest {
  return test.op === "not" ? test.test : test;
}

/** Where what a test or its negation asks about is. */
export function pathOf(test: Test): InputPath {
  return inner(test).path;
}

/** The nodes a node leads to, in the order of its cases. */
export function childrenOf(node: TreeNode): readonly TreeNode[] {
  switch (node.kind) {
    case "leaf":
      return [];
    case "all":
      return node.nodes;
    case "switch":
    case "member":
    case "affix":
      return node.cases.map(([, child]) => child);
    case "range":
      return node.cases.map((each) => each.node);
    case "guard":
      return [node.node];
  }
}
