// Local variables of a rule. Bodies nest (comprehensions, `every`); a name belongs to the innermost body
// that declares it, and a name nobody declares belongs to the outermost body that uses it, as in OPA.

import type { Span } from "@writ/diagnostics";
import type { VarId, VarIR } from "@writ/ir";
import type { Body, Expression, Term } from "@writ/syntax";

export interface LocalVariable extends VarIR {
  /** Declared with `:=` or `some`, so that not using it is a mistake. */
  readonly isDeclared: boolean;
  /** Where it begins to be what its name means: `x := x + 1` reads the `x` of a body around. */
  readonly from: number;
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

  declare(name: string, span: Span, isDeclared: boolean, from?: number): VarId {
    const id = this.fresh(name, span, isDeclared, from);
    this.#names.set(name, id);
    return id;
  }

  /** A variable that no name refers to, such as one for `_`. */
  fresh(name: string, span: Span, isDeclared = false, from: number = span.start): VarId {
    return this.vars.push({ name, span, isDeclared, from, uses: 0 }) - 1;
  }

  /**
   * What a name means where it is used. A closure sees what is declared around it before it, not what is
   * declared after: `{x | s[x]}` above `x := 1` has an `x` of its own.
   */
  lookup(name: string, use: number): VarId | undefined {
    return this.before(name, use) ?? this.#names.get(name);
  }

  before(name: string, use: number): VarId | undefined {
    const id = this.#names.get(name);
    const variable = id === undefined ? undefined : this.vars[id];
    const isLater =
      variable?.isDeclared === true && use < variable.from && use !== variable.span.start;
    return id === undefined || isLater
      ? this.#outer?.before(name, this.#isAfter ? Infinity : use)
      : id;
  }
}

interface DeclaredName {
  readonly name: string;
  readonly span: Span;
  /** Of `:=`, the end of the statement. */
  readonly from?: number;
  /** By `some x`, which says nothing more. */
  readonly isOnlyNamed?: true;
}

/** Names that a body declares: with `:=`, `some x`, `some x in`. */
export function declaredNames(body: Body): readonly DeclaredName[] {
  const found: DeclaredName[] = [];
  for (const { expression, span } of body) {
    if (expression.kind === "assign") {
      const names: { name: string; span: Span }[] = [];
      collectPattern(expression.left, names);
      found.push(...names.map((each) => ({ name: each.name, span: each.span, from: span.end })));
    }
    if (expression.kind === "some")
      found.push(...expression.names.map((each) => ({ ...each, isOnlyNamed: true as const })));
    if (expression.kind === "some-in") {
      if (expression.key !== undefined) collectPattern(expression.key, found);
      collectPattern(expression.value, found);
    }
  }
  return found;
}

/** Whether a variable stands anywhere in a part of the source. */
export function mentions(node: unknown, name: string): boolean {
  if (typeof node !== "object" || node === null) return false;
  if ("kind" in node && node.kind === "var") return "name" in node && node.name === name;
  return Object.values(node).some((child) => mentions(child, name));
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
