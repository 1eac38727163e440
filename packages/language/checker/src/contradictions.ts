// Bodies that can never hold: `false`, and conditions that exclude each other.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import { type RuleIR, type StatementIR, type TermIR, termsOf, walk } from "@writ/ir";
import { BodyFacts } from "./body-facts.ts";
import { ClosedNames } from "./subject.ts";

export function findContradictions(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const closed = new ClosedNames();
  return rules.flatMap((rule) => {
    const search = new ContradictionSearch();
    const facts = factsOf(rule, closed);
    const others = rule.elses.map(() => facts.inner());
    search.body(rule.body, facts);
    for (const [at, { body }] of rule.elses.entries()) search.body(body, others[at] ?? facts);
    const heads = [rule.value, ...rule.keys, ...(rule.element ? [rule.element] : [])];
    for (const term of heads) search.term(term, facts);
    return search.found;
  });
}

/** Nothing said yet of a rule. */
export function factsOf(rule: RuleIR, closed: ClosedNames): BodyFacts {
  const facts = new BodyFacts(rule.vars, closed);
  facts.bind(rule.params);
  return facts;
}

class ContradictionSearch {
  readonly found: Diagnostic[] = [];

  /** One is enough: what follows from a contradiction is anything. */
  body(body: readonly StatementIR[], facts: BodyFacts): void {
    for (const statement of body) {
      for (const term of termsOf(statement)) this.term(term, facts);
      if (statement.kind === "with") this.body(statement.body, facts.elsewhere());
      if (statement.kind === "every") {
        const inner = facts.inner();
        inner.bindVars([statement.key ?? statement.value, statement.value]);
        this.body(statement.body, inner);
      }
      const contradiction = facts.assume(statement);
      if (contradiction === undefined) continue;
      const { reason, because } = contradiction;
      const related = because.map((span) => ({ span, text: "this is required as well" }));
      this.found.push(diagnostic("E0404", { reason }, statement.span, { related }));
      return;
    }
  }

  /** The comprehensions in a term: what they collect may well be nothing where the body around them holds. */
  term(term: TermIR, facts: BodyFacts): void {
    walk(term, (child) => {
      if (child.kind !== "comprehension") return;
      const inner = facts.namesOnly();
      this.body(child.body, inner);
      if (child.key !== undefined) this.term(child.key, inner);
      this.term(child.value, inner);
    });
  }
}
