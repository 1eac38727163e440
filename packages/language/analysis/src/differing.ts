// The ways that one of two trees may lack. The trees are walked side by side, and what is the same at the
// same place is passed over: of two versions of a policy that is nearly everything.

import { childrenOf, type Test, type TreeNode } from "@writ/evaluator";
import type { Place, Way } from "./ways.ts";

/** The ways of both without those that stand at equal places. Some of these may still be on both sides. */
export function differingWays(
  before: Place,
  after: Place,
): readonly [readonly Way[], readonly Way[]] {
  const found: Found = [[], []];
  compare(spotOf(before), spotOf(after), found);
  return found;
}

type Found = readonly [Way[], Way[]];

/** A node whose place is made only when its ways are wanted. */
interface Spot {
  readonly node: TreeNode;
  readonly place: () => Place;
}

function spotOf(place: Place): Spot {
  return { node: place.node, place: () => place };
}

function below({ node, place }: Spot): readonly Spot[] {
  return childrenOf(node).map((child, index) => ({
    node: child,
    place: () => place().child(index),
  }));
}

function compare(a: Spot, b: Spot, found: Found): void {
  if (!isAlike(a.node, b.node)) {
    a.place().all(found[0]);
    b.place().all(found[1]);
    return;
  }
  const [left, right] = [below(a), below(b)];
  if (isAligned(a.node, b.node)) {
    for (const [index, each] of left.entries()) compare(each, right[index] as Spot, found);
    return;
  }
  const [leftKeys, rightKeys] = [keysBelow(a.node), keysBelow(b.node)];
  const others = new Map(rightKeys.map((key, index) => [key, right[index] as Spot]));
  const paired = new Set<Spot>();
  for (const [index, each] of left.entries()) {
    const other = others.get(leftKeys[index]);
    if (other === undefined) each.place().all(found[0]);
    else {
      paired.add(other);
      compare(each, other, found);
    }
  }
  for (const each of right) if (!paired.has(each)) each.place().all(found[1]);
}

/** Whether two nodes ask the same; what residuals say is for fingerprints to compare. */
function isAlike(a: TreeNode, b: TreeNode): boolean {
  switch (a.kind) {
    case "leaf":
      return b.kind === "leaf" && isPlain(a) && isPlain(b);
    case "all":
      return b.kind === "all";
    case "switch":
    case "member":
      return a.kind === b.kind && isSameList(a.path, b.path);
    case "affix":
      return b.kind === "affix" && a.end === b.end && isSameList(a.path, b.path);
    case "range":
      return b.kind === "range" && isSameList(a.path, b.path) && isSameList(a.cuts, b.cuts);
    case "guard":
      return (
        b.kind === "guard" &&
        a.tests.length === b.tests.length &&
        a.tests.every((test, index) => isSameTest(test, b.tests[index] as Test))
      );
  }
}

/** Whether what decides at a leaf is its tests alone. */
function isPlain({ clauses }: Extract<TreeNode, { kind: "leaf" }>): boolean {
  return clauses.every(({ residual }) => residual === undefined);
}

/** Whether the nodes below are to be compared one by one, in their order. */
function isAligned(a: TreeNode, b: TreeNode): boolean {
  if (a.kind === "all" && b.kind === "all")
    return (
      a.nodes.length === b.nodes.length &&
      a.nodes.every((node, index) => isAlike(node, b.nodes[index] as TreeNode))
    );
  return a.kind === "leaf" || a.kind === "guard" || isSameList(keysBelow(a), keysBelow(b));
}

/** What tells the nodes below a node from each other. */
function keysBelow(node: TreeNode): readonly unknown[] {
  switch (node.kind) {
    case "leaf":
    case "guard":
      return [];
    case "all":
      return node.nodes.map(keyOf);
    case "switch":
    case "member":
    case "affix":
      return node.cases.map(([value]) => value);
    case "range":
      return node.cases.map(({ from, to }) => `${from} ${to}`);
  }
}

function keyOf(node: TreeNode): string {
  const { kind } = node;
  const own =
    kind === "guard"
      ? node.tests
      : kind === "affix"
        ? [node.path, node.end]
        : "path" in node
          ? node.path
          : [];
  return `${kind} ${JSON.stringify(own)}`;
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function isSameTest(a: Test, b: Test): boolean {
  if (a.op === "not" || b.op === "not")
    return a.op === "not" && b.op === "not" && isSameTest(a.test, b.test);
  if (a.op !== b.op || !isSameList(a.path, b.path)) return false;
  if ("values" in a) return "values" in b && isSameList(a.values, b.values);
  return !("value" in a) || ("value" in b && a.value === b.value);
}
