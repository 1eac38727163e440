// Mutants: the policy with one small mistake in it. A condition that was dropped, a bound that was moved,
// a rule that was forgotten or has the other effect. What tests do not notice, they do not pin.

import type { Span } from "@writ/diagnostics";
import type { Program, RuleIR, StatementIR, TermIR } from "@writ/ir";

/** One mistake: in which rule, where, and the rule it makes of it. */
export interface Mutant {
  readonly what: MutantKind;
  /** Id of the rule. */
  readonly rule: string;
  readonly span: Span;
  /** In words: `<= to <`. */
  readonly change: string;
  /** What stands in the rule's place; nothing for one that was dropped. */
  readonly replacement?: RuleIR;
}

/** The small mistakes there are. */
export type MutantKind = "condition dropped" | "bound moved" | "effect flipped" | "rule dropped";

/** Every mutant, in the order of the program; tests and defaults are left as they are. */
export function* mutantsOf(program: Program): Generator<Mutant> {
  for (const rule of program.rules) {
    if (rule.isTest || rule.isDefault) continue;
    yield { what: "rule dropped", rule: rule.id, span: rule.headSpan, change: "the rule is gone" };
    yield* flipped(rule);
    yield* dropped(rule);
    yield* moved(rule);
  }
}

/** The program with a mutant in its rule's place. */
export function withMutant(program: Program, { rule, replacement }: Mutant): Program {
  const rules = program.rules.flatMap((each) =>
    each.id === rule ? (replacement === undefined ? [] : [replacement]) : [each],
  );
  return { ...program, rules };
}

function* flipped(rule: RuleIR): Generator<Mutant> {
  const name = rule.path.at(-1);
  if (rule.path.length !== rule.package.length + 1) return;
  const change = { rule: rule.id, span: rule.headSpan, what: "effect flipped" as const };
  const { headSpan: span } = rule;
  if (name === "allow" && rule.elses.length === 0) {
    const element: TermIR = { kind: "string", value: "mutant", type: { kind: "string" }, span };
    const path = [...rule.package, "deny"];
    yield {
      ...change,
      change: "allow to deny",
      replacement: { ...rule, path, kind: "set", element },
    };
  }
  if (name === "deny" && rule.kind === "set") {
    const value: TermIR = { kind: "boolean", value: true, type: { kind: "boolean" }, span };
    const { element: _element, ...rest } = rule;
    const path = [...rule.package, "allow"];
    yield {
      ...change,
      change: "deny to allow",
      replacement: { ...rest, path, kind: "complete", value },
    };
  }
}

function* dropped(rule: RuleIR): Generator<Mutant> {
  for (const [index, statement] of rule.body.entries()) {
    if (binds(statement)) continue;
    const body = rule.body.filter((_each, at) => at !== index);
    // A statement that was written as one may have been lowered to several at one place.
    const isRepeated = rule.body.some(
      (other, at) => at < index && other.span.start === statement.span.start,
    );
    if (isRepeated) continue;
    const replacement = {
      ...rule,
      body: body.filter((each) => each.span.start !== statement.span.start),
    };
    yield {
      what: "condition dropped",
      rule: rule.id,
      span: statement.span,
      change: "the condition is gone",
      replacement,
    };
  }
}

/** What gives variables their values cannot go alone. */
function binds(statement: StatementIR): boolean {
  return statement.kind === "scan" || statement.kind === "unify" || statement.kind === "with";
}

const OTHER_BOUNDS: { readonly [name: string]: readonly [string, string] | undefined } = {
  lt: ["lte", "< to <="],
  lte: ["lt", "<= to <"],
  gt: ["gte", "> to >="],
  gte: ["gt", ">= to >"],
};

function* moved(rule: RuleIR): Generator<Mutant> {
  for (const [index, statement] of rule.body.entries()) {
    if (statement.kind !== "expression") continue;
    const { term } = statement;
    if (term.kind !== "call" || term.target.kind !== "builtin") continue;
    const other = OTHER_BOUNDS[term.target.name];
    if (other === undefined) continue;
    const [name, change] = other;
    const target = { kind: "builtin", name } as const;
    const replaced: StatementIR = { ...statement, term: { ...term, target } };
    const body = rule.body.map((each, at) => (at === index ? replaced : each));
    yield {
      what: "bound moved",
      rule: rule.id,
      span: statement.span,
      change,
      replacement: { ...rule, body },
    };
  }
}
