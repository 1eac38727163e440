// Local variables of a rule. Bodies nest (comprehensions, `every`); a name belongs to the innermost body
// that declares it, and a name nobody declares belongs to the outermost body that uses it, as in OPA.

import type { Span } from "@writ/diagnostics";
import type { Body, Expression, Term } from "@writ/syntax";
import type { VarId, VarIR } from "./ir.ts";

export interface LocalVariable extends VarIR {
  /** Declared with `:=` or `some`, so that not using it is a mistake. */
  readonly isDeclared: boolean;
  uses: number;
}

export class Scope {
  readonly vars: LocalVariable[];
  readonly #names = new Map<string, VarId>();
  readonly #outer: Scope | undefined;
  /** A closure of a head: it stands before the body, and sees all that the body declares. */
  readonly #isAfter: boolean;

  constructor(outer?: Scope, { isAfter }: { readonly isAfter: boolean } = { isAfter: false }) {
    this.#outer = outer;
    this.#isAfter = isAfter;
    this.vars = outer?.vars ?? [];
  }

  /** Whether this very body declares the name, not one around it. */
  declares(name: string): boolean {
    return this.#names.has(name);
  }

  declare(name: string, span: Span, isDeclared: boolean): VarId {
    const id = this.fresh(name, span, isDeclared);
    this.#names.set(name, id);
    return id;
  }

  /** A variable that no name refers to, such as one for `_`. */
  fresh(name: string, span: Span, isDeclared = false): VarId {
    return this.vars.push({ name, span, isDeclared, uses: 0 }) - 1;
  }

  /**
   * What a name means where it is used. A closure sees what is declared around it before it, not what is
   * declared after: `{x | s[x]}` above `x := 1` has an `x` of its own.
   */
  lookup(name: string, use: number): VarId | undefined {
    return this.#names.get(name) ?? this.#outer?.before(name, this.#isAfter ? Infinity : use);
  }

  before(name: string, use: number): VarId | undefined {
    const id = this.#names.get(name);
    const variable = id === undefined ? undefined : this.vars[id];
    const isLater = variable?.isDeclared === true && variable.span.start > use;
    return id === undefined || isLater
      ? this.#outer?.before(name, this.#isAfter ? Infinity : use)
      : id;
  }
}

/** Names that a body declares: with `:=`, `some x`, `some x in`. */
export function declaredNames(
  body: Body,
): readonly { readonly name: string; readonly span: Span }[] {
  const found: { name: string; span: Span }[] = [];
  for (const { expression } of body) {
    if (expression.kind === "assign") collectPattern(expression.left, found);
    if (expression.kind === "some") found.push(...expression.names);
    if (expression.kind === "some-in") {
      if (expression.key !== undefined) collectPattern(expression.key, found);
      collectPattern(expression.value, found);
    }
  }
  return found;
}

/** Names that a pattern binds. */
export function collectPattern(term: Term, found: { name: string; span: Span }[]): void {
  if (term.kind === "var" && term.name !== "_") found.push(term);
  if (term.kind === "array") for (const item of term.items) collectPattern(item, found);
  if (term.kind === "object") for (const [, value] of term.entries) collectPattern(value, found);
}

/** Variables a body uses itself, not inside its comprehensions and `every` bodies. */
export function usedNames(body: Body): readonly { readonly name: string; readonly span: Span }[] {
  const found: { name: string; span: Span }[] = [];
  for (const { expression, withs } of body) {
    visitExpression(expression, found);
    for (const { value } of withs) visitTerm(value, found);
  }
  return found;
}

function visitExpression(expression: Expression, found: { name: string; span: Span }[]): void {
  switch (expression.kind) {
    case "not":
      visitExpression(expression.expression, found);
      return;
    case "some":
      return;
    case "some-in":
      visitTerm(expression.collection, found);
      return;
    case "every":
      visitTerm(expression.domain, found);
      return;
    case "assign":
    case "unify":
      visitTerm(expression.left, found);
      visitTerm(expression.right, found);
      return;
    default:
      visitTerm(expression, found);
  }
}

export function visitTerm(term: Term, found: { name: string; span: Span }[]): void {
  switch (term.kind) {
    case "var":
      found.push(term);
      return;
    case "ref":
      visitTerm(term.head, found);
      for (const part of term.parts) visitTerm(part.term, found);
      return;
    case "call":
      for (const arg of term.args) visitTerm(arg, found);
      return;
    case "array":
    case "set":
      for (const item of term.items) visitTerm(item, found);
      return;
    case "object":
      for (const entry of term.entries) for (const side of entry) visitTerm(side, found);
      return;
    case "infix":
      visitTerm(term.left, found);
      visitTerm(term.right, found);
      return;
    case "in":
      if (term.key !== undefined) visitTerm(term.key, found);
      visitTerm(term.value, found);
      visitTerm(term.collection, found);
      return;
    case "template":
      for (const part of term.parts) if (typeof part !== "string") found.push(...usedNames(part));
      return;
    default:
  }
}
