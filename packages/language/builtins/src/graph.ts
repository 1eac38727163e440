// Graphs given as an object from each node to its neighbours, and walking through a document.

import {
  type Builtin,
  type BuiltinContext,
  getMember,
  isArray,
  makeSet,
  RegoSet,
  regoText,
  someMember,
  type Value,
} from "@writ/evaluator";
import { COUNTED, COUNTED_SUPERLINEAR } from "./cost.ts";
import {
  any,
  anyArray,
  anyObject,
  anySet,
  arrayOf,
  define,
  oneOf,
  setOf,
  tupleOf,
} from "./define.ts";

const nodes = oneOf(anyArray, anySet);

export const graph: readonly Builtin[] = [
  {
    ...define("walk", [any], arrayOf(tupleOf(anyArray, any)), COUNTED_SUPERLINEAR, walk),
    relation: true,
  },
  define("graph.reachable", [anyObject, nodes], anySet, COUNTED, reachable),
  define(
    "graph.reachable_paths",
    [anyObject, nodes],
    setOf(arrayOf(any)),
    COUNTED_SUPERLINEAR,
    reachablePaths,
  ),
];

/** A value and everything in it, each with its path. */
function walk(value: Value, context: BuiltinContext): Value {
  const found: Value[] = [];
  const visit = (at: Value, path: readonly Value[]): void => {
    context.step(1 + (path.length >> 2));
    found.push([path, at]);
    someMember(at, (key, member) => {
      visit(member, [...path, key]);
      return false;
    });
  };
  visit(value, []);
  return found;
}

function reachable(edges: Value, start: Value, context: BuiltinContext): Value {
  const found = new Map<string, Value>();
  const open = [...listOf(start)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    context.step(1);
    const name = keyOf(node);
    const next = getMember(edges, node);
    if (found.has(name) || next === undefined) continue;
    found.set(name, node);
    for (const neighbour of listOf(next)) open.push(neighbour);
  }
  return makeSet([...found.values()]);
}

/**
 * Paths that end where no edge leads on, or before a node that was passed. Which nodes count as passed is
 * shared between the branches below one neighbour of the start, as in OPA.
 */
function reachablePaths(edges: Value, start: Value, context: BuiltinContext): Value {
  const found: Value[] = [];
  const visit = (node: Value, path: readonly Value[], passed: Set<string>): void => {
    context.step(1 + (path.length >> 2));
    const next = getMember(edges, node);
    const here = next === undefined ? path : [...path, node];
    const neighbours = next === undefined ? [] : listOf(next);
    if (neighbours.length === 0) found.push(here);
    context.step(neighbours.length);
    for (const neighbour of neighbours) {
      if (passed.has(keyOf(neighbour))) {
        found.push(here);
      } else {
        passed.add(keyOf(node));
        visit(neighbour, here, passed);
      }
    }
  };
  for (const node of listOf(start)) {
    const next = getMember(edges, node);
    if (next === undefined) continue;
    if (listOf(next).length === 0) found.push([node]);
    for (const neighbour of listOf(next)) visit(neighbour, [node], new Set([keyOf(node)]));
  }
  return makeSet(found);
}

function listOf(value: Value): readonly Value[] {
  if (value instanceof RegoSet) return value.items;
  return isArray(value) ? value : [];
}

/** Equal nodes, and only they, have equal names. */
function keyOf(node: Value): string {
  return regoText(node);
}
