// Builds the tree over one kind of decision rule. A discrimination tree in which nothing is copied:
// at each step the path that most of the remaining clauses test becomes a node, the clauses that test it
// go under its cases, and the others go on beside it. So every alternative of a clause stands in one
// place (in k places when its key test admits k constants, as often as the author wrote one), the size
// is linear in the policy, and a walk visits only cases the input selects. Set-valued paths are looked
// up by the input's own members and never branched on member by member, which is what makes other
// decision diagrams explode (multi-terminal diagrams over group and label bits grow past three million
// nodes at a thousand rules). What cannot key a node is a guard in front of its leaf.

import {
  type InputPath,
  type PathTest,
  pathOf,
  type Scalar,
  type Test,
  type TreeNode,
} from "@writ/evaluator";

/** One alternative of a clause: its tests, and where it ends. */
export interface Alternative {
  readonly tests: readonly Test[];
  readonly clause: number;
  readonly residual?: number;
}

/** A path that fewer alternatives than this test is a guard, not a node. */
const MIN_KEYED = 2;

export interface BuildOptions {
  /** Whether the shape admits nothing but numbers at a path: then ranges can be searched. */
  readonly isNumeric: (path: InputPath) => boolean;
  /**
   * How many leaf entries the tree may have. Alternatives whose key test admits several constants are
   * entered once for each; past the budget they are guarded instead of keyed.
   */
  readonly maxEntries?: number;
}

export function buildTree(alternatives: readonly Alternative[], options: BuildOptions): TreeNode {
  const tests = alternatives.reduce((sum, { tests: own }) => sum + own.length + 1, 0);
  const budget = { entries: options.maxEntries ?? 4 * tests + 64 };
  return new Builder(options, budget).build(alternatives);
}

type KeyKind = "switch" | "member" | "prefix" | "suffix" | "range";

interface Key {
  readonly kind: KeyKind;
  readonly path: InputPath;
  readonly name: string;
}

class Builder {
  readonly #keys = new Map<Test, Key>();
  readonly #keysByName = new Map<string, Key>();
  readonly #options: BuildOptions;
  readonly #budget: { entries: number };

  constructor(options: BuildOptions, budget: { entries: number }) {
    this.#options = options;
    this.#budget = budget;
  }

  build(alternatives: readonly Alternative[]): TreeNode {
    const nodes: TreeNode[] = [];
    const done = alternatives.filter(({ tests }) => tests.length === 0);
    if (done.length > 0) nodes.push(leaf(done));
    let rest =
      done.length === 0 ? alternatives : alternatives.filter(({ tests }) => tests.length > 0);
    for (let key = this.#choose(rest); key !== undefined; key = this.#choose(rest)) {
      const keyed: Keyed[] = [];
      const others: Alternative[] = [];
      for (const alternative of rest) {
        const test = this.#keyTest(alternative, key);
        if (test === undefined) others.push(alternative);
        else keyed.push({ test, below: without(alternative, test) });
      }
      nodes.push(key.kind === "range" ? this.#range(key.path, keyed) : this.#cases(key, keyed));
      rest = others;
    }
    nodes.push(...guards(rest));
    return nodes.length === 1 ? (nodes[0] as TreeNode) : { kind: "all", nodes };
  }

  /**
   * The path most alternatives are keyed by. Single values before sets before affixes before ranges: a
   * switch takes one case, a member node as many as the input has members.
   */
  #choose(alternatives: readonly Alternative[]): Key | undefined {
    const counts = new Map<Key, number>();
    for (const { tests } of alternatives)
      for (let index = 0; index < tests.length; index += 1) {
        const key = this.#keyOf(tests[index] as Test);
        if (key === undefined || this.#hasKey(tests, key, index)) continue;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    let best: { key: Key; count: number } | undefined;
    for (const [key, count] of counts) {
      if (count < MIN_KEYED) continue;
      if (best === undefined || isBetter({ key, count }, best)) best = { key, count };
    }
    return best?.key;
  }

  /** Whether one of the first tests has a key. */
  #hasKey(tests: readonly Test[], key: Key, count: number): boolean {
    for (let index = 0; index < count; index += 1)
      if (this.#keyOf(tests[index] as Test) === key) return true;
    return false;
  }

  /** The same object for tests of one kind on one path. */
  #keyOf(test: Test): Key | undefined {
    if (test.op === "one-of" && test.values.length > this.#budget.entries) return undefined;
    let key = this.#keys.get(test);
    if (key === undefined) {
      const kind = this.#keyKind(test);
      if (kind === undefined) return undefined;
      const path = pathOf(test);
      const name = `${kind}\u0000${path.join("\u0000")}`;
      key = this.#keysByName.get(name) ?? { kind, path, name };
      this.#keysByName.set(name, key);
      this.#keys.set(test, key);
    }
    return key;
  }

  #keyKind(test: Test): KeyKind | undefined {
    switch (test.op) {
      case "eq":
      case "one-of":
        return "switch";
      case "has":
        return "member";
      case "prefix":
      case "suffix":
        return test.op;
      case "lt":
      case "lte":
      case "gt":
      case "gte":
        return typeof test.value === "number" && this.#options.isNumeric(test.path)
          ? "range"
          : undefined;
      case "truthy":
      case "defined":
      case "ne":
      case "not":
        return undefined;
    }
  }

  /** The test of an alternative that a node on this key stands for. */
  #keyTest(alternative: Alternative, key: Key): PathTest | undefined {
    for (const test of alternative.tests) {
      if (test.op === "not" || this.#keyOf(test) !== key) continue;
      if (test.op === "one-of") this.#budget.entries -= test.values.length;
      return test;
    }
    return undefined;
  }

  #cases(key: Key, keyed: readonly Keyed[]): TreeNode {
    const byValue = new Map<Scalar, Alternative[]>();
    for (const { test, below } of keyed) {
      for (const value of constantsOf(test)) {
        const list = byValue.get(value);
        if (list === undefined) byValue.set(value, [below]);
        else list.push(below);
      }
    }
    const cases = [...byValue]
      .sort(([a], [b]) => compareScalars(a, b))
      .map(([value, below]) => [value, this.build(below)] as const);
    const { kind, path } = key;
    if (kind === "prefix" || kind === "suffix") {
      const end = kind === "prefix" ? "start" : "end";
      // SAFETY: the tests of this key are of text.
      return { kind: "affix", end, path, cases: cases as readonly (readonly [string, TreeNode])[] };
    }
    return { kind: kind === "member" ? "member" : "switch", path, cases };
  }

  #range(path: InputPath, keyed: readonly Keyed[]): TreeNode {
    const bounds = keyed.map(({ test }) => ("value" in test ? (test.value as number) : 0));
    const cuts = [...new Set(bounds)].sort((a, b) => a - b);
    const byPlaces = new Map<string, { from: number; to: number; below: Alternative[] }>();
    for (const { test, below } of keyed) {
      const { from, to } = places(test, cuts);
      const name = `${from}-${to}`;
      const entry = byPlaces.get(name);
      if (entry === undefined) byPlaces.set(name, { from, to, below: [below] });
      else entry.below.push(below);
    }
    const cases = [...byPlaces.values()]
      .sort((a, b) => a.from - b.from || a.to - b.to)
      .map(({ from, to, below }) => ({ from, to, node: this.build(below) }));
    return { kind: "range", path, cuts, cases };
  }
}

interface Keyed {
  readonly test: PathTest;
  readonly below: Alternative;
}

const KIND_ORDER: { readonly [Kind in KeyKind]: number } = {
  switch: 0,
  member: 1,
  prefix: 2,
  suffix: 3,
  range: 4,
};

function isBetter(
  a: { readonly key: Key; readonly count: number },
  b: { readonly key: Key; readonly count: number },
): boolean {
  const byKind = KIND_ORDER[a.key.kind] - KIND_ORDER[b.key.kind];
  if (byKind !== 0) return byKind < 0;
  return a.count !== b.count ? a.count > b.count : a.key.name < b.key.name;
}

/** Places as in TreeNode's range: 2i+1 is at cuts[i], 2i below it. */
function places(test: PathTest, cuts: readonly number[]): { from: number; to: number } {
  const at = 2 * cuts.indexOf("value" in test ? (test.value as number) : 0) + 1;
  const last = 2 * cuts.length;
  switch (test.op) {
    case "lt":
      return { from: 0, to: at - 1 };
    case "lte":
      return { from: 0, to: at };
    case "gt":
      return { from: at + 1, to: last };
    case "gte":
      return { from: at, to: last };
    default:
      throw new Error(`a test by \`${test.op}\` bounds nothing`);
  }
}

function constantsOf(test: PathTest): readonly Scalar[] {
  if (test.op === "one-of") return [...new Set(test.values)];
  return "value" in test ? [test.value] : [];
}

/** Alternatives that are left are tested one by one; those with the same tests together. */
function guards(alternatives: readonly Alternative[]): TreeNode[] {
  if (alternatives.length < 2) return alternatives.map((only) => guard([only], only));
  const byTests = new Map<string, Alternative[]>();
  for (const alternative of alternatives) {
    const name = JSON.stringify(alternative.tests);
    const list = byTests.get(name);
    if (list === undefined) byTests.set(name, [alternative]);
    else list.push(alternative);
  }
  return [...byTests.values()].map((same) => guard(same, same[0] as Alternative));
}

function guard(same: readonly Alternative[], { tests }: Alternative): TreeNode {
  return { kind: "guard", tests, node: leaf(same) };
}

function leaf(alternatives: readonly Alternative[]): TreeNode {
  const clauses = alternatives.map(({ clause, residual }) =>
    residual === undefined ? { clause } : { clause, residual },
  );
  return { kind: "leaf", clauses };
}

function without(alternative: Alternative, test: Test): Alternative {
  return { ...alternative, tests: alternative.tests.filter((other) => other !== test) };
}

function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  const textA = `${typeof a}${String(a)}`;
  const textB = `${typeof b}${String(b)}`;
  return textA < textB ? -1 : Number(textA > textB);
}
