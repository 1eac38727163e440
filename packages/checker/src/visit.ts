// Every statement and term of a rule, those inside comprehensions and `every` too.

import type { RuleIR, StatementIR, TermIR } from "./ir.ts";
import { termsOf, walk } from "./order.ts";

export interface Visitor {
  /** Also each body in it is visited, after it. */
  readonly statement?: (statement: StatementIR) => void;
  readonly term?: (term: TermIR) => void;
  readonly body?: (body: readonly StatementIR[]) => void;
}

export function visitRule(rule: RuleIR, visitor: Visitor): void {
  for (const term of [...rule.params, ...rule.keys, rule.value]) visitTerm(term, visitor);
  if (rule.element !== undefined) visitTerm(rule.element, visitor);
  visitBody(rule.body, visitor);
  for (const branch of rule.elses) {
    visitBody(branch.body, visitor);
    visitTerm(branch.value, visitor);
  }
}

function visitBody(body: readonly StatementIR[], visitor: Visitor): void {
  visitor.body?.(body);
  for (const statement of body) {
    visitor.statement?.(statement);
    for (const term of termsOf(statement)) visitTerm(term, visitor);
    if ("body" in statement) visitBody(statement.body, visitor);
  }
}

function visitTerm(term: TermIR, visitor: Visitor): void {
  walk(term, (child) => {
    visitor.term?.(child);
    if (child.kind !== "comprehension") return;
    if (child.key !== undefined) visitTerm(child.key, visitor);
    visitTerm(child.value, visitor);
    visitBody(child.body, visitor);
  });
}
