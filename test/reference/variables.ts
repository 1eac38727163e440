// Which variables stand where in a resolved body. A closure (a comprehension, the body of `every`, a part
// of a template) is looked at apart: it may have variables of its own.

import type { Body, Expression, Statement, Term } from "@writ/syntax";

type Names = Set<string>;

/** The variables of a statement outside its closures. */
export function ownVariables(statement: Statement): Names {
  return collect(statement, { closures: false });
}

/** The variables of a statement inside its closures. */
export function closureVariables(statement: Statement): Names {
  const found: Names = new Set();
  visitStatement(statement, {
    name: () => undefined,
    closure: (body, heads) => {
      for (const inner of body) addAll(found, collect(inner, { closures: true }));
      for (const head of heads) addAll(found, termVariables(head, { closures: true }));
    },
  });
  return found;
}

export function termVariables(term: Term, { closures }: { readonly closures: boolean }): Names {
  const found: Names = new Set();
  visitTerm(term, collector(found, closures));
  return found;
}

/** The variables that get a value when a term is matched against one. */
export function patternVariables(term: Term): Names {
  switch (term.kind) {
    case "var":
      return isRoot(term.name) ? new Set() : new Set([term.name]);
    case "array":
      return union(term.items.map(patternVariables));
    case "object":
      return union(term.entries.map(([, value]) => patternVariables(value)));
    case "ref":
      return union(term.parts.map((part) => patternVariables(part.term)));
    case "call":
      return union(term.args.map(patternVariables));
    default:
      return new Set();
  }
}

/** Every term outside closures, from the outside in, while `visit` says to go on. */
export function walkTerms(term: Term, visit: (term: Term) => boolean): void {
  if (!visit(term)) return;
  for (const child of children(term)) walkTerms(child, visit);
}

/** The terms of an expression; not those of the body of an `every`. */
export function expressionTerms(expression: Expression): readonly Term[] {
  switch (expression.kind) {
    case "not":
      return expressionTerms(expression.expression);
    case "every":
      return [expression.domain];
    case "unify":
    case "assign":
      return [expression.left, expression.right];
    case "some":
    case "some-in":
      return [];
    default:
      return [expression];
  }
}

export function addAll(to: Names, from: Iterable<string>): void {
  for (const name of from) to.add(name);
}

/** The roots of the documents are no variables, nor are the functions that `with` names. */
export function isRoot(name: string): boolean {
  return name === "data" || name === "input" || /^[&*]/.test(name);
}

interface Visitor {
  readonly name: (name: string) => void;
  readonly closure: (body: Body, heads: readonly Term[]) => void;
}

function collect(statement: Statement, { closures }: { readonly closures: boolean }): Names {
  const found: Names = new Set();
  visitStatement(statement, collector(found, closures));
  return found;
}

function collector(found: Names, closures: boolean): Visitor {
  const visitor: Visitor = {
    name: (name) => found.add(name),
    closure: (body, heads) => {
      if (!closures) return;
      for (const inner of body) visitStatement(inner, visitor);
      for (const head of heads) visitTerm(head, visitor);
    },
  };
  return visitor;
}

function visitStatement({ expression, withs }: Statement, visitor: Visitor): void {
  for (const term of expressionTerms(expression)) visitTerm(term, visitor);
  if (expression.kind === "every") visitor.closure(expression.body, []);
  for (const { value } of withs) visitTerm(value, visitor);
}

function visitTerm(term: Term, visitor: Visitor): void {
  if (term.kind === "var" && !isRoot(term.name)) visitor.name(term.name);
  if (term.kind === "array-comprehension" || term.kind === "set-comprehension")
    visitor.closure(term.body, [term.value]);
  if (term.kind === "object-comprehension") visitor.closure(term.body, [term.key, term.value]);
  if (term.kind === "template")
    for (const part of term.parts) if (typeof part !== "string") visitor.closure(part, []);
  for (const child of children(term)) visitTerm(child, visitor);
}

function children(term: Term): readonly Term[] {
  switch (term.kind) {
    case "ref":
      return [term.head, ...term.parts.map((part) => part.term)];
    case "call":
      return term.args;
    case "array":
    case "set":
      return term.items;
    case "object":
      return term.entries.flat();
    default:
      return [];
  }
}

function union(sets: readonly Names[]): Names {
  return new Set(sets.flatMap((names) => [...names]));
}
