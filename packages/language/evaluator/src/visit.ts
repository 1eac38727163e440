// Walking the trees: which clauses an input reaches. A walk allocates nothing. Where code may be generated,
// generate-walk.ts does the same for the nodes near the roots.

import { longestAffix } from "./affixes.ts";
import type { InputNumbers, InputPaths } from "./input-paths.ts";
import {
  AFFIX,
  DENSE,
  FEW,
  GUARD,
  HAS,
  hashNumber,
  IS,
  LEAF,
  MEMBER,
  NOTHING,
  RANGE,
  SWITCH,
  type TreeCode,
} from "./tree-code.ts";
import type { Value } from "./value.ts";

/** What a decision has reached so far, in order. A clause reached twice (by two members of a collection) counts once. */
export class Reached {
  readonly clauses: Int32Array;
  /** By the place in `clauses`; -1 is none. */
  readonly residuals: Int32Array;
  count = 0;
  readonly #isReached: Uint8Array;

  constructor(clauseCount: number) {
    this.clauses = new Int32Array(clauseCount);
    this.residuals = new Int32Array(clauseCount);
    this.#isReached = new Uint8Array(clauseCount);
  }

  add(clause: number, residual: number): void {
    if (this.#isReached[clause] === 1) return;
    this.#isReached[clause] = 1;
    this.clauses[this.count] = clause;
    this.residuals[this.count] = residual;
    this.count += 1;
  }

  clear(): void {
    for (let at = 0; at < this.count; at += 1) this.#isReached[this.clauses[at] as number] = 0;
    this.count = 0;
  }
}

/** Visits a tree, or a node, by its address, with the input of the decision under way. */
export type Visit = (address: number) => void;

export interface WalkContext {
  readonly code: TreeCode;
  readonly paths: InputPaths;
  readonly numbers: InputNumbers;
  readonly reached: Reached;
}

export function linkWalk(context: WalkContext): Visit {
  const { words } = context.code;
  const { numberAt, memberCount, memberAt } = context.numbers;
  const { reached } = context;
  const caseOf = linkCaseOf(words);
  const holdAll = linkGuards(context);
  const visit: Visit = (start) => {
    let at = start;
    while (at > NOTHING) {
      switch (words[at]) {
        case SWITCH:
          at = caseOf(at + 2, numberAt(words[at + 1] as number));
          break;
        case GUARD:
          if (!holdAll(at + 2)) return;
          at = words[at + 1] as number;
          break;
        case LEAF: {
          const end = at + 2 + 2 * (words[at + 1] as number);
          for (let next = at + 2; next < end; next += 2)
            reached.add(words[next] as number, words[next + 1] as number);
          return;
        }
        case MEMBER:
          visitMembers(at);
          return;
        case RANGE:
          visitRange(at);
          return;
        case AFFIX:
          visitAffixes(at);
          return;
        default: {
          const end = at + 2 + (words[at + 1] as number);
          for (let next = at + 2; next < end; next += 1) visit(words[next] as number);
          return;
        }
      }
    }
    if (at < NOTHING) reached.add(~at, -1);
  };
  const visitMembers: Visit = (at) => {
    const path = words[at + 1] as number;
    const count = memberCount(path);
    for (let index = 0; index < count; index += 1) visit(caseOf(at + 2, memberAt(path, index)));
  };
  const visitRange = linkRanges(context, visit);
  const visitAffixes = linkAffixNodes(context, visit);
  return visit;
}

type FindCase = (table: number, number: number) => number;

/** The address under a number in the table of cases that begins at the given place. */
function linkCaseOf(words: Int32Array): FindCase {
  const findHashed = linkFindHashed(words);
  return (table, number) => {
    const size = words[table + 1] as number;
    if (words[table] === FEW) {
      const end = table + 2 + 2 * size;
      for (let at = table + 2; at < end; at += 2)
        if (words[at] === number) return words[at + 1] as number;
      return NOTHING;
    }
    if (words[table] !== DENSE) return findHashed(table, number);
    const index = number - (words[table + 2] as number);
    return index >= 0 && index < size ? (words[table + 3 + index] as number) : NOTHING;
  };
}

function linkFindHashed(words: Int32Array): FindCase {
  return (table, number) => {
    const shift = words[table + 1] as number;
    for (let place = hashNumber(number, shift); ; place = (place + 1) & (-1 >>> shift)) {
      const at = table + 2 + 2 * place;
      const found = words[at] as number;
      if (found === number) return words[at + 1] as number;
      if (found === 0) return NOTHING;
    }
  };
}

/** Whether the tests hold whose count stands at the given place. */
function linkGuards({ code, paths, numbers }: WalkContext): (tests: number) => boolean {
  const { words, predicates } = code;
  const { values } = paths;
  const { numberAt, hasMember } = numbers;
  const holds = (kind: number, path: number, operand: number): boolean => {
    if (kind === IS) return numberAt(path) === operand;
    if (kind === HAS) return hasMember(path, operand);
    const value = values[path];
    return value !== undefined && (predicates[operand] as (value: Value) => boolean)(value);
  };
  return (tests) => {
    const end = tests + 1 + 3 * (words[tests] as number);
    for (let at = tests + 1; at < end; at += 3) {
      const kind = words[at] as number;
      const isNegated = (kind & 1) === 1;
      if (holds(kind & ~1, words[at + 1] as number, words[at + 2] as number) === isNegated)
        return false;
    }
    return true;
  };
}

function linkRanges({ code, paths }: WalkContext, visit: Visit): Visit {
  const { words, cuts } = code;
  return (at) => {
    const value = paths.values[words[at + 1] as number];
    if (typeof value !== "number") return;
    const place = placeAmong(cuts[words[at + 2] as number] as Float64Array, value);
    const end = at + 4 + 3 * (words[at + 3] as number);
    // Sorted by where they begin.
    for (let next = at + 4; next < end && (words[next] as number) <= place; next += 3)
      if (place <= (words[next + 1] as number)) visit(words[next + 2] as number);
  };
}

/** 2i+1 at cuts[i], 2i between cuts[i-1] and cuts[i]. */
function placeAmong(cuts: Float64Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return cuts[low] === value ? 2 * low + 1 : 2 * low;
}

function linkAffixNodes({ code, paths }: WalkContext, visit: Visit): Visit {
  const { words } = code;
  return (at) => {
    const value = paths.values[words[at + 1] as number];
    const affixes = code.affixes[words[at + 2] as number];
    if (typeof value !== "string" || affixes === undefined) return;
    let found = longestAffix(affixes, value);
    for (; found >= 0; found = affixes.shorter[found] as number)
      visit(affixes.targets[found] as number);
  };
}
