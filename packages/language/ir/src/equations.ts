// What becomes of a statement in its place: equations between arrays and objects are taken apart into equations
// between their parts, and before a negation stands what it asks for.

import type { Span } from "@writ/diagnostics";
import type { StatementIR, TermIR, VarId } from "./ir.ts";
import { askFirst } from "./look-ups.ts";
import { splitStatement } from "./operands.ts";
import { ANY } from "./type-algebra.ts";

/**
 * Two composites of one form are equal when their parts are: each may bind variables of the other. What
 * stands in them is looked up before the parts are compared, so its errors count.
 */
export function splitEquation(
  statement: StatementIR,
  fresh: (span: Span) => VarId,
): readonly StatementIR[] {
  if (statement.kind === "with")
    return statement.body
      .flatMap((inner) => splitEquation(inner, fresh))
      .map((inner) => ({ ...statement, body: [inner] }));
  if (statement.kind === "not") return askFirst(statement, fresh);
  return statement.kind === "unify" ? equations(statement, statement.span, fresh) : [statement];
}

function equations(
  statement: Extract<StatementIR, { kind: "unify" }>,
  span: Span,
  fresh: (span: Span) => VarId,
): readonly StatementIR[] {
  if (pairUp(statement.left, statement.right) === undefined) return [statement];
  const parts = splitStatement(statement, fresh);
  const { left, right } = parts.at(-1) as typeof statement;
  const before = parts.slice(0, -1).map((part) => ({ ...part, span }));
  const lookUp = (term: TermIR): TermIR => {
    if (term.kind === "array" || term.kind === "set")
      return { ...term, items: term.items.map(lookUp) };
    if (term.kind === "object")
      return {
        ...term,
        entries: term.entries.map(([key, value]) => [key, lookUp(value)] as const),
      };
    if (term.kind !== "ref" && term.kind !== "comprehension") return term;
    const variable: TermIR = { kind: "var", id: fresh(term.span), type: ANY, span: term.span };
    before.push({ kind: "unify", left: variable, right: term, isCall: true, span });
    return variable;
  };
  const sides = [lookUp(left), lookUp(right)] as const;
  return [...before, ...comparisons(sides[0], sides[1], span)];
}

function comparisons(left: TermIR, right: TermIR, span: Span): readonly StatementIR[] {
  const pairs = pairUp(left, right);
  return pairs === undefined
    ? [{ kind: "unify", left, right, span }]
    : pairs.flatMap(([a, b]) => comparisons(a, b, span));
}

/** The parts of two composites of one form. */
export function pairUp(
  left: TermIR,
  right: TermIR,
): readonly (readonly [TermIR, TermIR])[] | undefined {
  if (left.kind === "array" && right.kind === "array" && left.items.length === right.items.length)
    return left.items.map((item, index) => [item, right.items[index] as TermIR] as const);
  if (left.kind !== "object" || right.kind !== "object" || left.entries.length === 0)
    return undefined;
  const others = new Map(right.entries.map(([key, value]) => [constantName(key), value]));
  const isSame =
    others.size === left.entries.length &&
    !others.has(undefined) &&
    left.entries.every(([key]) => others.has(constantName(key)));
  return isSame
    ? left.entries.map(([key, value]) => [value, others.get(constantName(key)) as TermIR] as const)
    : undefined;
}

/** What tells one constant key from another. */
function constantName(key: TermIR): string | undefined {
  if (key.kind === "string") return `string ${key.value}`;
  if (key.kind === "number") return `number ${Number(key.text)}`;
  return undefined;
}
