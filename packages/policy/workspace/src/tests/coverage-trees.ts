// Which cases of the decision trees the decisions of tests took. A node also counts that none of its cases
// was taken, unless the schema leaves no other value.

import { isAlwaysThere } from "@writ/compiler";
import {
  type CompiledPolicy,
  childrenOf,
  type DecisionRule,
  type InputPath,
  type Shape,
  type SourceRef,
  shapeAt,
  type TreeNode,
  traceTree,
  type Value,
} from "@writ/evaluator";
import { describeNode } from "../words/tree-outline.ts";

/** A case of a node of a decision tree, and how often decisions took it. */
export interface CoveredBranch {
  /** Of the first clause it leads to; without a case, the first that the node leads to. */
  readonly source: SourceRef;
  readonly tree: DecisionRule;
  /** `input.stage is`. */
  readonly asks: string;
  /** Of a test that holds: empty. Absent: none of the node's answers. */
  readonly answer?: string;
  taken: number;
}

interface CoveredNode {
  readonly cases: readonly CoveredBranch[];
  readonly none?: CoveredBranch;
}

export class TreeCoverage {
  readonly #compiled: CompiledPolicy;
  readonly #nodes = new Map<TreeNode, CoveredNode>();
  #decisions = 0;

  constructor(compiled: CompiledPolicy) {
    this.#compiled = compiled;
    for (const [tree, root] of this.#roots()) this.#add(tree, root);
  }

  decide(input: Value): void {
    this.#decisions += 1;
    for (const [, root] of this.#roots()) {
      traceTree(root, input, (node, taken) => {
        const covered = this.#nodes.get(node);
        if (covered === undefined) return;
        const branches = taken.length === 0 ? [covered.none] : taken.map((at) => covered.cases[at]);
        for (const branch of branches) if (branch !== undefined) branch.taken += 1;
      });
    }
  }

  branches(): readonly CoveredBranch[] {
    if (this.#decisions === 0) return [];
    return [...this.#nodes.values()].flatMap(({ cases, none }) =>
      none === undefined ? cases : [...cases, none],
    );
  }

  #roots(): readonly (readonly [DecisionRule, TreeNode])[] {
    const { deny, allow, redact, oblige } = this.#compiled.trees.roots;
    return [
      ["deny", deny],
      ["allow", allow],
      ["redact", redact],
      ["oblige", oblige],
    ];
  }

  #add(tree: DecisionRule, node: TreeNode): void {
    const children = childrenOf(node);
    if (node.kind !== "leaf" && node.kind !== "all") {
      const { asks, answers } = describeNode(node, this.#compiled.trees);
      const branch = (under: TreeNode): Omit<CoveredBranch, "answer"> => ({
        source: this.#sourceOf(under),
        tree,
        asks,
        taken: 0,
      });
      const covered = children.map((child, index) => ({
        ...branch(child),
        answer: answers[index] ?? "",
      }));
      const isTotal = node.kind === "switch" && isExhaustive(this.#compiled.shape, node);
      this.#nodes.set(node, isTotal ? { cases: covered } : { cases: covered, none: branch(node) });
    }
    for (const child of children) this.#add(tree, child);
  }

  #sourceOf(node: TreeNode): SourceRef {
    const [first] = node.kind === "leaf" ? node.clauses : [];
    const clause = first === undefined ? undefined : this.#compiled.trees.clauses[first.clause];
    const [child] = childrenOf(node);
    if (clause !== undefined) return clause.source;
    if (child === undefined) throw new Error("a node of a tree leads to no clause");
    return this.#sourceOf(child);
  }
}

/** Whether the path is always there and has no value but the cases'. */
function isExhaustive(
  shape: Shape,
  { path, cases }: { readonly path: InputPath; readonly cases: readonly (readonly unknown[])[] },
): boolean {
  if (!isAlwaysThere(shape, path)) return false;
  const at = shapeAt(shape, path);
  const constants = new Set(cases.map(([constant]) => constant));
  if (at?.kind === "boolean") return constants.has(true) && constants.has(false);
  return at?.kind === "string" && at.values?.every((value) => constants.has(value)) === true;
}
