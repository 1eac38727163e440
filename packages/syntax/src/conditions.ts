// Conditions of YAML rules. Each tests one path; `any`, `all` and `not` combine them. Missing is never
// permission: where a path is missing, an operator that says what a value must not be holds in a rule
// that takes something away, and fails in one that allows.

import { diagnostic, type Span, suggest } from "@writ/diagnostics";
import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { Body, Expression, InfixOperator, Statement, Term } from "./ast.ts";
import { pathTerm, readPath } from "./yaml-path.ts";
import { entriesOf, type YamlContext, YamlReader } from "./yaml-reader.ts";

export interface ConditionContext extends YamlContext {
  /** What a negative operator says about a missing path. */
  readonly missing: "holds" | "fails";
}

interface Operands {
  readonly at: Term;
  readonly value: Term;
  readonly span: Span;
  readonly missing: "holds" | "fails";
}
type MakeExpressions = (operands: Operands) => readonly Expression[];

/** The operators, as the Rego they stand for. */
const OPERATORS: { readonly [name: string]: MakeExpressions } = {
  equals: ({ at, value, span }) => [infix("==", at, value, span)],
  not_equals: (o) => unless(infix("==", o.at, o.value, o.span), o),
  in: ({ at, value, span }) => [{ kind: "in", value: at, collection: value, span }],
  not_in: (o) => unless({ kind: "in", value: o.at, collection: o.value, span: o.span }, o),
  any_of: ({ at, value, span }) => [anyOf(at, value, span)],
  none_of: (o) => unless(anyOf(o.at, o.value, o.span), o),
  all_of: ({ at, value, span }) =>
    value.kind === "array"
      ? value.items.map((item) => ({ kind: "in", value: item, collection: at, span }))
      : [],
  has: ({ at, value, span }) => [{ kind: "in", value, collection: at, span }],
  less_than: ({ at, value, span }) => [infix("<", at, value, span)],
  at_most: ({ at, value, span }) => [infix("<=", at, value, span)],
  greater_than: ({ at, value, span }) => [infix(">", at, value, span)],
  at_least: ({ at, value, span }) => [infix(">=", at, value, span)],
  prefix: ({ at, value, span }) => [call("startswith", at, value, span)],
  suffix: ({ at, value, span }) => [call("endswith", at, value, span)],
  // Present, whatever the value: `false` is there too.
  exists: ({ at, value, span }) => {
    const isThere: Term = infix("==", at, at, span);
    return [
      value.kind === "boolean" && !value.value
        ? { kind: "not", expression: isThere, span }
        : isThere,
    ];
  },
};

/** A list of conditions, or a mapping of several: all must hold. Undefined when one could not be read. */
export function readConditions(node: Node, context: ConditionContext): Body | undefined {
  const reader = new YamlReader(context);
  const maps = isSeq(node) ? (node.items as Node[]) : [node];
  const body: Statement[] = [];
  let isComplete = true;
  for (const map of maps) {
    if (!isMap(map)) {
      reader.wrongType(map, "a condition", "a mapping from a path to what is asked of it");
      return undefined;
    }
    for (const { key, keyNode, value } of entriesOf(map)) {
      const expressions =
        value === undefined
          ? missingValue(keyNode, key, reader)
          : readCondition(key, keyNode, value, context);
      if (expressions === undefined) isComplete = false;
      else body.push(...expressions.map((expression) => statement(expression)));
    }
  }
  return isComplete ? body : undefined;
}

function missingValue(keyNode: Node, key: string, reader: YamlReader): undefined {
  reader.wrongType(keyNode, `\`${key}\``, "followed by what is asked of it");
  return undefined;
}

function readCondition(
  key: string,
  keyNode: Node,
  value: Node,
  context: ConditionContext,
): readonly Expression[] | undefined {
  const reader = new YamlReader(context);
  const span = { ...reader.span(keyNode), end: reader.span(value).end };
  switch (key) {
    case "all":
      return readConditions(value, context)?.map(({ expression }) => expression);
    case "any":
      return readAny(value, span, context);
    case "not": {
      // Under a negation, what holds of a missing path is turned round as well.
      const inner = readConditions(value, {
        ...context,
        missing: context.missing === "holds" ? "fails" : "holds",
      });
      return inner === undefined ? undefined : [negate(inner, span)];
    }
    default:
      return readPathCondition(key, keyNode, value, context);
  }
}

/** Some of the list holds: true is among what they come to. */
function readAny(
  value: Node,
  span: Span,
  context: ConditionContext,
): readonly Expression[] | undefined {
  if (!isSeq(value)) {
    new YamlReader(context).wrongType(value, "`any`", "a list of conditions");
    return undefined;
  }
  const bodies = value.items.map((item) => readConditions(item as Node, context));
  if (bodies.includes(undefined)) return undefined;
  // not (not a and not b): a disjunction without a rule of its own.
  const none = (bodies as Body[]).map((body) => statement(negate(body, span)));
  return [negate(none, span)];
}

function readPathCondition(
  key: string,
  keyNode: Node,
  value: Node,
  context: ConditionContext,
): readonly Expression[] | undefined {
  const reader = new YamlReader(context);
  const keySpan = reader.span(keyNode);
  const path = readPath(key);
  if (path === undefined || !["input", "data"].includes(path[0] ?? "") || path.length < 2) {
    reader.wrongType(
      keyNode,
      `\`${key}\``,
      "a path such as `input.model.id`, or `any`, `all` or `not`",
    );
    return undefined;
  }
  const at = pathTerm(path, keySpan);
  if (!isMap(value)) {
    const span = { ...keySpan, end: reader.span(value).end };
    return OPERATORS["equals"]?.({ at, value: reader.term(value), span, missing: context.missing });
  }
  const expressions: Expression[] = [];
  for (const { key: operator, keyNode: operatorNode, value: operand } of entriesOf(value)) {
    const make = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (make === undefined || operand === undefined) {
      const near = suggest(operator, Object.keys(OPERATORS));
      const help =
        near === undefined
          ? `there are ${Object.keys(OPERATORS).join(", ")}`
          : `did you mean \`${near}\`?`;
      context.diagnostics.push(
        diagnostic("E0124", { operator }, reader.span(operatorNode), { help }),
      );
      return undefined;
    }
    const term = readOperand(operator, operand, reader);
    if (term === undefined) return undefined;
    const span = { ...keySpan, end: reader.span(operand).end };
    expressions.push(...make({ at, value: term, span, missing: context.missing }));
  }
  return expressions;
}

const NEEDS_LIST = new Set(["in", "not_in", "any_of", "none_of", "all_of"]);

/** A constant, or `{ data: path }` for a base document. */
function readOperand(operator: string, node: Node, reader: YamlReader): Term | undefined {
  if (isMap(node)) {
    const [entry, ...others] = entriesOf(node);
    const path =
      entry?.key === "data" && isScalar(entry.value)
        ? readPath(`data.${String(entry.value.value)}`)
        : undefined;
    if (path !== undefined && others.length === 0) return pathTerm(path, reader.span(node));
    reader.wrongType(
      node,
      `the operand of \`${operator}\``,
      "a value, a list, or `{ data: path }`",
    );
    return undefined;
  }
  if (NEEDS_LIST.has(operator) && !isSeq(node)) {
    reader.wrongType(node, `the operand of \`${operator}\``, "a list, or `{ data: path }`");
    return undefined;
  }
  return reader.term(node);
}

function statement(expression: Expression): Statement {
  return { kind: "statement", expression, withs: [], span: expression.span };
}

function infix(operator: InfixOperator, left: Term, right: Term, span: Span): Term {
  return { kind: "infix", operator, left, right, span };
}

function call(name: string, a: Term, b: Term, span: Span): Term {
  return { kind: "call", operator: [{ name, span }], args: [a, b], span };
}

/** Some item of the list is in the collection. */
function anyOf(at: Term, value: Term, span: Span): Expression {
  if (value.kind === "array") {
    const none = value.items.map(
      (item): Statement =>
        statement(negate([statement({ kind: "in", value: item, collection: at, span })], span)),
    );
    return negate(none, span);
  }
  const item: Term = { kind: "var", name: "_item", span };
  const some: Expression = { kind: "some-in", value: item, collection: value, span };
  const isIn: Expression = { kind: "in", value: item, collection: at, span };
  return negate([statement(negate([statement(some), statement(isIn)], span))], span);
}

function unless(expression: Expression, { at, span, missing }: Operands): readonly Expression[] {
  const not = negate([statement(expression)], span);
  return missing === "holds" ? [not] : [infix("==", at, at, span), not];
}

/** The negation of a body: of one statement as Rego writes it, of several as an empty comprehension. */
function negate(body: Body, span: Span): Expression {
  const [only] = body;
  if (body.length === 1 && only !== undefined)
    return { kind: "not", expression: only.expression, span };
  const truth: Term = { kind: "boolean", value: true, span };
  const solutions: Term = { kind: "array-comprehension", value: truth, body, span };
  return infix("==", solutions, { kind: "array", items: [], span }, span);
}
