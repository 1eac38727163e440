// Names that a body gives a meaning: `:=`, `some` and `every` introduce them, each once, and before anything
// uses them. What `:=` gives values to are names and patterns of names.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { Body, Expression, Name, Rule, Term, WithModifier } from "@writ/syntax";
import { bodiesOf, childrenOf } from "./bodies.ts";
import { collectPattern, declaredNames, visitTerm } from "./scope.ts";

type Meaning = "an argument" | "assigned" | "declared" | "used";
type Level = Map<string, Meaning>;

/** `isGlobal`: whether a name means something outside the rule. */
export function findRedeclared(
  rule: Rule,
  isGlobal: (name: string) => boolean,
): readonly Diagnostic[] {
  return declares(rule) ? new Declarations(rule, isGlobal).diagnostics : [];
}

/** Most rules introduce no name. */
function declares(rule: Rule): boolean {
  const isDeclaring = (expression: Expression): boolean =>
    expression.kind === "not" ? isDeclaring(expression.expression) : DECLARING.has(expression.kind);
  return (
    rule.head.args !== undefined ||
    bodiesOf(rule).some(({ body }) => body.some(({ expression }) => isDeclaring(expression)))
  );
}

const DECLARING: ReadonlySet<Expression["kind"]> = new Set(["assign", "some", "some-in", "every"]);

class Declarations {
  readonly diagnostics: Diagnostic[] = [];
  readonly #isGlobal: (name: string) => boolean;
  /** From the rule's own body to the innermost; each branch and each term of the head has its own. */
  #levels: Level[] = [];
  /** What the bodies around declare anywhere: such a name means nothing from outside in them. */
  #own: ReadonlySet<string> = new Set();

  constructor({ head, body = [], elses }: Rule, isGlobal: (name: string) => boolean) {
    this.#isGlobal = isGlobal;
    const args: Name[] = [];
    for (const arg of head.args ?? []) {
      collectPattern(arg, args);
      this.#checkArgument(arg);
    }
    const heads = [head.element, head.value, ...head.ref.slice(1).map(({ term }) => term)];
    for (const term of [...heads, ...elses.map(({ value }) => value)]) {
      this.#levels = [new Map()];
      if (term !== undefined) this.#term(term);
    }
    for (const each of [body, ...elses.map((branch) => branch.body ?? [])]) {
      this.#levels = [new Map(args.map(({ name }) => [name, "an argument"]))];
      this.#body(each);
    }
  }

  #body(body: Body): void {
    const before = this.#own;
    const declared = declaredNames(body);
    if (declared.length > 0) this.#own = new Set([...before, ...declared.map(({ name }) => name)]);
    for (const { expression, withs } of body) {
      if (expression.kind === "some-in") this.#someIn(expression, withs);
      else if (expression.kind === "assign") this.#term(expression.right);
      else this.#expression(expression);
      for (const { target, value } of withs) {
        if (target.kind === "ref") for (const part of target.parts) this.#term(part.term);
        this.#term(value);
      }
      if (expression.kind === "assign") this.#assign(expression.left);
    }
    this.#own = before;
  }

  #expression(expression: Expression): void {
    switch (expression.kind) {
      case "not":
        if (expression.expression.kind === "assign")
          this.#report(expression.expression.left, "what is under `not`");
        else this.#expression(expression.expression);
        return;
      case "some":
        for (const name of expression.names) this.#declare(name, "declared");
        return;
      case "some-in":
        this.#someIn(expression, []);
        return;
      case "every":
        this.#term(expression.domain);
        this.#within(() => {
          if (expression.key !== undefined) this.#declare(expression.key, "declared");
          this.#declare(expression.value, "declared");
          this.#body(expression.body);
        });
        return;
      case "assign":
        return;
      case "unify":
        this.#term(expression.left);
        this.#term(expression.right);
        return;
      default:
        this.#term(expression);
    }
  }

  /** To OPA `some` declares what its `with` looks up, too, in a document that the collection is of as well. */
  #someIn(
    { key, value, collection }: Extract<Expression, { kind: "some-in" }>,
    withs: readonly WithModifier[],
  ): void {
    const keys: Name[] = [];
    const read = variablesIn(collection);
    const rootOf = (name: string): string =>
      name !== "input" && this.#isGlobal(name) ? "data" : name;
    const roots = new Set(read.map(rootOf));
    for (const modifier of withs)
      collectKeys(modifier.value, (root) => roots.has(rootOf(root)), keys);
    const names = keys.filter(({ name }) => !this.#isGlobal(name));
    for (const pattern of [key, value]) if (pattern !== undefined) collectPattern(pattern, names);
    for (const name of names) if (!read.includes(name.name)) this.#declare(name, "declared");
    for (const term of [key, value, collection]) if (term !== undefined) this.#term(term);
  }

  #within(work: () => void): void {
    this.#levels.push(new Map());
    work();
    this.#levels.pop();
  }

  #term(term: Term): void {
    switch (term.kind) {
      case "null":
      case "boolean":
      case "number":
      case "string":
        return;
      case "var":
        this.#use(term.name);
        return;
      case "ref":
        this.#term(term.head);
        for (const part of term.parts) if (!part.dot) this.#term(part.term);
        return;
      case "template":
        for (const part of term.parts) if (typeof part !== "string") this.#body(part);
        return;
      default:
        if ("body" in term)
          this.#within(() => {
            this.#body(term.body);
            for (const child of childrenOf(term)) this.#term(child);
          });
        else for (const child of childrenOf(term)) this.#term(child);
    }
  }

  #use(name: string): void {
    const isKnown = name === "_" || this.#levels.some((level) => level.has(name));
    if (!isKnown && (this.#own.has(name) || !this.#isGlobal(name)))
      this.#levels.at(-1)?.set(name, "used");
  }

  #declare({ name, span }: Name, meaning: Meaning): void {
    if (name === "_") return;
    const level = this.#levels.at(-1) as Level;
    const known = level.get(name);
    level.set(name, known ?? meaning);
    if (known === undefined) return;
    const help = "to compare, write `==`";
    this.diagnostics.push(diagnostic("E0208", { name, meaning: known }, span, { help }));
  }

  #assign(term: Term): void {
    if (term.kind === "var") this.#declare(term, "assigned");
    else if (term.kind === "array") for (const item of term.items) this.#assign(item);
    else if (term.kind === "object") for (const [, value] of term.entries) this.#assign(value);
    else this.#report(term, NAMES[term.kind] ?? "a constant");
  }

  #checkArgument(term: Term): void {
    if (term.kind === "call" || term.kind === "infix" || term.kind === "in")
      this.#report(term, "a call");
    else if (!("body" in term)) for (const child of childrenOf(term)) this.#checkArgument(child);
  }

  #report({ span }: Term, what: string): void {
    const help = "to compare, write `==`";
    this.diagnostics.push(diagnostic("E0221", { what }, span, { help }));
  }
}

/** The names of variables anywhere in a part of the source. */
function variablesIn(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  if ("kind" in node && node.kind === "var" && "name" in node) return [node.name as string];
  return Object.values(node).flatMap(variablesIn);
}

/** The variables that references look up in what is named so. */
function collectKeys(term: Term, isRead: (root: string) => boolean, found: Name[]): void {
  if ("body" in term) return;
  if (term.kind === "ref" && (term.head.kind !== "var" || isRead(term.head.name)))
    for (const part of term.parts) visitTerm(part.term, found);
  for (const child of childrenOf(term)) collectKeys(child, isRead, found);
}

const NAMES: { readonly [K in Term["kind"]]?: string } = {
  ref: "a reference",
  call: "a call",
  infix: "a call",
  in: "a call",
  set: "a set",
  template: "a template",
  "array-comprehension": "a comprehension",
  "set-comprehension": "a comprehension",
  "object-comprehension": "a comprehension",
};
