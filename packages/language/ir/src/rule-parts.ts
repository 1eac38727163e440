// Every statement and term of a rule, those inside comprehensions and `every` too.

import type { RuleIR, StatementIR, TermIR } from "./ir.ts";
import { eachChild, termsOf } from "./walk.ts";

/** A call of a function of the library. */
export type BuiltinCall = Extract<TermIR, { kind: "call" }> & {
  readonly target: { readonly kind: "builtin" };
};

/** Everything in a rule, flat. */
export interface RuleParts {
  readonly bodies: readonly RuleBody[];
  readonly builtinCalls: readonly BuiltinCall[];
  /** Where it reads documents and calls functions of policies. */
  readonly uses: readonly Use[];
  /** The texts written in it. */
  readonly texts: readonly string[];
}

/** A body of a rule, or inside one. `isNegated`: it stands under `not`. */
export interface RuleBody {
  readonly body: readonly StatementIR[];
  readonly isNegated: boolean;
}

/** A reference below `data`, or a call. */
export type Use = Extract<TermIR, { kind: "ref" | "call" }>;

const known = new WeakMap<RuleIR, RuleParts>();

/** Gone through once: many checks ask. */
export function partsOf(rule: RuleIR): RuleParts {
  let parts = known.get(rule);
  if (parts === undefined) {
    const walk = new Walk();
    walk.rule(rule);
    parts = walk;
    known.set(rule, parts);
  }
  return parts;
}

const callsOf = new WeakMap<readonly RuleIR[], ReadonlyMap<string, readonly BuiltinCall[]>>();

/** The calls of built-ins in rules, by name: who asks about a few functions need not look at all calls. */
export function builtinCallsByName(
  rules: readonly RuleIR[],
): ReadonlyMap<string, readonly BuiltinCall[]> {
  let calls = callsOf.get(rules);
  if (calls === undefined) {
    calls = Map.groupBy(
      rules.flatMap((rule) => partsOf(rule).builtinCalls),
      ({ target }) => target.name,
    );
    callsOf.set(rules, calls);
  }
  return calls;
}

class Walk implements RuleParts {
  readonly bodies: RuleBody[] = [];
  readonly builtinCalls: BuiltinCall[] = [];
  readonly uses: Use[] = [];
  readonly texts: string[] = [];

  rule({ params, keys, value, element, body, elses }: RuleIR): void {
    for (const term of params) this.#term(term);
    for (const term of keys) this.#term(term);
    this.#term(value);
    if (element !== undefined) this.#term(element);
    this.#body(body);
    for (const branch of elses) {
      this.#body(branch.body);
      this.#term(branch.value);
    }
  }

  #body(body: readonly StatementIR[], isNegated = false): void {
    this.bodies.push({ body, isNegated });
    for (const statement of body) {
      for (const term of termsOf(statement)) this.#term(term);
      if ("body" in statement) this.#body(statement.body, statement.kind === "not");
    }
  }

  readonly #term = (term: TermIR): void => {
    if (term.kind === "string") this.texts.push(term.value);
    else if (isBuiltinCall(term)) this.builtinCalls.push(term);
    else if (term.kind === "call" || (term.kind === "ref" && term.root === "data"))
      this.uses.push(term);
    eachChild(term, false, this.#term);
    if (term.kind !== "comprehension") return;
    if (term.key !== undefined) this.#term(term.key);
    this.#term(term.value);
    this.#body(term.body);
  };
}

function isBuiltinCall(term: TermIR): term is BuiltinCall {
  return term.kind === "call" && term.target.kind === "builtin";
}
