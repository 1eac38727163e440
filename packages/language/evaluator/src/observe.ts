// Watching an evaluation: which clauses are tried and hold, and which of their conditions. For coverage and
// traces. What is to be watched is linked with probes; what is not, a decision among it, is linked as ever.
// A condition is what its author wrote as one: a reference that enumerates, or an operand of `not`, is planned
// as a statement of its own, and an operator of YAML as several at one place.

import type { Continue, Frame } from "./linked.ts";
import type { SourceRef, Stmt } from "./plan.ts";
import type { Value } from "./value.ts";

/** Asked, when a policy is linked, who is told of each clause and condition. A clause comes before its conditions. */
export interface Observer {
  readonly rule: (rule: ObservedRule) => Probe;
  readonly condition: (condition: ObservedCondition) => Probe;
}

/** A clause of a rule, one of its else branches, or its default. */
export interface ObservedRule {
  readonly path: readonly string[];
  /** As Clause.id. */
  readonly id: string;
  readonly branch: "clause" | "else" | "default";
  /** The head; of an else branch, the whole branch. */
  readonly source: SourceRef;
}

/** A condition of a body as its author wrote it, with the statements it is planned as. */
export interface ObservedCondition {
  readonly stmts: readonly Stmt[];
  readonly source: SourceRef;
  /** How many conditions it stands in: those of comprehensions and `every` stand in another. */
  readonly depth: number;
}

/** Told of each try. After an error there is no `leave`. A frame holds a rule's variables by their number. */
export interface Probe {
  readonly enter: (frame: Frame) => void;
  /** Once for every solution. A rule has a value. */
  readonly hold: (frame: Frame, value?: Value) => void;
  /** What follows a condition's solution came to nothing, or needs more: the next is looked for. */
  readonly retry?: () => void;
  /** No more solutions, or no more wanted. */
  readonly leave: (hasHeld: boolean) => void;
}

/** For what nobody asks about, and to build others on. */
export const SILENT_PROBE: Probe = { enter: () => {}, hold: () => {}, leave: () => {} };

/** What linking a body knows of what is watched around it. */
export interface Watch {
  readonly observer: Observer;
  /** Where the conditions around begin: what begins there too was written as one of them. */
  readonly starts: readonly number[];
  readonly depth: number;
  /** Whether the body is all of the condition around it, as under `not`. */
  readonly isSame: boolean;
  /** The head of the rule whose body it is: what a head enumerates is scanned at the end of the body. */
  readonly head?: SourceRef;
}

export interface WatchedGroup {
  readonly stmts: readonly Stmt[];
  readonly probe?: Probe;
  /** For the bodies within; absent: they are not watched. */
  readonly watch?: Watch;
}

export function watchClause(observer: Observer, head?: SourceRef): Watch {
  const all = { observer, starts: [], depth: 0, isSame: false };
  return head === undefined ? all : { ...all, head };
}

/** The conditions of a body, each with its statements: a group, or several with others between. */
export function watchBody(body: readonly Stmt[], watch: Watch): readonly WatchedGroup[] {
  const groups = groupStatements(body);
  const conditions = new Map<SourceRef, Stmt[]>();
  for (const { place, stmts } of groups)
    conditions.set(place, [...(conditions.get(place) ?? []), ...stmts]);
  const probes = new Map<SourceRef, Probe>();
  return groups.map(({ place, stmts }) => {
    const all = conditions.get(place) ?? stmts;
    const main = all.at(-1);
    if (main === undefined || saysNothing(main)) return { stmts };
    const { observer, starts, depth, isSame, head } = watch;
    const source = sourceOf(main);
    const isPart =
      isSame || starts.includes(source.start) || (head !== undefined && contains(head, source));
    const inner = {
      observer,
      starts: [...starts, source.start, ...stmts.map((stmt) => stmt.source.start)],
      depth: isPart ? depth : depth + 1,
      isSame: (main.op === "not" || main.op === "with") && (isSame || !isPart),
    };
    if (isPart) return { stmts, watch: inner };
    const probe = probes.get(place) ?? observer.condition({ stmts: all, source, depth });
    probes.set(place, probe);
    const isLast = stmts.at(-1) === main;
    return { stmts, watch: inner, probe: isLast ? probe : failuresOf(probe) };
  });
}

/** What a statement needs first may fail before it is tried; that it is there says nothing yet. */
function failuresOf(probe: Probe): Probe {
  let at: Frame = [];
  return {
    enter: (frame) => {
      at = frame;
    },
    hold() {},
    leave: (hasHeld) => {
      if (hasHeld) return;
      probe.enter(at);
      probe.leave(false);
    },
  };
}

/** Runs what `link` makes of a group, and tells its probe. */
export function probed(probe: Probe, next: Continue, link: (next: Continue) => Continue): Continue {
  let hasHeld = false;
  const run = link((frame, evaluation) => {
    hasHeld = true;
    probe.hold(frame);
    const stop = next(frame, evaluation);
    if (!stop) probe.retry?.();
    return stop;
  });
  return (frame, evaluation) => {
    hasHeld = false;
    probe.enter(frame);
    const stop = run(frame, evaluation);
    // A body is not entered again before it is left: rules do not recur.
    probe.leave(hasHeld);
    return stop;
  };
}

interface Group {
  /** Of the widest statement: the same object for every group of one condition. */
  readonly place: SourceRef;
  readonly stmts: Stmt[];
}

/**
 * What a statement's references and calls need comes before it, at a place within its own. Places lie within
 * each other or apart; several operators of YAML on one path begin where the path does.
 */
function groupStatements(body: readonly Stmt[]): readonly Group[] {
  const widest = new Map<Stmt, SourceRef>();
  let place: SourceRef | undefined;
  for (const stmt of byPlace(body)) {
    const { source } = stmt;
    if (place === undefined || !contains(place, source)) place = source;
    const isOperator = source.start === place.start && source.end < place.end && !isNeed(stmt);
    widest.set(stmt, isOperator ? source : place);
  }
  const groups: Group[] = [];
  for (const stmt of body) {
    const own = widest.get(stmt) ?? stmt.source;
    const last = groups.at(-1);
    if (last?.place === own) last.stmts.push(stmt);
    else groups.push({ place: own, stmts: [stmt] });
  }
  return groups;
}

/** Whether it only asks for what another statement needs: a member, a value, or that something is there. */
function isNeed(stmt: Stmt): boolean {
  if (stmt.op === "not") return stmt.body.every(({ op }) => op === "not");
  if (stmt.op !== "check") return true;
  const { expr } = stmt;
  if (expr.op !== "call" || expr.name !== "equal") return false;
  const [left, right] = expr.args;
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Wider ones first where several begin. */
function byPlace(body: readonly Stmt[]): readonly Stmt[] {
  return [...body].sort(
    ({ source: a }, { source: b }) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.start - b.start || b.end - a.end,
  );
}

function contains(outer: SourceRef, { file, start, end }: SourceRef): boolean {
  return outer.file === file && outer.start <= start && end <= outer.end;
}

/** Under `not` a statement is given the place of the `not`; a call knows its own. */
function sourceOf(stmt: Stmt): SourceRef {
  if (stmt.op !== "check" || (stmt.expr.op !== "call" && stmt.expr.op !== "apply"))
    return stmt.source;
  return contains(stmt.source, stmt.expr.source) ? stmt.expr.source : stmt.source;
}

/** What is always so, and `print`. */
function saysNothing(stmt: Stmt): boolean {
  if (stmt.op !== "check") return false;
  return (
    stmt.expr.op === "const" || (stmt.expr.op === "call" && stmt.expr.name === "internal.print")
  );
}
