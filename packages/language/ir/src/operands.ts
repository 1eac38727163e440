// Operands first, as in OPA (`test/reference/README.md` has the law). This is its first step, before a body is
// ordered: a call within a term is a statement before the one it is in. A statement that has to wait for a
// variable does not hold up the calls in it that need not. The second step is `look-ups.ts`.

import type { Span } from "@writ/diagnostics";
import type { StatementIR, TermIR, VarId, WithIR } from "./ir.ts";
import { ANY } from "./type-algebra.ts";

export type Fresh = (span: Span) => VarId;
type Call = Extract<TermIR, { kind: "call" }>;

/** The statement with the calls in it, and the values of its `with`, before it. */
export function splitStatement(statement: StatementIR, fresh: Fresh): readonly StatementIR[] {
  if (statement.kind !== "with") {
    const lifting = new Lifting(fresh);
    const last = lifting.statement(statement);
    return [...lifting.before, last];
  }
  const values = statement.targets.flatMap(({ value }) => ("type" in value ? [value] : []));
  const { before, heads } = splitTogether(values, fresh);
  const split = new Map(values.map((value, index) => [value, heads[index] as TermIR]));
  const targets = statement.targets.map(
    (target): WithIR =>
      "type" in target.value ? { ...target, value: split.get(target.value) as TermIR } : target,
  );
  const within = statement.body
    .flatMap((inner) => splitStatement(inner, fresh))
    .map((inner): StatementIR => ({ ...statement, targets, body: [inner] }));
  return [...before, ...within];
}

interface SplitHeads {
  readonly before: readonly StatementIR[];
  readonly heads: readonly TermIR[];
}

/** The terms of a head with what they call and look up before, one after the other. */
export function splitHeads(heads: readonly TermIR[], fresh: Fresh): SplitHeads {
  const lifting = new Lifting(fresh);
  const own = heads.map((head) => lifting.lookedUp(lifting.term(head)));
  return { before: lifting.before, heads: own };
}

/** So with the key and value of a comprehension, and the values of `with`; but the calls of all come first. */
export function splitTogether(heads: readonly TermIR[], fresh: Fresh): SplitHeads {
  const lifting = new Lifting(fresh);
  const called = heads.map((head) => lifting.term(head));
  const own = called.map((head) => lifting.lookedUp(head));
  return { before: lifting.before, heads: own };
}

/** What is negated, with the calls in it before the negation. */
export function negateStatements(
  negated: readonly StatementIR[],
  span: Span,
  fresh: Fresh,
): readonly StatementIR[] {
  const lifting = new Lifting(fresh);
  const body = negated.map((statement) => lifting.statement(statement));
  // Written as one condition, and shown as one.
  return [...lifting.before.map((each) => ({ ...each, span })), { kind: "not", body, span }];
}

class Lifting {
  readonly before: StatementIR[] = [];
  readonly #fresh: Fresh;

  constructor(fresh: Fresh) {
    this.#fresh = fresh;
  }

  statement(statement: StatementIR): StatementIR {
    switch (statement.kind) {
      case "expression": {
        const { term } = statement;
        return { ...statement, term: term.kind === "call" ? this.#call(term) : this.term(term) };
      }
      case "unify": {
        const left = this.term(statement.left);
        const { right } = statement;
        // `f(x, y)` is one call.
        const isOne = statement.isCall === true && right.kind === "call";
        return { ...statement, left, right: isOne ? this.#call(right) : this.term(right) };
      }
      case "scan": {
        const { collection } = statement;
        const isReference = collection.kind === "ref";
        return {
          ...statement,
          collection: isReference ? this.term(collection) : this.#root(collection),
        };
      }
      case "every":
        return { ...statement, domain: this.#setAside(this.term(statement.domain)) };
      default:
        return statement;
    }
  }

  lookedUp(term: TermIR): TermIR {
    return looksUp(term) ? this.#setAside(term) : term;
  }

  #call(call: Call): Call {
    return { ...call, args: call.args.map((arg) => this.term(arg)) };
  }

  term(term: TermIR): TermIR {
    switch (term.kind) {
      case "call":
        return this.#setAside(this.#call(term));
      case "template":
        return this.#setAside(term);
      case "ref": {
        const { root } = term;
        const own = typeof root === "string" ? root : this.#root(root);
        return { ...term, root: own, parts: term.parts.map((part) => this.term(part)) };
      }
      case "array":
      case "set":
        return { ...term, items: term.items.map((item) => this.term(item)) };
      case "object":
        return {
          ...term,
          entries: term.entries.map(([key, value]) => [this.term(key), this.term(value)] as const),
        };
      default:
        return term;
    }
  }

  /** What is looked into is a variable. */
  #root(root: TermIR): TermIR {
    const lifted = this.term(root);
    return lifted.kind === "var" ? lifted : this.#setAside(lifted);
  }

  #setAside(term: TermIR): TermIR {
    return setAside(term, this.before, this.#fresh);
  }
}

/** A variable for the term, and the equation that says so. */
export function setAside(term: TermIR, among: StatementIR[], fresh: Fresh): TermIR {
  const { span } = term;
  const left: TermIR = { kind: "var", id: fresh(span), type: ANY, span };
  among.push({ kind: "unify", left, right: term, isCall: true, span });
  return left;
}

/** Whether there is a reference or a comprehension in a term. */
export function looksUp(term: TermIR): boolean {
  switch (term.kind) {
    case "array":
    case "set":
      return term.items.some(looksUp);
    case "object":
      return term.entries.flat().some(looksUp);
    default:
      return term.kind === "ref" || term.kind === "comprehension";
  }
}
