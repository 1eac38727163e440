// Decision trees, linked: walking them yields the clauses that hold for an input. A walk allocates
// nothing that grows with the number of rules; a clause reached twice (by two members of a collection)
// counts once.

import { someMember } from "./collection.ts";
import type { Evaluation } from "./evaluation.ts";
import { compareValues, equalValues } from "./order.ts";
import type { InputPath, PathTest, Scalar, Test, TreeNode } from "./tree.ts";
import { isArray, type Value } from "./value.ts";

/** Called for every clause reached whose tests hold. */
export type Reach = (clause: number, residual: number | undefined, evaluation: Evaluation) => void;
export type Visit = (input: Value, evaluation: Evaluation) => void;
type Read = (input: Value) => Value | undefined;

export function linkTree(node: TreeNode, reach: Reach): Visit {
  switch (node.kind) {
    case "leaf": {
      const { clauses } = node;
      return (_input, evaluation) => {
        for (const { clause, residual } of clauses) reach(clause, residual, evaluation);
      };
    }
    case "all": {
      const nodes = node.nodes.map((child) => linkTree(child, reach));
      return (input, evaluation) => {
        for (const visit of nodes) visit(input, evaluation);
      };
    }
    case "switch": {
      const read = linkPath(node.path);
      const cases = linkCases(node.cases, reach);
      return (input, evaluation) => {
        cases.get(read(input))?.(input, evaluation);
      };
    }
    case "member":
      return linkMember(node.path, linkCases(node.cases, reach));
    case "range":
      return linkRange(node, reach);
    case "guard": {
      const tests = node.tests.map(linkTest);
      const visit = linkTree(node.node, reach);
      return (input, evaluation) => {
        for (const holds of tests) if (!holds(input)) return;
        visit(input, evaluation);
      };
    }
  }
}

type Cases = ReadonlyMap<Value | undefined, Visit>;

function linkCases(cases: readonly (readonly [Scalar, TreeNode])[], reach: Reach): Cases {
  return new Map(cases.map(([value, child]) => [value, linkTree(child, reach)]));
}

function linkMember(path: InputPath, cases: Cases): Visit {
  const read = linkPath(path);
  return (input, evaluation) => {
    const collection = read(input);
    if (isArray(collection)) {
      for (const item of collection) cases.get(item)?.(input, evaluation);
    } else if (collection !== undefined) {
      someMember(collection, (_key, item) => {
        cases.get(item)?.(input, evaluation);
        return false;
      });
    }
  };
}

function linkRange(node: Extract<TreeNode, { kind: "range" }>, reach: Reach): Visit {
  const read = linkPath(node.path);
  const cases = node.cases.map(({ from, to, node: child }) => ({
    from,
    to,
    visit: linkTree(child, reach),
  }));
  return (input, evaluation) => {
    const value = read(input);
    if (typeof value !== "number") return;
    const place = placeAmong(node.cuts, value);
    for (const { from, to, visit } of cases) {
      if (from <= place && place <= to) visit(input, evaluation);
    }
  };
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

export function linkTest(test: Test): (input: Value) => boolean {
  if (test.op === "not") {
    const holds = linkTest(test.test);
    return (input) => !holds(input);
  }
  const read = linkPath(test.path);
  const holds = linkScalarTest(test);
  return (input) => {
    const value = read(input);
    return value !== undefined && holds(value);
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
    case "has":
      return (value) => someMember(value, (_key, item) => equalValues(item, test.value));
  }
}

/** Reads a path of a JSON input. Own properties only: an input key named `constructor` is data, not code. */
function linkPath(path: InputPath): Read {
  return (input) => {
    let at: unknown = input;
    for (const key of path) {
      if (typeof at !== "object" || at === null || Array.isArray(at) || !Object.hasOwn(at, key)) {
        return undefined;
      }
      at = (at as { readonly [key: string]: unknown })[key];
    }
    return at as Value;
  };
}
