// Safety: puts the statements of a body in an order in which every variable is bound before it is
// needed, and reports the variables for which there is no such order. Statements keep their written
// order where they can.

import {
  eachChild,
  pairUp,
  type StatementIR,
  type TermIR,
  termsOf,
  type VarId,
  walk,
} from "@writ/ir";

/** The variables that belong to a closure (a comprehension, an `every`) and are nobody else's business. */
export type ClosureLocals = WeakMap<readonly StatementIR[], ReadonlySet<VarId>>;

export interface Ordered {
  readonly body: readonly StatementIR[];
  /** Variables that some statement needs and none can bind. */
  readonly unsafe: ReadonlySet<VarId>;
  /** Whether some statement was put after one that is written behind it. */
  readonly hasWaited: boolean;
}

interface OrderOptions {
  readonly split: (statement: StatementIR) => readonly StatementIR[];
  readonly finish: (statement: StatementIR, bound: ReadonlySet<VarId>) => readonly StatementIR[];
}

const AS_THEY_ARE: OrderOptions = {
  split: (statement) => [statement],
  finish: (statement) => [statement],
};

/**
 * `bound` is what is bound before the body; it is extended by what the body binds. The body is gone
 * through again and again, and what can run is put next, as OPA does it: the order in which a body
 * enumerates shows in arrays. `split` takes the calls out of a statement that has to wait, so that what
 * they need binds them and nothing else; `finish` is what becomes of one in its place.
 */
export function orderBody(
  body: readonly StatementIR[],
  bound: Set<VarId>,
  locals: ClosureLocals,
  { split, finish }: OrderOptions = AS_THEY_ARE,
): Ordered {
  const ordered: StatementIR[] = [];
  const isReady = (statement: StatementIR): boolean => {
    if (missing(statement, bound, locals).length > 0) return false;
    ordered.push(...finish(statement, bound));
    for (const id of binds(statement)) bound.add(id);
    return true;
  };
  let waiting = body.flatMap((statement) =>
    isReady(statement) ? [] : split(statement).filter((part) => !isReady(part)),
  );
  const hasWaited = waiting.length > 0;
  for (let before = -1; before !== waiting.length; ) {
    before = waiting.length;
    waiting = waiting.filter((statement) => !isReady(statement));
  }
  const unsafe = unsafeOf(waiting, bound, locals);
  return { body: [...ordered, ...waiting], unsafe, hasWaited };
}

function unsafeOf(
  waiting: readonly StatementIR[],
  bound: ReadonlySet<VarId>,
  locals: ClosureLocals,
): ReadonlySet<VarId> {
  const all = new Set(waiting.flatMap((statement) => missing(statement, bound, locals)));
  const unsafe = new Set(all);
  // What another stuck statement would bind is not what is wrong.
  for (const statement of waiting)
    for (const id of binds(statement)) if (unsafe.size > 1) unsafe.delete(id);
  return unsafe.size > 0 ? unsafe : all;
}

/** The variables a term needs and does not have, so that it can be evaluated. */
export function missingOf(
  term: TermIR,
  bound: ReadonlySet<VarId>,
  locals: ClosureLocals,
): readonly VarId[] {
  return [...needs(term, locals)].filter((id) => !bound.has(id));
}

function missing(
  statement: StatementIR,
  bound: ReadonlySet<VarId>,
  locals: ClosureLocals,
): readonly VarId[] {
  const lacking = (ids: Iterable<VarId>): VarId[] => [...ids].filter((id) => !bound.has(id));
  switch (statement.kind) {
    case "expression":
      return lacking(needs(statement.term, locals));
    case "unify": {
      const { left, right, isCall } = statement;
      const called = isCall === true && right.kind === "call" ? right.args : [right];
      return [
        ...lacking([left, ...called].flatMap((side) => [...neededFirst(side, locals)])),
        ...missingOfPair(left, right, bound, locals),
      ];
    }
    case "scan": {
      const patterns =
        statement.key === undefined ? [statement.value] : [statement.key, statement.value];
      const collected = new Set([...bound, ...outputs(statement.collection)]);
      const inPatterns = patterns.flatMap((pattern) => [...patternNeeds(pattern, locals)]);
      return [
        ...lacking(needs(statement.collection, locals)),
        ...inPatterns.filter((id) => !collected.has(id)),
      ];
    }
    case "not":
      return lacking(free(statement.body, locals));
    case "every": {
      const inside = [...free(statement.body, locals)].filter(
        (id) => id !== statement.key && id !== statement.value,
      );
      const own = locals.get(statement.body);
      return lacking([
        ...needs(statement.domain, locals),
        ...inside.filter((id) => own?.has(id) !== true),
      ]);
    }
    case "with": {
      const values = statement.targets.flatMap((target) =>
        target.kind === "function" && !("type" in target.value)
          ? []
          : [...needs(target.value as TermIR, locals)],
      );
      return [
        ...lacking(values),
        ...statement.body.flatMap((inner) => missing(inner, bound, locals)),
      ];
    }
  }
}

/** What a term calls, and what its references look into, come before it: nothing beside them binds what they need. */
function neededFirst(term: TermIR, locals: ClosureLocals): Set<VarId> {
  const found = new Set<VarId>();
  walk(term, (child) => {
    const isFirst = child.kind === "call" || child.kind === "template";
    const first = child.kind === "ref" && typeof child.root !== "string" ? child.root : child;
    if (isFirst || first !== child) for (const id of needs(first, locals)) found.add(id);
  });
  return found;
}

/** One side must have a value before the other can be matched against it; literals are matched item by item. */
function missingOfPair(
  left: TermIR,
  right: TermIR,
  bound: ReadonlySet<VarId>,
  locals: ClosureLocals,
): readonly VarId[] {
  const pairs = pairUp(left, right);
  if (pairs !== undefined) return missingOfPairs(pairs, bound, locals);
  const oneWay = (value: TermIR, pattern: TermIR): readonly VarId[] => {
    const have = new Set([...bound, ...outputs(value)]);
    const lacking = [...needs(value, locals)].filter((id) => !bound.has(id));
    return [...lacking, ...[...patternNeeds(pattern, locals)].filter((id) => !have.has(id))];
  };
  const fromRight = oneWay(right, left);
  const fromLeft = oneWay(left, right);
  return fromRight.length <= fromLeft.length ? fromRight : fromLeft;
}

function missingOfPairs(
  pairs: readonly (readonly [TermIR, TermIR])[],
  bound: ReadonlySet<VarId>,
  locals: ClosureLocals,
): readonly VarId[] {
  const have = new Set(bound);
  let pending = [...pairs];
  for (;;) {
    const ready = pending.filter(([a, b]) => missingOfPair(a, b, have, locals).length === 0);
    if (ready.length === 0)
      return pending.flatMap(([a, b]) => [...missingOfPair(a, b, have, locals)]);
    for (const [a, b] of ready)
      for (const id of [...patternOutputs(a), ...patternOutputs(b)]) have.add(id);
    pending = pending.filter((pair) => !ready.includes(pair));
    if (pending.length === 0) return [];
  }
}

/** What a statement binds once it has run. */
function binds(statement: StatementIR): ReadonlySet<VarId> {
  switch (statement.kind) {
    case "expression":
      return outputs(statement.term);
    case "unify":
      return new Set([...patternOutputs(statement.left), ...patternOutputs(statement.right)]);
    case "scan": {
      const key = statement.key === undefined ? [] : patternOutputs(statement.key);
      return new Set([
        ...outputs(statement.collection),
        ...key,
        ...patternOutputs(statement.value),
      ]);
    }
    case "with": {
      const values = statement.targets.flatMap((target) =>
        "type" in target.value ? [...outputs(target.value)] : [],
      );
      return new Set([...values, ...statement.body.flatMap((inner) => [...binds(inner)])]);
    }
    default:
      return new Set();
  }
}

/** Variables that enumerating a term's references binds. */
export function outputs(term: TermIR): Set<VarId> {
  const found = new Set<VarId>();
  walk(term, (child, isPart) => {
    if (isPart) for (const id of patternOutputs(child)) found.add(id);
  });
  return found;
}

/** Variables that matching a value against a term binds. */
function patternOutputs(term: TermIR): Set<VarId> {
  if (term.kind === "var") return new Set([term.id]);
  if (term.kind === "array")
    return new Set(term.items.flatMap((item) => [...patternOutputs(item)]));
  if (term.kind === "object")
    return new Set(term.entries.flatMap(([, value]) => [...patternOutputs(value)]));
  return outputs(term);
}

/**
 * Variables a term needs bound to have a value. What its own references enumerate may be used beside them,
 * `f(x, a[x])`, but not in what must have its value before: a call within, or the root of a reference.
 */
function needs(term: TermIR, locals: ClosureLocals): Set<VarId> {
  const found = new Set<VarId>();
  const bindable = outputs(term);
  const collect = (child: TermIR, isPart: boolean): void => {
    if (child.kind === "var" && !isPart && !bindable.has(child.id)) found.add(child.id);
    if (child.kind === "comprehension")
      for (const id of freeOfComprehension(child, locals)) found.add(id);
    eachChild(child, isPart, (inner, isInnerPart) => {
      const isRoot = child.kind === "ref" && inner === child.root;
      const isFirst = inner.kind === "call" || inner.kind === "template" || isRoot;
      if (isFirst) for (const id of needs(inner, locals)) found.add(id);
      else collect(inner, isInnerPart);
    });
  };
  collect(term, false);
  return found;
}

function patternNeeds(term: TermIR, locals: ClosureLocals): Set<VarId> {
  if (term.kind === "var") return new Set();
  if (term.kind === "array")
    return new Set(term.items.flatMap((item) => [...patternNeeds(item, locals)]));
  if (term.kind === "object") {
    const keys = term.entries.flatMap(([key]) => [...needs(key, locals)]);
    return new Set([
      ...keys,
      ...term.entries.flatMap(([, value]) => [...patternNeeds(value, locals)]),
    ]);
  }
  return needs(term, locals);
}

function freeOfComprehension(
  term: Extract<TermIR, { kind: "comprehension" }>,
  locals: ClosureLocals,
): Set<VarId> {
  const own = locals.get(term.body);
  const found = free(term.body, locals);
  for (const head of term.key === undefined ? [term.value] : [term.key, term.value]) {
    for (const id of allOf(head, locals)) found.add(id);
  }
  return new Set([...found].filter((id) => own?.has(id) !== true));
}

/** Every variable of a body that is not a closure's own. */
function free(body: readonly StatementIR[], locals: ClosureLocals): Set<VarId> {
  const found = new Set<VarId>();
  const add = (term: TermIR): void => {
    for (const id of allOf(term, locals)) found.add(id);
  };
  for (const statement of body) {
    for (const term of termsOf(statement)) add(term);
    if ("body" in statement) {
      const own = locals.get(statement.body);
      for (const id of free(statement.body, locals)) {
        const isOwn =
          own?.has(id) === true ||
          (statement.kind === "every" && (id === statement.key || id === statement.value));
        if (!isOwn) found.add(id);
      }
    }
  }
  return found;
}

function allOf(term: TermIR, locals: ClosureLocals): Set<VarId> {
  const found = new Set<VarId>();
  walk(term, (child) => {
    if (child.kind === "var") found.add(child.id);
    if (child.kind === "comprehension")
      for (const id of freeOfComprehension(child, locals)) found.add(id);
  });
  return found;
}
