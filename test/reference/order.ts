// In which order the statements of a body are run: as written, but for those that need a variable which
// a later one binds. They wait. A body is gone through from the front, again and again, and whatever can
// run is put next (OPA: `reorderBodyForSafety` in v1/ast/compile.go).

import type { Body, Expression, Statement, Term } from "@writ/syntax";
import {
  addAll,
  closureVariables,
  expressionTerms,
  ownVariables,
  patternVariables,
  termVariables,
  walkTerms,
} from "./variables.ts";

type Names = ReadonlySet<string>;

/** `bound` has the variables that have a value before the body. */
export function orderBody(body: Body, bound: Names): Body {
  const bodyVariables = new Set(body.flatMap((statement) => [...ownVariables(statement)]));
  const safe = new Set(bound);
  const ordered: Statement[] = [];
  let waiting = [...body];
  while (waiting.length > 0) {
    const before = ordered.length;
    waiting = waiting.filter((statement) => {
      const outputs = outputsOf(statement, safe);
      // A closure sees the variables of the body around it, so it waits for them.
      const closed = [...closureVariables(statement)].filter((name) => bodyVariables.has(name));
      const isReady =
        closed.every((name) => safe.has(name)) &&
        [...ownVariables(statement)].every((name) => safe.has(name) || outputs.has(name));
      if (!isReady) return true;
      addAll(safe, outputs);
      ordered.push(statement);
      return false;
    });
    if (ordered.length === before) throw new Error("an unsafe body passed the checker");
  }
  return ordered;
}

/** The variables that a statement gives a value to. */
function outputsOf({ expression, withs }: Statement, safe: Names): Names {
  if (expression.kind === "not") return new Set();
  for (const { value } of withs)
    if (!hasAll(safe, termVariables(value, { closures: false }))) return new Set();
  const found = referenceOutputs(expression, safe);
  if (expression.kind !== "unify") return found;
  const { left, right } = expression;
  if (right.kind !== "call") {
    const known = new Set([...safe, ...found]);
    addAll(found, unify(left, right, known));
    return found;
  }
  const inputs = patternVariables(right);
  if (![...inputs].every((name) => found.has(name) || safe.has(name))) return new Set();
  addAll(found, patternVariables(left));
  return found;
}

/** A reference to something known enumerates: the variables among its keys get their values from it. */
function referenceOutputs(expression: Expression, safe: Names): Set<string> {
  const found = new Set<string>();
  for (const term of expressionTerms(expression)) {
    walkTerms(term, (each) => {
      if (each.kind !== "ref") return true;
      if (!hasAll(safe, termVariables(each.head, { closures: false }))) return false;
      for (const part of each.parts) addAll(found, patternVariables(part.term));
      return true;
    });
  }
  return found;
}

/** The variables that an equation gives a value to, when `safe` have theirs. */
function unify(left: Term, right: Term, safe: Names): Names {
  const known = new Set(safe);
  let pairs: (readonly [Term, Term])[] = [[left, right]];
  for (;;) {
    const size = known.size;
    const rest: (readonly [Term, Term])[] = [];
    for (const pair of pairs) {
      const [a, b] = pair;
      const parts = pairUp(a, b);
      if (parts !== undefined) rest.push(...parts);
      else if (isKnown(b, known)) addAll(known, matched(a));
      else if (isKnown(a, known)) addAll(known, matched(b));
      else rest.push(pair);
    }
    const isDone = known.size === size && rest.every((pair) => pairs.includes(pair));
    if (isDone) return known;
    pairs = rest;
  }
}

/** What a side gets values for; the keys of a reference get theirs only from what it looks into. */
function matched(side: Term): Names {
  return side.kind === "ref" ? new Set() : patternVariables(side);
}

/** Two arrays, or two objects, of the same form are equal when their parts are. */
export function pairUp(a: Term, b: Term): readonly (readonly [Term, Term])[] | undefined {
  if (a.kind === "array" && b.kind === "array" && a.items.length === b.items.length)
    return a.items.map((item, index) => [item, b.items[index] as Term] as const);
  if (a.kind !== "object" || b.kind !== "object" || a.entries.length !== b.entries.length)
    return undefined;
  const others = new Map(b.entries.map(([key, value]) => [keyName(key), value]));
  const pairs = a.entries.map(([key, value]) => [value, others.get(keyName(key))] as const);
  const isSame =
    others.size === a.entries.length && pairs.every(([, other]) => other !== undefined);
  return isSame ? (pairs as (readonly [Term, Term])[]) : undefined;
}

/** What tells one written key from another. */
function keyName(key: Term): string {
  if (key.kind === "string") return `string ${key.value}`;
  if (key.kind === "number") return `number ${Number(key.text)}`;
  if (key.kind === "boolean") return `boolean ${key.value}`;
  return key.kind === "var" ? `var ${key.name}` : `${key.kind} ${key.span.start}`;
}

/** Whether a term has a value once its references have enumerated. */
function isKnown(term: Term, known: Names): boolean {
  if (term.kind === "ref") return hasAll(known, termVariables(term.head, { closures: false }));
  return hasAll(known, termVariables(term, { closures: false }));
}

function hasAll(names: Names, wanted: Iterable<string>): boolean {
  for (const name of wanted) if (!names.has(name)) return false;
  return true;
}
