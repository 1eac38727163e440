// What a walk of a decision tree passes by: a plain reading of the tree for one input, for coverage. It
// shares with the walk that decides the order of values and how members are looked up, no more; a property
// test compares the two.

import { holdsIn, holdsOf, valueAt } from "./plain-test.ts";
import { childrenOf, type TreeNode } from "./tree.ts";
import type { Value } from "./value.ts";

/** A node that was visited and which of its cases (of a guard: its one) were taken, by index. */
export type NodeVisit = (node: TreeNode, taken: readonly number[]) => void;

/** Visits a tree as a decision on the input does, and tells of each node. Leaves are reached, whatever their residuals. */
export function traceTree(root: TreeNode, input: Value, visit: NodeVisit): void {
  const children = childrenOf(root);
  const taken = takenOf(root, input);
  visit(root, taken);
  for (const index of taken) {
    const child = children[index];
    if (child !== undefined) traceTree(child, input, visit);
  }
}

function takenOf(node: TreeNode, input: Value): readonly number[] {
  switch (node.kind) {
    case "leaf":
      return [];
    case "all":
      return node.nodes.map((_child, index) => index);
    case "switch":
      return casesOf(node, "eq", input);
    case "member":
      return casesOf(node, "has", input);
    case "affix":
      return casesOf(node, node.end === "start" ? "prefix" : "suffix", input);
    case "range": {
      const value = valueAt(input, node.path);
      if (typeof value !== "number") return [];
      const below = node.cuts.filter((cut) => cut < value).length;
      const place = 2 * below + Number(node.cuts[below] === value);
      return indexes(node.cases, ({ from, to }) => from <= place && place <= to);
    }
    case "guard":
      return node.tests.every((test) => holdsIn(test, input)) ? [0] : [];
  }
}

/** The cases whose test holds. */
function casesOf(
  { path, cases }: Extract<TreeNode, { kind: "switch" | "member" | "affix" }>,
  op: "eq" | "has" | "prefix" | "suffix",
  input: Value,
): readonly number[] {
  const value = valueAt(input, path);
  // SAFETY: the constants of an affix node are texts.
  return indexes(cases, ([constant]) => holdsOf({ op, path, value: constant as string }, value));
}

function indexes<T>(cases: readonly T[], isTaken: (each: T) => boolean): readonly number[] {
  return cases.flatMap((each, index) => (isTaken(each) ? [index] : []));
}
