// Going through statements and terms, one level or all.

import type { StatementIR, TermIR } from "./ir.ts";

/** The terms that stand in a statement itself. */
export function termsOf(statement: StatementIR): readonly TermIR[] {
  switch (statement.kind) {
    case "expression":
      return [statement.term];
    case "unify":
      return [statement.left, statement.right];
    case "scan":
      return [
        ...(statement.key === undefined ? [] : [statement.key]),
        statement.value,
        statement.collection,
      ];
    case "every":
      return [statement.domain];
    case "with":
      return statement.targets.flatMap((target) => ("type" in target.value ? [target.value] : []));
    case "not":
      return [];
  }
}

type VisitTerm = (term: TermIR, isPart: boolean) => void;

/** Visits a term and everything in it, but not inside comprehensions. `isPart`: it is a part of a reference. */
export function walk(term: TermIR, visit: VisitTerm, isPart = false): void {
  visit(term, isPart);
  eachChild(term, isPart, walkChild, visit);
}

function walkChild(term: TermIR, isPart: boolean, visit: VisitTerm): void {
  walk(term, visit, isPart);
}

/** The terms right within a term. `context` is handed on, so that a visit of many needs no function for each. */
export function eachChild(
  term: TermIR,
  isPart: boolean,
  visit: (child: TermIR, isPart: boolean) => void,
): void;
export function eachChild<Context>(
  term: TermIR,
  isPart: boolean,
  visit: (child: TermIR, isPart: boolean, context: Context) => void,
  context: Context,
): void;
export function eachChild(
  term: TermIR,
  isPart: boolean,
  visit: (child: TermIR, isPart: boolean, context?: unknown) => void,
  context?: unknown,
): void {
  switch (term.kind) {
    case "ref":
      if (typeof term.root !== "string") visit(term.root, false, context);
      for (const part of term.parts) visit(part, true, context);
      return;
    case "call":
      for (const arg of term.args) visit(arg, false, context);
      return;
    case "array":
    case "set":
      // Inside a part they are patterns, and so are their items.
      for (const item of term.items) visit(item, isPart && term.kind === "array", context);
      return;
    case "object":
      for (const [key, value] of term.entries) {
        visit(key, false, context);
        visit(value, isPart, context);
      }
      return;
    case "template":
      for (const part of term.parts) if (typeof part !== "string") visit(part, false, context);
      return;
    default:
  }
}
