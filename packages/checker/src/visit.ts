// Every statement and term of a rule, those inside comprehensions and `every` too.

import type { RuleIR, StatementIR, TermIR } from "./ir.ts";
import { eachChild, termsOf } from "./order.ts";

export interface Visitor {
  /** Also each body in it is visited, after it. */
  readonly statement?: (statement: StatementIR) => void;
  readonly term?: (term: TermIR) => unknown;
  readonly body?: (body: readonly StatementIR[]) => void;
}

export type BuiltinCall = Extract<TermIR, { kind: "call" }> & {
  readonly target: { readonly kind: "builtin" };
};

const calls = new WeakMap<RuleIR, readonly BuiltinCall[]>();

/** The calls of built-ins in a rule. Found once: several checks ask for them. */
export function builtinCallsOf(rule: RuleIR): readonly BuiltinCall[] {
  let found = calls.get(rule);
  if (found === undefined) {
    const own: BuiltinCall[] = [];
    visitRule(rule, { term: (each) => isBuiltinCall(each) && own.push(each) });
    found = own;
    calls.set(rule, found);
  }
  return found;
}

function isBuiltinCall(term: TermIR): term is BuiltinCall {
  return term.kind === "call" && term.target.kind === "builtin";
}

export function visitRule(rule: RuleIR, visitor: Visitor): void {
  for (const term of rule.params) visitTerm(term, visitor);
  for (const term of rule.keys) visitTerm(term, visitor);
  visitTerm(rule.value, visitor);
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
  visitor.term?.(term);
  eachChild(term, false, visitChild, visitor);
  if (term.kind !== "comprehension") return;
  if (term.key !== undefined) visitTerm(term.key, visitor);
  visitTerm(term.value, visitor);
  visitBody(term.body, visitor);
}

function visitChild(term: TermIR, _isPart: boolean, visitor: Visitor): void {
  visitTerm(term, visitor);
}
