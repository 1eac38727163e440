// The operators of YAML conditions, as the Rego they stand for.

import type { Span } from "@writ/diagnostics";
import type { Body, Expression, InfixOperator, Statement, Term } from "./ast.ts";

export interface Operands {
  readonly at: Term;
  readonly value: Term;
  readonly span: Span;
  /** What an operator that says what a value must not be says about a missing path. */
  readonly missing: "holds" | "fails";
  /** Of which kind a value must be to be compared, where that has to be asked. */
  readonly ofKind?: "number" | "string" | undefined;
}

interface Operator {
  /** `list` is a list that is not empty, or `{ data: path }`; `pair` two constants; `truth` is true or false. */
  readonly takes: "value" | "list" | "pair" | "truth" | "one-or-list";
  /** Whether it says by itself what holds of a missing path; the others fail. */
  readonly onMissing?: "decides";
  /** Whether it asks for an order, which Rego has of values of all kinds: a number is less than any text or list. */
  readonly isOrder?: true;
  /** At least one expression: an operator that asks nothing would hold of everything. */
  readonly make: (operands: Operands) => readonly [Expression, ...Expression[]];
}

export const OPERATORS: { readonly [name: string]: Operator } = {
  equals: value(({ at, value, span }) => [infix("==", at, value, span)]),
  not_equals: negative(value((o) => unless(infix("==", o.at, o.value, o.span), o))),
  in: list(({ at, value, span }) => [{ kind: "in", value: at, collection: value, span }]),
  not_in: negative(
    list((o) => unless({ kind: "in", value: o.at, collection: o.value, span: o.span }, o)),
  ),
  any_of: list((o) => [someOf(o, isItemOf)]),
  none_of: negative(list((o) => unless(someOf(o, isItemOf), o))),
  all_of: list(allOf),
  has: value(({ at, value, span }) => [{ kind: "in", value, collection: at, span }]),
  less_than: order((o) => [infix("<", o.at, o.value, o.span)]),
  at_most: order((o) => [infix("<=", o.at, o.value, o.span)]),
  greater_than: order((o) => [infix(">", o.at, o.value, o.span)]),
  at_least: order((o) => [infix(">=", o.at, o.value, o.span)]),
  between: {
    ...order(({ at, value, span }) => {
      const [from = value, to = value] = value.kind === "array" ? value.items : [];
      return [infix(">=", at, from, span), infix("<=", at, to, span)];
    }),
    takes: "pair",
  },
  prefix: value(({ at, value, span }) => [call("startswith", [at, value], span)]),
  suffix: value(({ at, value, span }) => [call("endswith", [at, value], span)]),
  // `*` stops at dots and slashes, `**` does not.
  glob: oneOrList((pattern, { at, span }) =>
    call("glob.match", [pattern, texts([".", "/"], span), at], span),
  ),
  regex: oneOrList((pattern, { at, span }) => call("regex.match", [pattern, at], span)),
  cidr: oneOrList((block, { at, span }) => call("net.cidr_contains", [block, at], span)),
  // Present, whatever the value: `false` is there too.
  exists: {
    takes: "truth",
    onMissing: "decides",
    make: ({ at, value, span }) => {
      const isThere: Term = infix("==", at, at, span);
      return [
        value.kind === "boolean" && !value.value
          ? { kind: "not", expression: isThere, span }
          : isThere,
      ];
    },
  },
};

function value(make: Operator["make"]): Operator {
  return { takes: "value", make };
}

function order(make: Operator["make"]): Operator {
  return { takes: "value", isOrder: true, make: (o) => comparedInKind(make(o), o) };
}

/**
 * A comparison with what may be of another kind: that neither satisfies what an allow asks, nor escapes what a rule
 * asks that takes something away.
 */
export function comparedInKind(
  comparisons: readonly [Expression, ...Expression[]],
  { at, span, missing, ofKind }: Omit<Operands, "value">,
): readonly [Expression, ...Expression[]] {
  if (ofKind === undefined) return comparisons;
  const isOfKind = call(`is_${ofKind}`, [at], span);
  if (missing === "fails") return [isOfKind, ...comparisons];
  const otherwise = opposite(comparisons) ?? negate(comparisons.map(statement) as Body, span);
  return [infix("==", at, at, span), negate([statement(isOfKind), statement(otherwise)], span)];
}

/** Of values of one kind. */
function opposite([first, ...others]: readonly Expression[]): Expression | undefined {
  if (first?.kind !== "infix" || others.length > 0) return undefined;
  const operator = OPPOSITE[first.operator];
  return operator === undefined ? undefined : { ...first, operator };
}

const OPPOSITE: { readonly [O in InfixOperator]?: InfixOperator } = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

function negative(operator: Operator): Operator {
  return { ...operator, onMissing: "decides" };
}

function list(make: Operator["make"]): Operator {
  return { takes: "list", make };
}

/** One operand or a list of them: one must fit. */
function oneOrList(fits: (operand: Term, operands: Operands) => Term): Operator {
  return {
    takes: "one-or-list",
    make: (o) => {
      const isOne = o.value.kind !== "array" && o.value.kind !== "ref";
      return [isOne ? fits(o.value, o) : someOf(o, fits)];
    },
  };
}

export function statement(expression: Expression): Statement {
  return { kind: "statement", expression, withs: [], span: expression.span };
}

export function infix(operator: InfixOperator, left: Term, right: Term, span: Span): Term {
  return { kind: "infix", operator, left, right, span };
}

function call(name: string, args: readonly Term[], span: Span): Term {
  const operator = name.split(".").map((part) => ({ name: part, span }));
  return { kind: "call", operator, args, span };
}

function texts(values: readonly string[], span: Span): Term {
  const items = values.map((value): Term => ({ kind: "string", value, raw: false, span }));
  return { kind: "array", items, span };
}

function isItemOf(item: Term, { at, span }: Operands): Expression {
  return { kind: "in", value: item, collection: at, span };
}

/** It is so of some item of the list. */
function someOf(
  operands: Operands,
  fits: (item: Term, operands: Operands) => Expression,
): Expression {
  const { value, span } = operands;
  if (value.kind === "array") {
    const none = value.items.map((item) =>
      statement(negate([statement(fits(item, operands))], span)),
    );
    return negate(none, span);
  }
  const item: Term = { kind: "var", name: "_item", span };
  const some: Expression = { kind: "some-in", value: item, collection: value, span };
  return negate(
    [statement(negate([statement(some), statement(fits(item, operands))], span))],
    span,
  );
}

/** Every item of the list is in the collection. */
function allOf(operands: Operands): readonly [Expression, ...Expression[]] {
  const { value, span } = operands;
  const [first, ...others] = value.kind === "array" ? value.items : [];
  if (first !== undefined)
    return [isItemOf(first, operands), ...others.map((item) => isItemOf(item, operands))];
  const name = "_item";
  const isIn = statement(isItemOf({ kind: "var", name, span }, operands));
  return [{ kind: "every", value: { name, span }, domain: value, body: [isIn], span }];
}

function unless(
  expression: Expression,
  { at, span, missing }: Operands,
): readonly [Expression, ...Expression[]] {
  const none = negate([statement(expression)], span);
  if (missing === "holds") return [none];
  const isThere = infix("==", at, at, span);
  return [isThere, negatedBy(expression) === undefined ? { kind: "not", expression, span } : none];
}

/**
 * That a body has no solution. A `not` says so of what may be missing itself; before a call it asks for
 * the call's operands, which an empty comprehension does not.
 */
export function negate(body: Body, span: Span): Expression {
  const [only] = body;
  if (body.length === 1 && only !== undefined && mayBeMissing(only.expression))
    return { kind: "not", expression: only.expression, span };
  const truth: Term = { kind: "boolean", value: true, span };
  const solutions: Term = { kind: "array-comprehension", value: truth, body, span };
  return infix("==", solutions, { kind: "array", items: [], span }, span);
}

/** The body that an expression says has no solution, in either of the forms of `negate`. */
export function negatedBy(expression: Expression): Body | undefined {
  if (expression.kind === "not")
    return mayBeMissing(expression.expression) ? [statement(expression.expression)] : undefined;
  if (expression.kind !== "infix" || expression.operator !== "==") return undefined;
  const { left, right } = expression;
  const isNone = left.kind === "array-comprehension" && right.kind === "array";
  return isNone && right.items.length === 0 ? left.body : undefined;
}

/** Whether `not` holds of the expression when what it refers to is missing. */
export function mayBeMissing(expression: Expression): boolean {
  if (expression.kind !== "infix")
    return expression.kind === "ref" || expression.kind === "boolean";
  const isLookedUp = ({ kind }: Term): boolean =>
    ["ref", "var", "null", "boolean", "number", "string"].includes(kind);
  return (
    expression.operator === "==" && isLookedUp(expression.left) && isLookedUp(expression.right)
  );
}
