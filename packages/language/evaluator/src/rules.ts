// Rules, linked: what a path's clauses together say. A complete rule has one value or is a conflict; a
// set collects, an object collects by key; a function is applied to arguments.

import { makeSet } from "./collection.ts";
import { type Evaluation, withoutCycle } from "./evaluation.ts";
import { type LinkContext, linkBody, linkExpr, linkPattern } from "./link.ts";
import type { Continue, Entry, ExprFn, Frame, LinkedGroup } from "./linked.ts";
import { conflict, nest } from "./nest.ts";
import { type ObservedRule, type Probe, watchClause } from "./observe.ts";
import { equalValues } from "./order.ts";
import type { Clause, RuleGroup } from "./plan.ts";
import type { RegoSet, Value } from "./value.ts";

type RuleContext = Omit<LinkContext, "slots">;

export function linkGroup(group: RuleGroup, context: RuleContext): LinkedGroup {
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
        return items.map((item): Entry => [[], item, "member"]);
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

function linkComplete(group: RuleGroup, name: string, context: RuleContext): Solve {
  const kind = group.kind === "function" ? "function" : "complete";
  const { path } = group;
  const link = (clause: Clause, branch: "clause" | "default"): Solve =>
    linkClause(clause, { name, kind, path, branch }, context);
  const clauses = group.clauses.map((clause) => link(clause, "clause"));
  const otherwise = group.default === undefined ? undefined : link(group.default, "default");
  const weight = clauses.length >> 2;
  return (args, evaluation) => {
    if (weight > 0) evaluation.step(weight);
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

interface ClauseOf {
  readonly name: string;
  readonly kind: "complete" | "function";
  readonly path: readonly string[];
  readonly branch: "clause" | "default";
}

/** One clause with its else branches: the value of the first branch that has a solution. */
function linkClause(
  clause: Clause,
  { name, kind, path, branch: first }: ClauseOf,
  context: RuleContext,
): Solve {
  const own = { body: clause.body, value: clause.value, source: clause.source };
  const branches = [own, ...(clause.elses ?? [])].map((branch) => {
    const { body, value: result, source } = branch;
    const isFirst = branch === own;
    const slots = { count: clause.slots };
    const watched = watchRule(
      { path, id: clause.id, branch: isFirst ? first : "else", source },
      context,
    );
    const frame = { ...context, ...watched.within, slots };
    const params = (clause.params ?? []).map((param) => linkPattern(param, frame));
    const readValue = linkExpr(result, frame);
    const at = slots.count;
    slots.count += 1;
    const isConstant = result.op === "const";
    const run = linkBody(
      body,
      isFirst ? { ...frame, ...watched.body } : frame,
      (on, evaluation) => {
        const value = readValue(on, evaluation);
        if (value === undefined) return false;
        const before = on[at] as Value | undefined;
        if (before !== undefined && !equalValues(before, value)) throw conflict(name, kind);
        on[at] = value;
        return isConstant;
      },
    );
    return { params, run: probedBranch(run, at, watched.probe), at, slots };
  });
  return (args, evaluation) => {
    for (const { params, run, at, slots } of branches) {
      const frame: Frame = new Array(slots.count).fill(undefined);
      if (!params.every((matches, index) => matches(args[index] as Value, frame, evaluation))) {
        return undefined;
      }
      run(frame, evaluation);
      const value = frame[at] as Value | undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** The probe of a rule, and what is watched in its head and its body; nothing when nobody watches. */
function watchRule(
  rule: ObservedRule,
  { watch }: RuleContext,
): { readonly probe?: Probe; readonly within?: object; readonly body?: object } {
  if (watch === undefined) return {};
  const { observer } = watch;
  return {
    probe: observer.rule(rule),
    within: { watch: watchClause(observer) },
    body: { watch: watchClause(observer, rule.source) },
  };
}

function probedBranch(run: Continue, at: number, probe: Probe | undefined): Continue {
  if (probe === undefined) return run;
  return (frame, evaluation) => {
    probe.enter(frame);
    const stop = run(frame, evaluation);
    const value = frame[at] as Value | undefined;
    if (value !== undefined) probe.hold(frame, value);
    probe.leave(value !== undefined);
    return stop;
  };
}

type Collect = (evaluation: Evaluation) => readonly Value[];

/** Every solution of every clause, or else of the first branch that has one, as what `solution` makes of it. */
function linkCollect(
  group: RuleGroup,
  context: RuleContext,
  solution: (clause: Clause, context: LinkContext) => ExprFn,
): Collect {
  const link = (clause: Clause, branch: "clause" | "else"): Branch => {
    const slots = { count: clause.slots };
    const { path } = group;
    const { id, source } = clause;
    const watched = watchRule({ path, id, branch, source }, context);
    const frame = { ...context, ...watched.within, slots };
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
    const body = branch === "clause" ? { ...frame, ...watched.body } : frame;
    const run = linkBody(clause.body, body, then);
    return { run: probedCollect(run, { kind: group.kind, list }, watched.probe), list, slots };
  };
  const clauses = group.clauses.map((clause) => [
    link(clause, "clause"),
    ...(clause.elses ?? []).map((other) => link({ ...clause, ...other }, "else")),
  ]);
  const weight = clauses.length >> 2;
  return (evaluation) => {
    if (weight > 0) evaluation.step(weight);
    const values: Value[] = [];
    for (const branches of clauses) {
      const before = values.length;
      for (const { run, list, slots } of branches) {
        const frame: Frame = new Array(slots.count).fill(undefined);
        frame[list] = values;
        run(frame, evaluation);
        if (values.length > before) break;
      }
    }
    return values;
  };
}

interface Branch {
  readonly run: Continue;
  readonly list: number;
  readonly slots: { readonly count: number };
}

function probedCollect(
  run: Continue,
  { kind, list }: { readonly kind: RuleGroup["kind"]; readonly list: number },
  probe: Probe | undefined,
): Continue {
  if (probe === undefined) return run;
  // SAFETY: what the rule of an object collects are entries: keys, a value, and a word about it.
  const said = (found: Value): Value =>
    (kind === "object" ? (found as Value[])[1] : found) as Value;
  return (frame, evaluation) => {
    // SAFETY: the slot holds the list of what is being collected.
    const found = frame[list] as Value[];
    const before = found.length;
    probe.enter(frame);
    const stop = run(frame, evaluation);
    for (const each of found.slice(before)) probe.hold(frame, said(each));
    probe.leave(found.length > before);
    return stop;
  };
}

function linkElement(clause: Clause, context: LinkContext): ExprFn {
  return linkExpr(clause.element ?? clause.value, context);
}

function linkEntry(clause: Clause, context: LinkContext): ExprFn {
  const kind = clause.element === undefined ? "value" : "member";
  const keys = linkExpr({ op: "array", items: clause.keys ?? [] }, context);
  const readValue = linkExpr(clause.element ?? clause.value, context);
  return (frame, evaluation) => {
    const path = keys(frame, evaluation);
    if (path === undefined) return undefined;
    const value = readValue(frame, evaluation);
    return value === undefined ? undefined : [path, value, kind];
  };
}
