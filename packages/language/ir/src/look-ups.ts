// Operands first, the second step: in a body that is in order, what the operands of a statement refer to is
// looked up before it. Of an error and an undefined the one that is met first decides. And a `not` stands
// before the call it negates, not before its operands: where one of them is undefined the `not` does not hold
// either, so `not startswith(input.x, "a")` asks for an `input.x`.

import type { StatementIR, TermIR } from "./ir.ts";
import { isThere } from "./made-terms.ts";
import { type Fresh, looksUp, setAside, splitStatement } from "./operands.ts";
import { ANY } from "./type-algebra.ts";

type Reference = Extract<TermIR, { kind: "ref" }>;
type Call = Extract<TermIR, { kind: "call" }>;
type Take = (found: Extract<TermIR, { kind: "ref" | "comprehension" }>) => TermIR;

/** The statement in the order in which it is run: the calls in it, and before each what its operands refer to. */
export function operandsFirst(statement: StatementIR, fresh: Fresh): readonly StatementIR[] {
  return splitStatement(toEquation(statement), fresh).flatMap((part) => lookUp(part, fresh));
}

function lookUp(statement: StatementIR, fresh: Fresh): readonly StatementIR[] {
  if (statement.kind === "with")
    return statement.body
      .flatMap((inner) => lookUp(inner, fresh))
      .map((inner) => ({ ...statement, body: [inner] }));
  const before: StatementIR[] = [];
  const lookingUp = new LookingUp((found) => setAside(found, before, fresh));
  const last = lookingUp.statement(statement);
  return [...before, last];
}

/** A negation with what must be there for it to be asked. */
export function askFirst(statement: StatementIR, fresh: Fresh): readonly StatementIR[] {
  if (statement.kind === "with")
    return statement.body
      .flatMap((inner) => askFirst(inner, fresh))
      .map((inner) => ({ ...statement, body: [inner] }));
  if (statement.kind !== "not") return [statement];
  const before: StatementIR[] = [];
  const lookingUp = new LookingUp((found) => {
    if (found.kind === "comprehension") return setAside(found, before, fresh);
    before.push(isThere(found));
    return found;
  });
  const body = statement.body.map((inner) => lookingUp.statement(inner));
  const { span } = statement;
  return [...before.map((each) => ({ ...each, span })), { ...statement, body }];
}

/** `some k, v in c` with something to look up in its patterns is `v = c[k]`. */
function toEquation(statement: StatementIR): StatementIR {
  if (statement.kind === "with") return { ...statement, body: statement.body.map(toEquation) };
  if (statement.kind !== "scan") return statement;
  const { key, value, collection, span } = statement;
  if (key === undefined || ![key, value].some(looksUp)) return statement;
  const right: Reference =
    collection.kind === "ref"
      ? { ...collection, parts: [...collection.parts, key] }
      : { kind: "ref", root: collection, parts: [key], type: ANY, span };
  return { kind: "unify", left: value, right, span };
}

/** Takes what operands refer to, left to right and from within. */
class LookingUp {
  readonly #take: Take;

  constructor(take: Take) {
    this.#take = take;
  }

  statement(statement: StatementIR): StatementIR {
    switch (statement.kind) {
      case "expression": {
        const { term } = statement;
        return { ...statement, term: term.kind === "call" ? this.#call(term) : this.#side(term) };
      }
      case "unify": {
        const { left, right } = statement;
        if (right.kind !== "call")
          return { ...statement, left: this.#side(left), right: this.#side(right) };
        // The result is the last operand.
        const called = this.#call(right);
        return { ...statement, left: this.#operand(left), right: called };
      }
      case "scan":
        return { ...statement, collection: this.#side(statement.collection) };
      case "every":
        return { ...statement, domain: this.#side(statement.domain) };
      default:
        return statement;
    }
  }

  #call(call: Call): Call {
    const isEquation = call.target.kind === "builtin" && call.target.name === "equal";
    if (!isEquation) return { ...call, args: call.args.map((arg) => this.#operand(arg)) };
    const sides = call.args.map((arg) => this.#side(arg));
    const isReferenceLast = sides[0]?.kind === "comprehension" && sides[1]?.kind === "ref";
    return { ...call, args: isReferenceLast ? sides.toReversed() : sides };
  }

  /** The side of an equation may be undefined itself; what is within it may not. */
  #side(term: TermIR): TermIR {
    if (term.kind === "comprehension") return term;
    return term.kind === "ref" ? this.#reference(term) : this.#operand(term);
  }

  #operand(term: TermIR): TermIR {
    switch (term.kind) {
      case "ref":
        return this.#take(this.#reference(term));
      case "comprehension":
        return this.#take(term);
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
    return { ...term, parts: term.parts.map((part) => this.#operand(part)) };
  }
}
