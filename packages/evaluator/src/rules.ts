// Rules, linked: what a path's clauses together say. A complete rule has one value or is a conflict; a
// set collects, an object collects by key; a function is applied to arguments.

import { DuplicateKey, makeObject, makeSet } from "./collection.ts";
import { type Evaluation, EvaluationError, withoutCycle } from "./evaluation.ts";
import {
  type Continue,
  type ExprFn,
  type Frame,
  type LinkContext,
  linkBody,
  linkExpr,
  linkPattern,
} from "./link.ts";
import { equalValues } from "./order.ts";
import type { Clause, RuleGroup } from "./plan.ts";
import type { RegoSet, Value } from "./value.ts";

export interface LinkedGroup {
  readonly kind: RuleGroup["kind"];
  /** Functions have none. */
  value(evaluation: Evaluation): Value | undefined;
  apply(args: readonly Value[], evaluation: Evaluation): Value | undefined;
  /** What the rules say, one by one, for being nested with rules above and below. */
  entries(evaluation: Evaluation): readonly Entry[];
}

export function linkGroup(group: RuleGroup, context: Omit<LinkContext, "slots">): LinkedGroup {
  const name = `data.${group.path.join(".")}`;
  const cached = (work: (evaluation: Evaluation) => Value | undefined) => {
    const key = {};
    return (evaluation: Evaluation): Value | undefined => {
      const { cache } = evaluation.scope;
      const known = cache.get(key);
      if (known !== undefined || cache.has(key)) return known;
      const value = withoutCycle(evaluation, key, name, () => work(evaluation));
      cache.set(key, value);
      return value;
    };
  };
  const none = (): undefined => undefined;
  switch (group.kind) {
    case "complete": {
      const solve = linkComplete(group, name, context);
      const value = cached((evaluation) => solve([], evaluation));
      const entries = (evaluation: Evaluation): readonly Entry[] => {
        const found = value(evaluation);
        return found === undefined ? [] : [[[], found, "value"]];
      };
      return { kind: group.kind, value, apply: none, entries };
    }
    case "function":
      return {
        kind: group.kind,
        value: none,
        apply: linkComplete(group, name, context),
        entries: () => [],
      };
    case "set": {
      const collect = linkCollect(group, context, linkElement);
      const value = cached((evaluation) => makeSet(collect(evaluation)));
      const entries = (evaluation: Evaluation): readonly Entry[] => {
        const { items } = value(evaluation) as RegoSet;
        return [[[], true, "set"], ...items.map((item): Entry => [[], item, "member"])];
      };
      return { kind: group.kind, value, apply: none, entries };
    }
    case "object": {
      const collect = linkCollect(group, context, linkEntry);
      // SAFETY: an entry is no Value, but a list of Values and two words about it.
      const entries = collect as unknown as (evaluation: Evaluation) => readonly Entry[];
      const value = cached((evaluation) => nest(entries(evaluation), name));
      return { kind: group.kind, value, apply: none, entries };
    }
  }
}

type Solve = (args: readonly Value[], evaluation: Evaluation) => Value | undefined;

function linkComplete(group: RuleGroup, name: string, context: Omit<LinkContext, "slots">): Solve {
  const kind = group.kind === "function" ? "function" : "complete";
  const clauses = group.clauses.map((clause) => linkClause(clause, { name, kind }, context));
  const otherwise =
    group.default === undefined ? undefined : linkClause(group.default, { name, kind }, context);
  return (args, evaluation) => {
    let found: Value | undefined;
    for (const solve of clauses) {
      const value = solve(args, evaluation);
      if (value === undefined) continue;
      if (found !== undefined && !equalValues(found, value)) throw conflict(name, kind);
      found = value;
    }
    return found === undefined ? otherwise?.(args, evaluation) : found;
  };
}

/** One clause with its else branches: the value of the first branch that has a solution. */
function linkClause(
  clause: Clause,
  { name, kind }: { readonly name: string; readonly kind: "complete" | "function" },
  context: Omit<LinkContext, "slots">,
): Solve {
  const branches = [{ body: clause.body, value: clause.value }, ...(clause.elses ?? [])].map(
    (branch) => {
      const slots = { count: clause.slots };
      const frame = { ...context, slots };
      const params = (clause.params ?? []).map((param) => linkPattern(param, frame));
      const readValue = linkExpr(branch.value, frame);
      const result = slots.count;
      slots.count += 1;
      const isConstant = branch.value.op === "const";
      const run = linkBody(branch.body, frame, (at, evaluation) => {
        const value = readValue(at, evaluation);
        if (value === undefined) return false;
        const before = at[result] as Value | undefined;
        if (before !== undefined && !equalValues(before, value)) throw conflict(name, kind);
        at[result] = value;
        return isConstant;
      });
      return { params, run, result, slots };
    },
  );
  return (args, evaluation) => {
    for (const { params, run, result, slots } of branches) {
      const frame: Frame = new Array(slots.count).fill(undefined);
      if (!params.every((matches, index) => matches(args[index] as Value, frame, evaluation))) {
        return undefined;
      }
      run(frame, evaluation);
      const value = frame[result] as Value | undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

type Collect = (evaluation: Evaluation) => readonly Value[];

/** Every solution of every clause, as what `solution` makes of it. */
function linkCollect(
  group: RuleGroup,
  context: Omit<LinkContext, "slots">,
  solution: (clause: Clause, context: LinkContext) => ExprFn,
): Collect {
  const clauses = group.clauses.map((clause) => {
    const slots = { count: clause.slots };
    const frame = { ...context, slots };
    const solutionOf = solution(clause, frame);
    const list = slots.count;
    slots.count += 1;
    const then: Continue = (at, evaluation) => {
      const value = solutionOf(at, evaluation);
      evaluation.step(1);
      // SAFETY: the slot is this clause's own and holds the list put there below.
      if (value !== undefined) (at[list] as Value[]).push(value);
      return false;
    };
    return { run: linkBody(clause.body, frame, then), list, slots };
  });
  return (evaluation) => {
    const values: Value[] = [];
    for (const { run, list, slots } of clauses) {
      const frame: Frame = new Array(slots.count).fill(undefined);
      frame[list] = values;
      run(frame, evaluation);
    }
    return values;
  };
}

function linkElement(clause: Clause, context: LinkContext): ExprFn {
  return linkExpr(clause.element ?? clause.value, context);
}

/** One thing that rules say under a path: the rest of the path to it, and whether it is a member of a set there. */
export type Entry = readonly [
  keys: readonly Value[],
  value: Value,
  kind: "value" | "member" | "set",
];

function linkEntry(clause: Clause, context: LinkContext): ExprFn {
  const kind = clause.element === undefined ? "value" : "member";
  const keys = linkExpr({ op: "array", items: clause.keys ?? [] }, context);
  const readValue = linkExpr(clause.element ?? clause.value, context);
  return (frame, evaluation) => {
    const path = keys(frame, evaluation);
    const value = readValue(frame, evaluation);
    return path === undefined || value === undefined ? undefined : [path, value, kind];
  };
}

/** The object that entries make together. Throws a conflict where they say different things. */
export function nest(entries: readonly Entry[], name: string): Value {
  const groups: { key: Value; entries: Entry[] }[] = [];
  const byScalar = new Map<unknown, { key: Value; entries: Entry[] }>();
  for (const [[key, ...rest], value, kind] of entries) {
    const at = key as Value;
    const scalar = typeof at !== "object" || at === null;
    let group = scalar ? byScalar.get(at) : groups.find((other) => equalValues(other.key, at));
    if (group === undefined) {
      group = { key: at, entries: [] };
      groups.push(group);
      if (scalar) byScalar.set(at, group);
    }
    group.entries.push([rest, value, kind]);
  }
  try {
    return makeObject(
      groups.map(({ key, entries: below }) => [key, nestValue(below, name)] as const),
    );
  } catch (error) {
    if (error instanceof DuplicateKey) throw conflict(name, "object", error);
    throw error;
  }
}

function nestValue(entries: readonly Entry[], name: string): Value {
  const [first] = entries as readonly [Entry, ...Entry[]];
  if (entries.some(([keys]) => keys.length > 0)) {
    if (entries.some(([keys]) => keys.length === 0)) throw conflict(name, "object");
    return nest(entries, name);
  }
  if (first[2] !== "value") {
    if (entries.some(([, , kind]) => kind === "value")) throw conflict(name, "object");
    return makeSet(entries.flatMap(([, value, kind]) => (kind === "member" ? [value] : [])));
  }
  if (entries.some(([, value, kind]) => kind !== "value" || !equalValues(value, first[1])))
    throw conflict(name, "object");
  return first[1];
}

const CONFLICTS = {
  complete: "complete rules must not produce multiple outputs",
  function: "functions must not produce multiple outputs for same inputs",
  object: "object keys must be unique",
};

function conflict(name: string, kind: keyof typeof CONFLICTS, cause?: unknown): EvaluationError {
  return new EvaluationError(`${CONFLICTS[kind]} (${name})`, {
    code: "eval_conflict_error",
    cause,
  });
}
