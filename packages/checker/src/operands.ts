// Operands first, as in OPA: a call within a term is looked at before the statement it is in. It matters
// in two places. A `not` stands before the call it negates, not before its operands: where one of them is
// undefined the `not` does not hold either, so `not startswith(input.x, "a")` asks for an `input.x`. And
// a statement that has to wait for a variable does not hold up the calls in it that need not.

import type { Span } from "@writ/diagnostics";
import type { StatementIR, TermIR, VarId } from "./ir.ts";
import { ANY } from "./type-algebra.ts";

type Fresh = (span: Span) => VarId;
type Reference = Extract<TermIR, { kind: "ref" }>;
type Call = Extract<TermIR, { kind: "call" }>;

/** The statement with the calls in it before it. */
export function splitStatement(statement: StatementIR, fresh: Fresh): readonly StatementIR[] {
  if (statement.kind === "with")
    return statement.body
      .flatMap((inner) => splitStatement(inner, fresh))
      .map((inner) => ({ ...statement, body: [inner] }));
  const lifting = new Lifting(fresh, { asksForReferences: false });
  const last = lifting.statement(statement);
  return [...lifting.before, last];
}

/** The terms of a head with the calls in them before. */
export function splitHeads(
  heads: readonly TermIR[],
  fresh: Fresh,
): { readonly before: readonly StatementIR[]; readonly heads: readonly TermIR[] } {
  const lifting = new Lifting(fresh, { asksForReferences: false });
  const own = heads.map((head) => lifting.term(head));
  return { before: lifting.before, heads: own };
}

/** What is negated, with what must hold for the negation to be asked. */
export function negateStatements(
  negated: readonly StatementIR[],
  span: Span,
  fresh: Fresh,
): readonly StatementIR[] {
  const lifting = new Lifting(fresh, { asksForReferences: true });
  const body = negated.map((statement) => lifting.statement(statement));
  // Written as one condition, and shown as one.
  return [...lifting.before.map((each) => ({ ...each, span })), { kind: "not", body, span }];
}

class Lifting {
  readonly #calls: StatementIR[] = [];
  readonly #lookedUp: StatementIR[] = [];
  readonly #fresh: Fresh;
  readonly #asksForReferences: boolean;

  constructor(fresh: Fresh, { asksForReferences }: { readonly asksForReferences: boolean }) {
    this.#fresh = fresh;
    this.#asksForReferences = asksForReferences;
  }

  /** The calls, then what else the operands refer to. */
  get before(): readonly StatementIR[] {
    return [...this.#calls, ...this.#lookedUp];
  }

  statement(statement: StatementIR): StatementIR {
    switch (statement.kind) {
      case "expression": {
        const { term } = statement;
        return { ...statement, term: term.kind === "call" ? this.#call(term) : this.#side(term) };
      }
      case "unify": {
        const left = this.#side(statement.left);
        const { right } = statement;
        // `f(x, y)` is one call.
        const isOne = statement.isCall === true && right.kind === "call";
        return { ...statement, left, right: isOne ? this.#call(right) : this.#side(right) };
      }
      case "every":
        return { ...statement, domain: this.#setAside(this.#operand(statement.domain)) };
      default:
        return statement;
    }
  }

  term(term: TermIR): TermIR {
    return this.#side(term);
  }

  #call(call: Call): Call {
    const isEquation = call.target.kind === "builtin" && call.target.name === "equal";
    const lift = (arg: TermIR): TermIR => (isEquation ? this.#side(arg) : this.#operand(arg));
    return { ...call, args: call.args.map(lift) };
  }

  /** May be undefined itself; what is within it may not. */
  #side(term: TermIR): TermIR {
    if (term.kind === "comprehension") return term;
    return term.kind === "ref" ? this.#reference(term) : this.#operand(term);
  }

  #operand(term: TermIR): TermIR {
    switch (term.kind) {
      case "call":
        return this.#liftCall(term);
      case "ref": {
        const reference = this.#reference(term);
        if (this.#asksForReferences) this.#lookedUp.push(...isDefined(reference));
        return reference;
      }
      case "comprehension":
        return this.#asksForReferences ? this.#setAside(term, this.#lookedUp) : term;
      case "array":
      case "set":
        return { ...term, items: term.items.map((item) => this.#operand(item)) };
      case "object":
        return {
          ...term,
          entries: term.entries.map(
            ([key, value]) => [this.#operand(key), this.#operand(value)] as const,
          ),
        };
      default:
        return term;
    }
  }

  #reference(term: Reference): Reference {
    const parts = term.parts.map((part) => this.#operand(part));
    const { root } = term;
    if (typeof root === "string" || root.kind === "var") return { ...term, parts };
    const value = this.#operand(root);
    return { ...term, root: value.kind === "var" ? value : this.#setAside(value), parts };
  }

  /** A call that is lifted asks for its operands itself. */
  #liftCall(call: Call): TermIR {
    const inner = new Lifting(this.#fresh, { asksForReferences: false });
    const lifted = inner.#call(call);
    this.#calls.push(...inner.before);
    return this.#setAside(lifted);
  }

  #setAside(term: TermIR, among: StatementIR[] = this.#calls): TermIR {
    const { span } = term;
    const left: TermIR = { kind: "var", id: this.#fresh(span), type: ANY, span };
    among.push({ kind: "unify", left, right: term, isCall: true, span });
    return left;
  }
}

/** Behind two `not`, so that no key is tried: the negation needs the variables of its operands. */
function isDefined(reference: Reference): readonly StatementIR[] {
  const { span, parts } = reference;
  const target = { kind: "builtin", name: "equal" } as const;
  const term: TermIR = { kind: "call", target, args: [reference, reference], type: ANY, span };
  const is: StatementIR = { kind: "expression", term, span };
  if (parts.every(({ kind }) => kind === "string")) return [is];
  return [{ kind: "not", body: [{ kind: "not", body: [is], span }], span }];
}
