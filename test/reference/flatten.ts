// Operands first. `f(g(x), a[i])` means: `u = g(x)`, then `v = a[i]`, then `f(u, v)`. What is not defined
// ends the body there, before `f` and before a `not` in front of it: `not f(input.x)` does not hold when
// there is no `input.x`. OPA does it in two steps, with the ordering of the body between them, and so do
// we, because the order in which a body enumerates shows in the order of an array comprehension.

import type { Body, Expression, Rule, Statement, Term } from "@writ/syntax";

type Call = Extract<Term, { kind: "call" }>;
type Ref = Extract<Term, { kind: "ref" }>;

/** One body of a rule with all of the rule's head: an `else` is a branch of its own. */
export interface Branch {
  readonly args: readonly Term[];
  /** What follows the constant start of the head. */
  readonly keys: readonly Term[];
  readonly element?: Term;
  readonly value: Term;
  readonly body: Body;
}

/** The branches of a rule, calls taken out of their bodies and heads. */
export function branchesOf(
  { head, body, elses, span }: Rule,
  constantKeys: number,
): readonly Branch[] {
  const yes: Term = { kind: "boolean", value: true, span };
  const keys = head.ref.slice(constantKeys).map((part) => part.term);
  return [{ value: head.value, body }, ...elses].map((branch) => {
    const last: Expression[] = [];
    const lift = (term: Term): Term => headOf(liftCalls(term, last), last);
    const lifted = {
      args: (head.args ?? []).map((arg) => parameter(liftCalls(arg, last), last)),
      keys: keys.map(lift),
      ...(head.element === undefined ? {} : { element: lift(head.element) }),
      value: lift(branch.value ?? yes),
    };
    return { ...lifted, body: [...liftBody(branch.body ?? []), ...last.map(plain)] };
  });
}

/** What a head, or a value of `with`, looks up is an equation of the body. */
function headOf(term: Term, out: Expression[]): Term {
  return looksUp(term) ? setAside(term, out) : term;
}

function looksUp(term: Term): boolean {
  switch (term.kind) {
    case "var":
      return term.name === "input" || term.name === "data";
    case "array":
    case "set":
      return term.items.some(looksUp);
    case "object":
      return term.entries.flat().some(looksUp);
    default:
      return term.kind === "ref" || isComprehension(term);
  }
}

/** A parameter that must be worked out to be compared is a variable, and an equation of the body. */
function parameter(term: Term, out: Expression[]): Term {
  return isPattern(term) ? term : setAside(term, out);
}

function isPattern(term: Term): boolean {
  if (term.kind === "array") return term.items.every(isPattern);
  if (term.kind === "object") return term.entries.flat().every(isPattern);
  return !["ref", "template", "set"].includes(term.kind) && !isComprehension(term);
}

/** First step: a call within a term is a statement of its own. */
function liftBody(body: Body): Body {
  return body.flatMap((statement) => {
    const before: Expression[] = [];
    const values: Expression[] = [];
    const called = statement.withs.map(({ value }) => liftCalls(value, values));
    const withs = statement.withs.map((modifier, index) => ({
      ...modifier,
      value: headOf(called[index] as Term, values),
    }));
    const expression = liftExpression(statement.expression, before);
    const within = [...before, expression].map(
      (each): Statement => ({ ...statement, expression: each, withs }),
    );
    return [...values.map(plain), ...within];
  });
}

function liftExpression(expression: Expression, out: Expression[]): Expression {
  switch (expression.kind) {
    case "not":
      return { ...expression, expression: liftExpression(expression.expression, out) };
    case "every":
      return {
        ...expression,
        domain: setAside(liftCalls(expression.domain, out), out),
        body: liftBody(expression.body),
      };
    case "unify":
      return {
        ...expression,
        left: liftCalls(expression.left, out),
        right: liftCalls(expression.right, out),
      };
    case "assign": {
      // A call that names its result stands as it is, behind a `not` too.
      const { left, right, span } = expression;
      const call = right.kind === "call" ? liftArgs(right, out) : right;
      return { kind: "unify", left: liftCalls(left, out), right: call, span };
    }
    case "call":
      return liftArgs(expression, out);
    case "some":
    case "some-in":
      throw new Error(`names.ts leaves no ${expression.kind}`);
    default:
      return liftCalls(expression, out);
  }
}

function liftArgs(call: Call, out: Expression[]): Call {
  return { ...call, args: call.args.map((arg) => liftCalls(arg, out)) };
}

function liftCalls(term: Term, out: Expression[]): Term {
  const lift = (child: Term): Term => liftCalls(child, out);
  switch (term.kind) {
    case "call":
      return setAside(liftArgs(term, out), out);
    case "template":
      return setAside(term, out);
    case "ref": {
      const head = lift(term.head);
      const parts = term.parts.map((part) => ({ ...part, term: lift(part.term) }));
      return { ...term, head: head.kind === "var" ? head : setAside(head, out), parts };
    }
    case "array":
    case "set":
      return { ...term, items: term.items.map(lift) };
    case "object":
      return {
        ...term,
        entries: term.entries.map(([key, value]) => [lift(key), lift(value)] as const),
      };
    case "array-comprehension":
    case "set-comprehension":
    case "object-comprehension": {
      const last: Expression[] = [];
      const keys = term.kind === "object-comprehension" ? [liftCalls(term.key, last)] : [];
      const lifted = liftCalls(term.value, last);
      const [key] = keys.map((each) => headOf(each, last));
      const value = headOf(lifted, last);
      const body = [...liftBody(term.body), ...last.map(plain)];
      return { ...term, ...(key === undefined ? {} : { key }), value, body };
    }
    default:
      return term;
  }
}

/** Second step, on a body in its order: what a call's operands refer to is looked up before the call. */
export function liftOperands(body: Body): Body {
  return body.flatMap((statement) => {
    const before: Expression[] = [];
    const expression = operandsOf(statement.expression, before);
    return [...before, expression].map((each): Statement => ({ ...statement, expression: each }));
  });
}

function operandsOf(expression: Expression, out: Expression[]): Expression {
  switch (expression.kind) {
    case "not":
      return { ...expression, expression: operandsOf(expression.expression, out) };
    case "unify": {
      if (expression.right.kind !== "call")
        return {
          ...expression,
          left: side(expression.left, out),
          right: side(expression.right, out),
        };
      // The result is the last operand.
      const right = callOperands(expression.right, out);
      return { ...expression, left: operand(expression.left, out), right };
    }
    case "call":
      return equationOf(expression, out) ?? callOperands(expression, out);
    case "every":
    case "some":
    case "some-in":
    case "assign":
      return expression;
    default:
      return side(expression, out);
  }
}

/** As a statement, `a == b` is an equation of what has a value by now. */
function equationOf({ operator, args, span }: Call, out: Expression[]): Expression | undefined {
  const [left, right] = args;
  if (operator[0]?.name !== "equal" || left === undefined || right === undefined) return undefined;
  return { kind: "unify", left: side(left, out), right: side(right, out), span };
}

function callOperands(call: Call, out: Expression[]): Call {
  return { ...call, args: call.args.map((arg) => operand(arg, out)) };
}

/** A side of an equation is looked up as the equation is solved; only what is within it comes first. */
function side(term: Term, out: Expression[]): Term {
  if (term.kind === "ref") return withParts(term, out);
  return isComprehension(term) ? term : operand(term, out);
}

function operand(term: Term, out: Expression[]): Term {
  switch (term.kind) {
    case "var":
      return term.name === "input" || term.name === "data" ? setAside(term, out) : term;
    case "ref":
      return setAside(withParts(term, out), out);
    case "array":
    case "set":
      return { ...term, items: term.items.map((item) => operand(item, out)) };
    case "object":
      return {
        ...term,
        entries: term.entries.map(
          ([key, value]) => [operand(key, out), operand(value, out)] as const,
        ),
      };
    default:
      return isComprehension(term) ? setAside(term, out) : term;
  }
}

function withParts(ref: Ref, out: Expression[]): Ref {
  return {
    ...ref,
    parts: ref.parts.map((part) => ({ ...part, term: operand(part.term, out) })),
  };
}

function isComprehension(term: Term): boolean {
  return term.kind.endsWith("-comprehension");
}

let count = 0;

/** A variable for the term, and the equation that says so. */
function setAside(term: Term, out: Expression[]): Term {
  count += 1;
  const left: Term = { kind: "var", name: `$${count}`, span: term.span };
  out.push({ kind: "unify", left, right: term, span: term.span });
  return left;
}

function plain(expression: Expression): Statement {
  return { kind: "statement", expression, withs: [], span: expression.span };
}
