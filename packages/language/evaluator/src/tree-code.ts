// Trees as a walk wants them: all nodes of all trees in one array of small integers, cases keyed by the
// numbers of constants. What a decision reads lies close together, and a rule costs a few words. Built
// when a policy is linked; tree.ts is the form that is kept and shown.

import { type Affixes, linkAffixes } from "./affixes.ts";
import type { InputPaths } from "./input-paths.ts";
import { linkTest } from "./link-test.ts";
import { childrenOf, inner, type Test, type TreeNode } from "./tree.ts";
import type { Value } from "./value.ts";

/**
 * A node begins with one of these; its words follow. Where a node stands is its address; none is at 0. A
 * leaf of one clause without residual takes no words: its address is the clause's complement, below 0.
 */
export const NOTHING = 0;
/** Count; then clause and residual (-1 is none) in turn. */
export const LEAF = 1;
/** Count; then addresses. */
const ALL = 2;
/** Path; then how the cases are found: see `FEW`. */
export const SWITCH = 3;
export const MEMBER = 4;
/** Path, which of the cuts, count; then first place, last place and address of each case. */
export const RANGE = 5;
/** Path, which of the affixes. */
export const AFFIX = 6;
/** Address, count; then kind, path and operand of each test. */
export const GUARD = 7;

/** Count; then number and address in turn. */
export const FEW = 0;
/** Count, first number; then the address of each number from there. */
export const DENSE = 1;
/** Shift of the hash, then per place number and address; 0 is no number. */
const HASHED = 2;

/** A test's kind, odd when negated. Operand: a constant's number. */
export const IS = 0;
export const HAS = 2;
/** Operand: which of the predicates. */
export const HOLDS = 4;

export interface TreeCode {
  readonly words: Int32Array;
  /** Of the trees, and of all nodes of small ones. */
  readonly addresses: ReadonlyMap<TreeNode, number>;
  /** The address of each tree. */
  readonly roots: readonly number[];
  readonly cuts: readonly Float64Array[];
  readonly affixes: readonly Affixes[];
  readonly predicates: readonly ((value: Value) => boolean)[];
}

/** More nodes are too many to be written out as code. */
const MAX_SMALL = 4000;

export function isSmall(tree: TreeNode): boolean {
  return countNodes(tree, MAX_SMALL) >= 0;
}

/** What is left of a budget of nodes; below zero once it is spent. */
function countNodes(node: TreeNode, budget: number): number {
  let left = budget - 1;
  for (const child of childrenOf(node)) {
    if (left < 0) return left;
    left = countNodes(child, left);
  }
  return left;
}

export function assembleTrees(trees: readonly TreeNode[], paths: InputPaths): TreeCode {
  for (const tree of trees) registerConstants(tree, paths);
  const assembler = new Assembler(paths);
  const roots = trees.map((tree) => assembler.addTree(tree));
  const { words, addresses, cuts, affixes, predicates } = assembler;
  return { words: Int32Array.from(words), addresses, roots, cuts, affixes, predicates };
}

/** Constants get their numbers in the order of the trees, so that a node's own are mostly in a row. */
function registerConstants(node: TreeNode, paths: InputPaths): void {
  if (node.kind === "switch" || node.kind === "member") {
    const path = paths.register(node.path);
    for (const [value] of node.cases) paths.registerConstant(path, value);
  }
  for (const child of childrenOf(node)) registerConstants(child, paths);
}

/** As many cases as are compared one by one. */
const MAX_FEW = 4;
/** A table by number may be this much longer than its cases are many. */
const MAX_SPARSE = 4;

class Assembler {
  readonly words: number[] = [NOTHING];
  readonly addresses = new Map<TreeNode, number>();
  readonly cuts: Float64Array[] = [];
  readonly affixes: Affixes[] = [];
  readonly predicates: ((value: Value) => boolean)[] = [];
  readonly #paths: InputPaths;
  #isSmall = false;

  constructor(paths: InputPaths) {
    this.#paths = paths;
  }

  addTree(tree: TreeNode): number {
    this.#isSmall = isSmall(tree);
    const address = this.#add(tree);
    this.addresses.set(tree, address);
    return address;
  }

  /** Adds a node, those below it before it, and answers its address. */
  #add(node: TreeNode): number {
    const address = this.#write(node);
    if (this.#isSmall) this.addresses.set(node, address);
    return address;
  }

  #write(node: TreeNode): number {
    switch (node.kind) {
      case "leaf":
        return this.#leaf(node);
      case "all": {
        const nodes = node.nodes.map((child) => this.#add(child));
        if (nodes.length === 0) return NOTHING;
        const address = this.words.push(ALL, nodes.length) - 2;
        for (const each of nodes) this.words.push(each);
        return address;
      }
      case "switch":
      case "member":
        return this.#cases(node);
      case "range": {
        const cases = node.cases.map(({ from, to, node: child }) => [from, to, this.#add(child)]);
        const cuts = this.cuts.push(Float64Array.from(node.cuts)) - 1;
        const path = this.#paths.register(node.path);
        const address = this.words.push(RANGE, path, cuts, cases.length) - 4;
        for (const each of cases) this.words.push(...each);
        return address;
      }
      case "affix": {
        const cases = node.cases.map(([affix, child]) => [affix, this.#add(child)] as const);
        const affixes = this.affixes.push(linkAffixes(node.end, cases)) - 1;
        return this.words.push(AFFIX, this.#paths.register(node.path), affixes) - 3;
      }
      case "guard": {
        const child = this.#add(node.node);
        // What costs least first: a number to compare, then members to look up, then the others.
        const tests = node.tests.map((test) => this.#test(test)).sort(([a], [b]) => a - b);
        const address = this.words.push(GUARD, child, tests.length) - 3;
        for (const [kind, path, operand] of tests) this.words.push(kind, path, operand);
        return address;
      }
    }
  }

  #leaf({ clauses }: Extract<TreeNode, { kind: "leaf" }>): number {
    const [only] = clauses;
    if (clauses.length === 1 && only !== undefined && only.residual === undefined)
      return ~only.clause;
    const address = this.words.push(LEAF, clauses.length) - 2;
    for (const { clause, residual } of clauses) this.words.push(clause, residual ?? -1);
    return address;
  }

  #cases(node: Extract<TreeNode, { kind: "switch" | "member" }>): number {
    const path = this.#paths.register(node.path);
    const cases = node.cases
      .map(
        ([value, child]) => [this.#paths.registerConstant(path, value), this.#add(child)] as const,
      )
      .sort(([a], [b]) => a - b);
    const address = this.words.push(node.kind === "switch" ? SWITCH : MEMBER, path) - 2;
    for (const word of tableOf(cases)) this.words.push(word);
    return address;
  }

  #test(test: Test): readonly [kind: number, path: number, operand: number] {
    const asked = inner(test);
    const path = this.#paths.register(asked.path);
    const isNegated = Number(test.op === "not");
    if (asked.op === "eq")
      return [IS + isNegated, path, this.#paths.registerConstant(path, asked.value)];
    if (asked.op === "has")
      return [HAS + isNegated, path, this.#paths.registerConstant(path, asked.value)];
    return [HOLDS + isNegated, path, this.predicates.push(linkTest(asked)) - 1];
  }
}

type Cases = readonly (readonly [number: number, address: number])[];

function tableOf(cases: Cases): readonly number[] {
  if (cases.length <= MAX_FEW) return [FEW, cases.length, ...cases.flat()];
  const [first] = cases[0] as Cases[number];
  const [last] = cases.at(-1) as Cases[number];
  const span = last - first + 1;
  if (span <= MAX_SPARSE * cases.length) {
    const addresses: number[] = new Array(span).fill(NOTHING);
    for (const [number, address] of cases) addresses[number - first] = address;
    return [DENSE, span, first, ...addresses];
  }
  return hashTable(cases);
}

/** Open addressing, at most half full. */
function hashTable(cases: Cases): readonly number[] {
  const shift = Math.clz32(2 * cases.length - 1);
  const size = 2 ** (32 - shift);
  const places: number[] = new Array(2 * size).fill(0);
  for (const [number, address] of cases) {
    let place = hashNumber(number, shift);
    while (places[2 * place] !== 0) place = (place + 1) % size;
    places[2 * place] = number;
    places[2 * place + 1] = address;
  }
  return [HASHED, shift, ...places];
}

/** Knuth's multiplicative hash: the highest bits, so that numbers in a row spread. */
export function hashNumber(number: number, shift: number): number {
  return Math.imul(number, 0x9e3779b1) >>> shift;
}
