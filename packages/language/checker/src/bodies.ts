// The bodies of a rule as they are written, those inside comprehensions, `every` and templates too.

import type { Body, Expression, Rule, Term } from "@writ/syntax";

export interface WrittenBody {
  readonly body: Body;
  /** Its solutions are collected: it is no condition of the rule. */
  readonly isCollected: boolean;
}

const known = new WeakMap<Rule, readonly WrittenBody[]>();

/** Several checks ask of each rule. */
export function bodiesOf(rule: Rule): readonly WrittenBody[] {
  let bodies = known.get(rule);
  if (bodies === undefined) {
    bodies = findBodies(rule);
    known.set(rule, bodies);
  }
  return bodies;
}

function findBodies(rule: Rule): readonly WrittenBody[] {
  const found: WrittenBody[] = [];
  const visitBody = (body: Body, isCollected: boolean): void => {
    found.push({ body, isCollected });
    for (const { expression, withs } of body) {
      visitExpression(expression, isCollected);
      for (const { value } of withs) visitTerm(value);
    }
  };
  const visitExpression = (expression: Expression, isCollected: boolean): void => {
    switch (expression.kind) {
      case "not":
        visitExpression(expression.expression, isCollected);
        return;
      case "every":
        visitTerm(expression.domain);
        visitBody(expression.body, isCollected);
        return;
      case "assign":
      case "unify":
        visitTerm(expression.left);
        visitTerm(expression.right);
        return;
      case "some-in":
        visitTerm(expression.collection);
        return;
      case "some":
        return;
      default:
        visitTerm(expression);
    }
  };
  const visitTerm = (term: Term): void => {
    if ("body" in term) visitBody(term.body, true);
    if (term.kind === "template")
      for (const part of term.parts) if (typeof part !== "string") visitBody(part, true);
    for (const child of childrenOf(term)) if (!isPlain(child)) visitTerm(child);
  };
  const { head, body = [], elses } = rule;
  const heads = [
    ...(head.args ?? []),
    ...head.ref.slice(1).map(({ term }) => term),
    head.element,
    head.value,
    ...elses.map(({ value }) => value),
  ];
  for (const term of heads) if (term !== undefined) visitTerm(term);
  visitBody(body, false);
  for (const branch of elses) visitBody(branch.body ?? [], false);
  return found;
}

/** Most terms are constants and paths, in which nothing is. */
function isPlain(term: Term): boolean {
  switch (term.kind) {
    case "null":
    case "boolean":
    case "number":
    case "string":
    case "var":
      return true;
    case "ref":
      return term.head.kind === "var" && term.parts.every(({ dot }) => dot);
    default:
      return false;
  }
}

/** The terms right inside a term; of a comprehension its head. */
export function childrenOf(term: Term): readonly Term[] {
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
    case "infix":
      return [term.left, term.right];
    case "in":
      return [...(term.key === undefined ? [] : [term.key]), term.value, term.collection];
    case "array-comprehension":
    case "set-comprehension":
      return [term.value];
    case "object-comprehension":
      return [term.key, term.value];
    default:
      return [];
  }
}
