// The decision rules as the trees have them, flat: each way a clause can hold is a conjunction of tests,
// read off the path from the root to its leaf, and a residual where there is one. A tree is read as far as
// it is asked about, and once.

import {
  type CompiledPolicy,
  childrenOf,
  type DecisionRule,
  type Test,
  type TreeClause,
  type TreeNode,
  type Value,
} from "@writ/evaluator";
import { isCertain } from "./certain.ts";
import type { Opaque, Part } from "./opaque.ts";
import { testKey } from "./tests.ts";

/** One way a decision rule can hold. */
export interface Way {
  readonly kind: DecisionRule;
  /** Index into `trees.clauses`. */
  readonly index: number;
  readonly clause: TreeClause;
  readonly tests: readonly Test[];
  /** What must hold besides the tests. */
  readonly opaque: readonly Opaque[];
  /** Index into `trees.residuals`: where that is said. */
  readonly residual?: number;
  /** Index into `trees.residuals`: what gives the value, where the clause has none. */
  readonly saidBy?: number;
  /** Where two versions of a policy are looked at together: of which it is. */
  readonly version?: VersionName;
}

export type VersionName = "before" | "after";

/** `in` a list is taken apart into equalities while that makes no more than this of one way. */
const MAX_VALUES = 32;

/** What reading a tree needs to know of its policy. */
export interface TreeSource extends Pick<CompiledPolicy, "trees" | "shape"> {
  /** The parts of a residual, and each as a condition. */
  readonly opaque: (
    residual: number,
  ) => readonly { readonly part: Part; readonly opaque: Opaque }[];
}

/** All ways of one kind. */
export function readWays(source: TreeSource, kind: DecisionRule): readonly Way[] {
  return new Place(source, kind).all();
}

/** A node of a tree, with the tests that lead to it. */
export class Place {
  readonly node: TreeNode;
  readonly #source: TreeSource;
  readonly #kind: DecisionRule;
  readonly #tests: readonly Test[];
  #ways: readonly Way[] | undefined;
  readonly #children: (Place | undefined)[] = [];
  #all: readonly Place[] | undefined;
  #below: readonly TreeNode[] | undefined;
  #cases: ReadonlyMap<Value, number> | undefined;

  constructor(
    source: TreeSource,
    kind: DecisionRule,
    node: TreeNode = source.trees.roots[kind],
    tests: readonly Test[] = [],
  ) {
    this.#source = source;
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

  children(): readonly Place[] {
    this.#all ??= this.#nodes.map((_node, index) => this.child(index));
    return this.#all;
  }

  child(index: number): Place {
    let child = this.#children[index];
    if (child === undefined) {
      const node = this.#nodes[index] as TreeNode;
      const own = testsOf(this.node, index);
      const tests = own.length === 0 ? this.#tests : [...this.#tests, ...own];
      child = new Place(this.#source, this.#kind, node, tests);
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
    const { trees } = this.#source;
    const all = expand(this.#tests);
    return this.node.clauses.flatMap(({ clause: index, residual }) => {
      const clause = trees.clauses[index] as TreeClause;
      return all.map((tests) => {
        const rest = residual === undefined ? PLAIN : residualOf(this.#source, residual, tests);
        return { kind: this.#kind, index, clause, tests, ...rest };
      });
    });
  }
}

const NONE: readonly Way[] = [];
const PLAIN: Pick<Way, "opaque"> = { opaque: [] };

/** Without the parts that hold wherever the tests do. */
function residualOf(
  { trees, shape, opaque: read }: TreeSource,
  index: number,
  tests: readonly Test[],
): Pick<Way, "opaque" | "residual" | "saidBy"> {
  const saidBy = trees.residuals[index]?.value === undefined ? {} : { saidBy: index };
  const opaque = read(index).flatMap((each) =>
    isCertain(each.part, shape, tests) ? [] : [each.opaque],
  );
  return { opaque, ...saidBy, ...(opaque.length === 0 ? {} : { residual: index }) };
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

/** The same for ways that hold for the same inputs for the same reason. */
export function wayKey({ tests, opaque }: Way): string {
  const keys = [...new Set(tests.map(testKey))].sort().join("\u0002");
  const conditions = opaque.map(({ key, isNegated }) => `${isNegated ? "!" : ""}${key}`);
  return opaque.length === 0 ? keys : [keys, ...new Set(conditions.sort())].join("\u0003");
}
