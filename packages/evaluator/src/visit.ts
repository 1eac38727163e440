// Decision trees, linked: walking them yields the clauses that hold for an input. A walk allocates
// nothing; a clause reached twice (by two members of a collection) counts once. Nodes are data of one form
// and the walk is one loop over them: what is called, and through how much memory, is what a decision costs.

import { someMember } from "./collection.ts";
import type { InputPaths } from "./input-paths.ts";
import { compareValues, equalValues } from "./order.ts";
import type { PathTest, Scalar, Test, TreeNode } from "./tree.ts";
import type { Value } from "./value.ts";

/** Called for every clause reached whose tests hold; a residual of -1 is none. */
export type Reach = (clause: number, residual: number) => void;
export type Visit = () => void;

const LEAF = 0;
const ALL = 1;
const SWITCH = 2;
const MEMBER = 3;
const RANGE = 4;
const GUARD = 5;

interface LinkedNode {
  readonly op: number;
  /** Index into the input's paths. */
  readonly path: number;
  readonly cases: ReadonlyMap<Value | undefined, LinkedNode> | undefined;
  readonly tests: readonly LinkedTest[];
  readonly nodes: readonly LinkedNode[];
  /** Clause and residual, in turn; of a range: from and to of each of `nodes`. */
  readonly numbers: readonly number[];
  readonly cuts: readonly number[];
}

interface LinkedTest {
  readonly path: number;
  readonly isNegated: boolean;
  readonly holds: (value: Value) => boolean;
}

const EMPTY: Omit<LinkedNode, "op"> = {
  path: -1,
  cases: undefined,
  tests: [],
  nodes: [],
  numbers: [],
  cuts: [],
};

/** Visits look at the input that `paths` was begun with. */
export function linkTree(tree: TreeNode, paths: InputPaths, reach: Reach): Visit {
  const root = linkNode(tree, paths);
  return () => walk(root, paths, reach);
}

function linkNode(node: TreeNode, paths: InputPaths): LinkedNode {
  const link = (child: TreeNode): LinkedNode => linkNode(child, paths);
  switch (node.kind) {
    case "leaf": {
      const numbers = node.clauses.flatMap(({ clause, residual }) => [clause, residual ?? -1]);
      return { ...EMPTY, op: LEAF, numbers };
    }
    case "all":
      return { ...EMPTY, op: ALL, nodes: node.nodes.map(link) };
    case "switch":
    case "member": {
      const op = node.kind === "switch" ? SWITCH : MEMBER;
      const cases = new Map<Scalar, LinkedNode>();
      for (const [value, child] of node.cases) cases.set(value, link(child));
      return { ...EMPTY, op, path: paths.register(node.path), cases };
    }
    case "range": {
      const numbers = node.cases.flatMap(({ from, to }) => [from, to]);
      const nodes = node.cases.map((each) => link(each.node));
      const { cuts } = node;
      return { ...EMPTY, op: RANGE, path: paths.register(node.path), nodes, numbers, cuts };
    }
    case "guard": {
      const tests = node.tests.map((test) => linkTest(test, paths));
      return { ...EMPTY, op: GUARD, tests, nodes: [link(node.node)] };
    }
  }
}

function walk(start: LinkedNode, paths: InputPaths, reach: Reach): void {
  let node: LinkedNode | undefined = start;
  while (node !== undefined) {
    switch (node.op) {
      case SWITCH:
        node = node.cases?.get(paths.get(node.path));
        break;
      case GUARD:
        node = holdAll(node.tests, paths) ? node.nodes[0] : undefined;
        break;
      case LEAF: {
        const { numbers } = node;
        for (let index = 0; index < numbers.length; index += 2)
          reach(numbers[index] as number, numbers[index + 1] as number);
        return;
      }
      case MEMBER:
        walkMembers(node, paths, reach);
        return;
      case RANGE:
        walkRange(node, paths, reach);
        return;
      default:
        for (const child of node.nodes) walk(child, paths, reach);
        return;
    }
  }
}

function walkMembers({ cases, path }: LinkedNode, paths: InputPaths, reach: Reach): void {
  const collection = paths.get(path);
  if (cases === undefined || collection === undefined) return;
  if (Array.isArray(collection)) {
    for (let index = 0; index < collection.length; index += 1) {
      const child = cases.get(collection[index] as Value);
      if (child !== undefined) walk(child, paths, reach);
    }
    return;
  }
  someMember(collection, (_key, item) => {
    const child = cases.get(item);
    if (child !== undefined) walk(child, paths, reach);
    return false;
  });
}

function walkRange(node: LinkedNode, paths: InputPaths, reach: Reach): void {
  const value = paths.get(node.path);
  if (typeof value !== "number") return;
  const place = placeAmong(node.cuts, value);
  for (const [index, child] of node.nodes.entries()) {
    const from = node.numbers[2 * index] as number;
    const to = node.numbers[2 * index + 1] as number;
    if (from <= place && place <= to) walk(child, paths, reach);
  }
}

/** 2i+1 at cuts[i], 2i between cuts[i-1] and cuts[i]. */
function placeAmong(cuts: readonly number[], value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return cuts[low] === value ? 2 * low + 1 : 2 * low;
}

function holdAll(tests: readonly LinkedTest[], paths: InputPaths): boolean {
  for (let index = 0; index < tests.length; index += 1) {
    const test = tests[index] as LinkedTest;
    const value = paths.get(test.path);
    if ((value !== undefined && test.holds(value)) === test.isNegated) return false;
  }
  return true;
}

function linkTest(test: Test, paths: InputPaths): LinkedTest {
  const inner = test.op === "not" ? test.test : test;
  return {
    path: paths.register(inner.path),
    isNegated: test.op === "not",
    holds: linkScalarTest(inner),
  };
}

function linkScalarTest(test: PathTest): (value: Value) => boolean {
  switch (test.op) {
    case "truthy":
      return (value) => value !== false;
    case "defined":
      return () => true;
    case "eq":
      return (value) => value === test.value;
    case "ne":
      return (value) => value !== test.value;
    case "one-of": {
      const values = new Set<Value>(test.values);
      return (value) => values.has(value);
    }
    case "lt":
      return (value) => compareValues(value, test.value) < 0;
    case "lte":
      return (value) => compareValues(value, test.value) <= 0;
    case "gt":
      return (value) => compareValues(value, test.value) > 0;
    case "gte":
      return (value) => compareValues(value, test.value) >= 0;
    case "prefix":
      return (value) => typeof value === "string" && value.startsWith(test.value);
    case "suffix":
      return (value) => typeof value === "string" && value.endsWith(test.value);
    case "has": {
      const wanted = test.value;
      return (value) =>
        Array.isArray(value)
          ? value.includes(wanted)
          : someMember(value, (_key, item) => equalValues(item, wanted));
    }
  }
}
