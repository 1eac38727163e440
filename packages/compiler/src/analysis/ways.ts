// The decision rules as the trees have them, flat: each way a clause can hold is a conjunction of tests,
// read off the path from the root to its leaf, and a residual where there is one. A tree is read as far as
// it is asked about, and once.

import {
  type CompiledPolicy,
  childrenOf,
  type DecisionRule,
  type Shape,
  type Test,
  type TreeClause,
  type TreeNode,
  type Value,
} from "@writ/evaluator";
import { isCertain } from "./certain.ts";
import { testKey } from "./tests.ts";

/** One way a decision rule can hold. */
export interface Way {
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

/** `in` a list is taken apart into equalities while that makes no more than this of one way. */
const MAX_VALUES = 32;

type Policy = Pick<CompiledPolicy, "trees" | "shape">;

/** All ways of one kind. */
export function readWays(policy: Policy, kind: DecisionRule): readonly Way[] {
  return new Place(policy, kind).all();
}

/** A node of a tree, with the tests that lead to it. */
export class Place {
  readonly node: TreeNode;
  readonly #policy: Policy;
  readonly #kind: DecisionRule;
  readonly #tests: readonly Test[];
  #ways: readonly Way[] | undefined;
  readonly #children: (Place | undefined)[] = [];
  #below: readonly TreeNode[] | undefined;
  #cases: ReadonlyMap<Value, number> | undefined;

  constructor(
    policy: Policy,
    kind: DecisionRule,
    node: TreeNode = policy.trees.roots[kind],
    tests: readonly Test[] = [],
  ) {
    this.#policy = policy;
    this.#kind = kind;
    this.node = node;
    this.#tests = tests;
  }

  /** The ways at this leaf. */
  get ways(): readonly Way[] {
    this.#ways ??= this.#read();
    return this.#ways;
  }

  /** The ways at and below. */
  all(into: Way[] = []): readonly Way[] {
    for (const way of this.ways) into.push(way);
    for (const child of this.children()) child.all(into);
    return into;
  }

  *children(): Generator<Place> {
    for (let index = 0; index < this.#nodes.length; index += 1) yield this.child(index);
  }

  child(index: number): Place {
    let child = this.#children[index];
    if (child === undefined) {
      const node = this.#nodes[index] as TreeNode;
      const own = testsOf(this.node, index);
      const tests = own.length === 0 ? this.#tests : [...this.#tests, ...own];
      child = new Place(this.#policy, this.#kind, node, tests);
      this.#children[index] = child;
    }
    return child;
  }

  get #nodes(): readonly TreeNode[] {
    this.#below ??= childrenOf(this.node);
    return this.#below;
  }

  /** Of a switch or a member node: the case of a constant. */
  caseOf(value: Value): Place | undefined {
    if (this.node.kind !== "switch" && this.node.kind !== "member") return undefined;
    this.#cases ??= new Map(this.node.cases.map(([constant], index) => [constant, index]));
    const index = this.#cases.get(value);
    return index === undefined ? undefined : this.child(index);
  }

  #read(): readonly Way[] {
    if (this.node.kind !== "leaf") return NONE;
    const { trees, shape } = this.#policy;
    const all = expand(this.#tests);
    return this.node.clauses.flatMap(({ clause: index, residual }) => {
      const clause = trees.clauses[index] as TreeClause;
      return all.map((tests) => {
        const rest = residual === undefined ? {} : residualOf(trees, shape, residual, tests);
        return { kind: this.#kind, index, clause, tests, ...rest };
      });
    });
  }
}

const NONE: readonly Way[] = [];

function residualOf(
  trees: CompiledPolicy["trees"],
  shape: Shape,
  index: number,
  tests: readonly Test[],
): Pick<Way, "residual" | "saidBy"> {
  const residual = trees.residuals[index];
  if (residual === undefined) return {};
  const saidBy = residual.value === undefined ? {} : { saidBy: index };
  return isCertain(residual, shape, tests) ? saidBy : { residual: index, ...saidBy };
}

/** What leads from a node to one of those below it. */
function testsOf(node: TreeNode, index: number): readonly Test[] {
  switch (node.kind) {
    case "leaf":
    case "all":
      return [];
    case "guard":
      return node.tests;
    case "range": {
      const { from, to } = node.cases[index] as (typeof node.cases)[number];
      return rangeTests(node, from, to);
    }
    case "switch":
    case "member": {
      const [value] = node.cases[index] as (typeof node.cases)[number];
      return [{ op: node.kind === "switch" ? "eq" : "has", path: node.path, value }];
    }
    case "affix": {
      const [value] = node.cases[index] as (typeof node.cases)[number];
      return [{ op: node.end === "start" ? "prefix" : "suffix", path: node.path, value }];
    }
  }
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
  if (!tests.some(({ op }) => op === "one-of")) return [tests];
  let all: readonly (readonly Test[])[] = [[]];
  for (const test of tests) {
    const isSmall = test.op === "one-of" && all.length * test.values.length <= MAX_VALUES;
    const choices: readonly Test[] =
      test.op === "one-of" && isSmall
        ? test.values.map((value) => ({ op: "eq", path: test.path, value }))
        : [test];
    all = all.flatMap((each) => choices.map((choice) => [...each, choice]));
  }
  return all;
}

/** The same for ways that hold for the same inputs for the same reason; residuals by fingerprint. */
export function wayKey(
  { tests, residual }: Way,
  fingerprint: (residual: number) => string,
): string {
  const keys = [...new Set(tests.map(testKey))].sort().join("\u0002");
  return residual === undefined ? keys : `${keys}\u0003${fingerprint(residual)}`;
}
