// From IR to plan: variables become slots, references that enumerate become scans of their own, and the
// two sides of a unification become a value and a pattern. The checker has ordered every body, so what
// is bound is known at each point: the first occurrence of a variable binds, later ones compare.

import type { Span } from "@writ/diagnostics";
import {
  type Clause,
  type Constant,
  type Expr,
  encodeConstant,
  type FunctionRef,
  type Pattern,
  parseNumber,
  type Replacement,
  type Stmt,
} from "@writ/evaluator";
import {
  type CallTarget,
  eachChild,
  operandsFirst,
  type RuleIR,
  type StatementIR,
  splitHeads,
  splitTogether,
  type TermIR,
  termsOf,
  type VarId,
  type WithIR,
  walk,
} from "@writ/ir";
import { type Locate, toSourceRef } from "./locate.ts";

/** Lowers one rule to a clause of its group. */
export function lowerClause(rule: RuleIR, locate: Locate): Clause {
  const lowering = new Lowering(rule.vars.length, locate);
  const bound = new Set<VarId>();
  const before: Stmt[] = [];
  const params = rule.params.map((param) => lowering.pattern(param, before, bound));
  const paramsBound = new Set(bound);
  const body = [...before, ...lowering.body(rule.body, bound)];
  const heads = [...rule.keys, ...(rule.element === undefined ? [] : [rule.element]), rule.value];
  const exprs = lowering.heads(heads, body, bound);
  const keys = exprs.slice(0, rule.keys.length);
  const element = rule.element === undefined ? undefined : exprs[rule.keys.length];
  const value = exprs.at(-1) as Expr;
  const elses = rule.elses.map((branch) => {
    const scope = new Set(paramsBound);
    const statements = lowering.body(branch.body, scope);
    const [branchValue] = lowering.heads([branch.value], statements, scope);
    return {
      body: statements,
      value: branchValue as Expr,
      source: toSourceRef(branch.span, locate),
    };
  });
  const slots = lowering.slots;
  return {
    id: rule.id,
    source: toSourceRef(rule.headSpan, locate),
    slots,
    ...(rule.kind === "function" ? { params } : {}),
    body,
    ...(rule.kind === "object" ? { keys } : {}),
    ...(element === undefined ? {} : { element }),
    value,
    ...(elses.length === 0 ? {} : { elses: elses.map((branch) => ({ ...branch, slots })) }),
  };
}

/** Lowers a body with an optional value, for the residual of a decision rule. */
export function lowerResidual(
  rule: RuleIR,
  body: readonly StatementIR[],
  value: TermIR | undefined,
  locate: Locate,
): { slots: number; body: readonly Stmt[]; value?: Expr } {
  const lowering = new Lowering(rule.vars.length, locate);
  const bound = new Set<VarId>();
  const statements = lowering.body(body, bound);
  const expr = value === undefined ? undefined : lowering.expr(value, statements, bound);
  return {
    slots: lowering.slots,
    body: statements,
    ...(expr === undefined ? {} : { value: expr }),
  };
}

class Lowering {
  slots: number;
  readonly #locate: Locate;

  constructor(slots: number, locate: Locate) {
    this.slots = slots;
    this.#locate = locate;
  }

  body(statements: readonly StatementIR[], bound: Set<VarId>): Stmt[] {
    const out: Stmt[] = [];
    for (const statement of statements) this.#inOrder(statement, out, bound);
    return out;
  }

  /** Operands come first; it shows where one is an error and another undefined, and where two enumerate. */
  #inOrder(statement: StatementIR, out: Stmt[], bound: Set<VarId>): void {
    const parts = isOrderSeen(termsWithin(statement), calledBy(statement))
      ? operandsFirst(statement, this.#fresh)
      : [statement];
    for (const part of parts) this.#statement(part, out, bound);
  }

  /** What a head says, after its body. */
  heads(
    terms: readonly TermIR[],
    out: Stmt[],
    bound: Set<VarId>,
    split = splitHeads,
  ): readonly Expr[] {
    if (!isOrderSeen(terms)) return this.exprs(terms, out, bound);
    const { before, heads } = split(terms, this.#fresh);
    for (const statement of before) this.#inOrder(statement, out, bound);
    return this.exprs(heads, out, bound);
  }

  readonly #fresh = (): VarId => this.#temporary();

  #statement(statement: StatementIR, out: Stmt[], bound: Set<VarId>): void {
    const source = toSourceRef(statement.span, this.#locate);
    switch (statement.kind) {
      case "expression":
        out.push({ op: "check", expr: this.expr(statement.term, out, bound), source });
        return;
      case "unify":
        this.#unify(statement.left, statement.right, statement.span, out, bound);
        return;
      case "scan": {
        const from = this.expr(statement.collection, out, bound);
        const key: Pattern =
          statement.key === undefined ? { op: "any" } : this.pattern(statement.key, out, bound);
        out.push({
          op: "scan",
          from,
          key,
          value: this.pattern(statement.value, out, bound),
          source,
        });
        return;
      }
      case "not":
        out.push({ op: "not", body: this.body(statement.body, new Set(bound)), source });
        return;
      case "every": {
        const domain = this.expr(statement.domain, out, bound);
        const within = new Set(bound).add(statement.value);
        if (statement.key !== undefined) within.add(statement.key);
        const body = this.body(statement.body, within);
        const key = statement.key === undefined ? {} : { key: statement.key };
        out.push({ op: "every", domain, ...key, value: statement.value, body, source });
        return;
      }
      case "with": {
        const replace = statement.targets.map((target) => this.#replacement(target, out, bound));
        out.push({ op: "with", replace, body: this.body(statement.body, bound), source });
        return;
      }
    }
  }

  #replacement(target: WithIR, out: Stmt[], bound: Set<VarId>): Replacement {
    if (target.kind !== "function") {
      return { target: target.kind, path: target.path, value: this.expr(target.value, out, bound) };
    }
    const replaced = toFunctionRef(target.target);
    const { value } = target;
    const by = isTarget(value)
      ? toFunctionRef(value)
      : value.kind === "document"
        ? { document: value.path }
        : { value: this.expr(value, out, bound) };
    return { target: "function", function: replaced, by };
  }

  /**
   * Pairs of array or object literals are unified item by item, those first that can be: in
   * `[x, y] = [y, 1]` the second pair binds what the first needs.
   */
  #unify(left: TermIR, right: TermIR, span: Span, out: Stmt[], bound: Set<VarId>): void {
    let pending = pairUp(left, right);
    while (pending.length > 0) {
      const rest: [TermIR, TermIR][] = [];
      for (const [a, b] of pending) {
        const [isLeft, isRight] = [isEvaluable(a, bound), isEvaluable(b, bound)];
        if (isLeft && (!isRight || turn(a) <= turn(b))) this.#match(a, b, span, out, bound);
        else if (isRight) this.#match(b, a, span, out, bound);
        else rest.push([a, b]);
      }
      if (rest.length === pending.length) {
        throw new Error("a unification of which neither side is bound passed the checker");
      }
      pending = rest;
    }
  }

  #match(known: TermIR, other: TermIR, span: Span, out: Stmt[], bound: Set<VarId>): void {
    const exprs = [this.expr(known, out, bound)];
    const at = out.length;
    const pattern = this.pattern(other, out, bound);
    if (out.length > at) out.splice(at, 0, ...this.#keep(exprs, known.span));
    const source = toSourceRef(span, this.#locate);
    out.push({ op: "match", expr: exprs[0] as Expr, pattern, source });
  }

  /** An expression with at most one value; what enumerates is put before it as scans. */
  expr(term: TermIR, out: Stmt[], bound: Set<VarId>): Expr {
    const constant = constantOf(term);
    if (constant !== undefined) return { op: "const", value: constant };
    switch (term.kind) {
      case "var":
        if (!bound.has(term.id)) throw new Error("an unbound variable passed the checker");
        return { op: "slot", slot: term.id };
      case "ref":
        return this.#ref(term, out, bound);
      case "call": {
        const args = this.exprs(term.args, out, bound);
        const source = toSourceRef(term.span, this.#locate);
        return term.target.kind === "builtin"
          ? { op: "call", name: term.target.name, args, source }
          : { op: "apply", path: term.target.path, args, source };
      }
      case "array":
      case "set":
        return { op: term.kind, items: this.exprs(term.items, out, bound) };
      case "object": {
        const sides = this.exprs(term.entries.flat(), out, bound);
        const entries = term.entries.map(
          (_, index) => [sides[2 * index] as Expr, sides[2 * index + 1] as Expr] as const,
        );
        return { op: "object", entries };
      }
      case "comprehension": {
        const within = new Set(bound);
        const body = this.body(term.body, within);
        const heads = term.key === undefined ? [term.value] : [term.key, term.value];
        const exprs = this.heads(heads, body, within, splitTogether);
        const key = term.key === undefined ? {} : { key: exprs[0] as Expr };
        return { op: "comprehension", form: term.form, ...key, value: exprs.at(-1) as Expr, body };
      }
      case "template":
        return {
          op: "template",
          parts: term.parts.map((part) =>
            typeof part === "string" ? part : this.#templatePart(part, bound),
          ),
        };
      default:
        throw new Error(`a ${term.kind} has no constant value`);
    }
  }

  /**
   * In `f(x, a[x])` the second is looked up first: it binds what the first needs. What is looked up before
   * something that enumerates keeps its place: an error in it is one though nothing is enumerated.
   */
  exprs(terms: readonly TermIR[], out: Stmt[], bound: Set<VarId>): readonly Expr[] {
    const exprs: Expr[] = [];
    let waiting = [...terms.entries()];
    while (waiting.length > 0) {
      const rest: [number, TermIR][] = [];
      for (const [index, term] of waiting) {
        if (!isEvaluable(term, bound)) {
          rest.push([index, term]);
          continue;
        }
        const at = out.length;
        const expr = this.expr(term, out, bound);
        if (out.length > at) out.splice(at, 0, ...this.#keep(exprs, term.span));
        exprs[index] = expr;
      }
      if (rest.length === waiting.length) throw new Error("an unbound variable passed the checker");
      waiting = rest;
    }
    return exprs;
  }

  /** Puts the values of expressions into slots. */
  #keep(exprs: Expr[], span: Span): readonly Stmt[] {
    const source = toSourceRef(span, this.#locate);
    return [...exprs.entries()].flatMap(([index, expr]) => {
      if (expr === undefined || expr.op === "const" || expr.op === "slot") return [];
      const slot = this.#temporary();
      exprs[index] = { op: "slot", slot };
      return [{ op: "match", expr, pattern: { op: "bind", slot }, source } as const];
    });
  }

  /** A part that is undefined is printed, not propagated, so what it enumerates must stay inside it. */
  #templatePart(part: TermIR, bound: Set<VarId>): Expr {
    const body: Stmt[] = [];
    const [value] = this.heads([part], body, new Set(bound)) as readonly [Expr];
    if (body.length === 0) return value;
    const all: Expr = { op: "comprehension", form: "array", value, body };
    return { op: "get", from: all, key: { op: "const", value: 0 } };
  }

  #ref(term: Extract<TermIR, { kind: "ref" }>, out: Stmt[], bound: Set<VarId>): Expr {
    let parts = term.parts;
    let at: Expr;
    if (term.root === "input") {
      at = { op: "input" };
    } else if (term.root === "data") {
      const variable = parts.findIndex((part) => documentKey(part) === undefined);
      const path = (variable < 0 ? parts : parts.slice(0, variable)).flatMap(
        (part) => documentKey(part) ?? [],
      );
      at = { op: "doc", path };
      parts = parts.slice(path.length);
    } else {
      at = this.expr(term.root, out, bound);
    }
    for (const part of parts) {
      if (isEvaluable(part, bound)) {
        at = { op: "get", from: at, key: this.expr(part, out, bound) };
        continue;
      }
      const source = toSourceRef(part.span, this.#locate);
      if (part.kind === "var" && isDocument(at)) {
        const key = this.pattern(part, out, bound);
        out.push({ op: "scan", from: at, key, value: { op: "any" }, keysOnly: true, source });
        at = { op: "get", from: at, key: { op: "slot", slot: part.id } };
        continue;
      }
      const slot = this.#temporary();
      const key = this.pattern(part, out, bound);
      out.push({ op: "scan", from: at, key, value: { op: "bind", slot }, source });
      at = { op: "slot", slot };
    }
    return at;
  }

  pattern(term: TermIR, out: Stmt[], bound: Set<VarId>): Pattern {
    if (term.kind === "var" && !bound.has(term.id)) {
      bound.add(term.id);
      return { op: "bind", slot: term.id };
    }
    if (term.kind === "array") {
      return { op: "array", items: term.items.map((item) => this.#inPattern(item, out, bound)) };
    }
    if (term.kind === "object") {
      const entries = term.entries.map(
        ([key, value]) => [this.expr(key, out, bound), this.#inPattern(value, out, bound)] as const,
      );
      return { op: "object", entries };
    }
    return { op: "equal", to: this.expr(term, out, bound) };
  }

  /** What a pattern refers to is looked up before anything is matched against it, so its errors count. */
  #inPattern(term: TermIR, out: Stmt[], bound: Set<VarId>): Pattern {
    if (!["ref", "call", "comprehension"].includes(term.kind))
      return this.pattern(term, out, bound);
    const expr = this.expr(term, out, bound);
    const slot = this.#temporary();
    const source = toSourceRef(term.span, this.#locate);
    out.push({ op: "match", expr, pattern: { op: "bind", slot }, source });
    return { op: "equal", to: { op: "slot", slot } };
  }

  #temporary(): number {
    this.slots += 1;
    return this.slots - 1;
  }
}

/** Of two sides that both have a value, references are looked up first, then comprehensions, then the rest. */
function turn(term: TermIR): number {
  if (term.kind === "ref" || term.kind === "var") return 0;
  return term.kind === "comprehension" ? 1 : 2;
}

/** The terms of a statement, and of what its `with` is for. */
function termsWithin(statement: StatementIR): readonly TermIR[] {
  const own = termsOf(statement);
  return statement.kind === "with" ? [...own, ...statement.body.flatMap(termsWithin)] : own;
}

/** The call that a statement is. */
function calledBy(statement: StatementIR): TermIR | undefined {
  if (statement.kind === "expression") return statement.term;
  if (statement.kind === "unify" && statement.isCall === true) return statement.right;
  const [inner] = statement.kind === "with" ? statement.body : [];
  return inner === undefined ? undefined : calledBy(inner);
}

/**
 * Whether it shows in which order terms are looked up: a call stands beside something else, or there are
 * several references and not only to constant paths of the input. `called` comes last in any case.
 */
function isOrderSeen(terms: readonly TermIR[], called?: TermIR): boolean {
  const calls: TermIR[] = [];
  const others: TermIR[] = [];
  const visit = (term: TermIR): void => {
    if ((term.kind === "call" && term !== called) || term.kind === "template") {
      calls.push(term);
      return;
    }
    if (term.kind === "ref" || term.kind === "comprehension") others.push(term);
    eachChild(term, false, visit);
  };
  for (const term of terms) visit(term);
  const isMixed = others.length > 1 && !others.every(isPlain);
  const isBeside = calls.length > 0 && others.length > 0;
  return (
    isMixed || isBeside || calls.some((call) => call.kind === "call" && isOrderSeen([call], call))
  );
}

function isPlain(term: TermIR): boolean {
  return (
    term.kind === "ref" &&
    term.root === "input" &&
    term.parts.every(({ kind }) => kind === "string")
  );
}

/** A constant key in a reference to `data`. */
function documentKey(part: TermIR): string | number | undefined {
  if (part.kind === "string") return part.value;
  const index = part.kind === "number" ? Number(part.text) : undefined;
  return Number.isSafeInteger(index) ? index : undefined;
}

/** The constant a term is, if it is one; sets and objects with odd keys in the plan's tagged form. */
export function constantOf(term: TermIR): Constant | undefined {
  switch (term.kind) {
    case "null":
      return null;
    case "boolean":
    case "string":
      return term.value;
    case "number": {
      const value = parseNumber(term.text);
      if (value === undefined) throw new Error("a number that is none passed the parser");
      return encodeConstant(value);
    }
    case "array":
    case "set": {
      const items = term.items.map(constantOf);
      if (items.includes(undefined)) return undefined;
      return term.kind === "array" ? (items as Constant[]) : { $set: items as Constant[] };
    }
    case "object": {
      const entries = term.entries.map(
        ([key, value]) => [constantOf(key), constantOf(value)] as const,
      );
      if (entries.some(([key, value]) => key === undefined || value === undefined))
        return undefined;
      return { $object: entries as readonly (readonly [Constant, Constant])[] };
    }
    default:
      return undefined;
  }
}

function pairUp(left: TermIR, right: TermIR): [TermIR, TermIR][] {
  if (left.kind === "array" && right.kind === "array" && left.items.length === right.items.length) {
    return left.items.flatMap((item, index) => pairUp(item, right.items[index] as TermIR));
  }
  return [[left, right]];
}

/** Whether a term has a value once what it enumerates is scanned: no variable of it waits for a pattern. */
function isEvaluable(term: TermIR, bound: ReadonlySet<VarId>): boolean {
  switch (term.kind) {
    case "var":
      return bound.has(term.id);
    case "array":
    case "set":
      return areEvaluable(term.items, bound);
    case "object":
      return areEvaluable(term.entries.flat(), bound);
    case "call":
      return areEvaluable(term.args, bound);
    default:
      return true;
  }
}

/** In some order: what one of them enumerates, another may need. */
function areEvaluable(terms: readonly TermIR[], bound: ReadonlySet<VarId>): boolean {
  const known = new Set(bound);
  let waiting = terms;
  while (waiting.length > 0) {
    const [ready, rest] = [true, false].map((wanted) =>
      waiting.filter((term) => isEvaluable(term, known) === wanted),
    ) as [TermIR[], TermIR[]];
    if (ready.length === 0) return false;
    for (const term of ready)
      walk(term, (child, isPart) => {
        if (isPart && child.kind === "var") known.add(child.id);
      });
    waiting = rest;
  }
  return true;
}

/** What lies below it is evaluated one by one, as it is referred to. */
function isDocument(expr: Expr): boolean {
  return expr.op === "doc" || (expr.op === "get" && isDocument(expr.from));
}

function toFunctionRef(target: CallTarget): FunctionRef {
  return target.kind === "builtin" ? { builtin: target.name } : { rule: target.path };
}

function isTarget(value: { readonly kind: string }): value is CallTarget {
  return value.kind === "builtin" || value.kind === "function";
}
