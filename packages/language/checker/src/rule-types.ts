// What the rules of a policy set come to, and what their functions are called with: types go through a rule
// that gives a name to a part of the input, and into a function that is handed one.

import {
  ANY,
  alternatives,
  partsOf,
  type RuleIR,
  type TermIR,
  type Type,
  unionOf,
  widen,
} from "@writ/ir";
import { type InferContext, inferRule, type KnownRules } from "./infer.ts";
import type { DocumentTypes } from "./schema-scopes.ts";

/** Fills in the types of the rules' terms. */
export function inferRules(
  rules: readonly RuleIR[],
  context: SharedContext,
  typesOf: (rule: RuleIR) => DocumentTypes,
): void {
  new RuleTypes(rules, context, typesOf).infer();
}

interface SharedContext extends Omit<InferContext, "rules" | keyof DocumentTypes> {
  /** Rules that there are besides, of which no type is known. */
  readonly others?: readonly RuleIR[];
}

/** Through more rules than this, one of the other, a type is not followed. */
const MAX_DEPTH = 100;

interface Group {
  readonly rules: RuleIR[];
  state: "new" | "open" | "done";
  type: Type;
  /** By position, what each call hands over; undefined: some caller is not known. */
  calls: (readonly Type[])[] | undefined;
}

class RuleTypes implements KnownRules {
  readonly #groups = new Map<string, Group>();
  readonly #context: SharedContext;
  readonly #typesOf: (rule: RuleIR) => DocumentTypes;
  /** The paths of which some rule is not known. */
  readonly #open: ReadonlySet<string>;
  #depth = 0;
  /** The rule in hand is one of a test: what it hands over says nothing about the policy. */
  #isTest = false;

  constructor(
    rules: readonly RuleIR[],
    context: SharedContext,
    typesOf: (rule: RuleIR) => DocumentTypes,
  ) {
    this.#context = context;
    this.#typesOf = typesOf;
    const { isLikeOpa, others = [] } = context;
    this.#open = new Set(others.map(({ path }) => key(path)));
    for (const rule of rules) {
      const group = this.#groups.get(key(rule.path));
      if (group === undefined)
        this.#groups.set(key(rule.path), {
          rules: [rule],
          state: "new",
          type: ANY,
          calls: isLikeOpa === true || others.length > 0 ? undefined : [],
        });
      else group.rules.push(rule);
    }
  }

  infer(): void {
    const groups = [...this.#groups];
    for (const [, group] of groups) if (!isFunction(group)) this.#infer(group);
    const functions = groups.filter(([, group]) => isFunction(group));
    for (const group of callersFirst(functions)) this.#infer(group);
  }

  readonly typeOf = (path: readonly string[]): Type => {
    const group = this.#groups.get(key(path));
    if (group === undefined || isFunction(group)) return ANY;
    if (group.state === "new" && this.#depth < MAX_DEPTH) this.#infer(group);
    return group.state === "done" ? group.type : ANY;
  };

  readonly noteCall = (path: readonly string[], args: readonly TermIR[]): void => {
    if (!this.#isTest) this.#groups.get(key(path))?.calls?.push(args.map(handedOver));
  };

  readonly noteStandIn = (path: readonly string[]): void => {
    const group = this.#groups.get(key(path));
    if (group !== undefined && !this.#isTest) group.calls = undefined;
  };

  #infer(group: Group): void {
    if (group.state !== "new") return;
    group.state = "open";
    const params = paramsOf(group);
    const wasTest = this.#isTest;
    this.#depth += 1;
    const path = group.rules[0]?.path ?? [];
    for (const rule of group.rules) {
      this.#isTest = rule.isTest;
      inferRule(rule, { ...this.#context, ...this.#typesOf(rule), rules: this }, params);
    }
    this.#depth -= 1;
    this.#isTest = wasTest;
    group.type = this.#open.has(key(path)) ? ANY : typeOfGroup(group.rules);
    group.state = "done";
  }
}

function isFunction({ rules }: Group): boolean {
  return rules[0]?.kind === "function";
}

/** What a parameter may be is what some call hands over; without a call that is known, anything. */
function paramsOf({ calls = [], rules }: Group): readonly Type[] | undefined {
  if (calls.length === 0) return undefined;
  return rules[0]?.params.map((_param, index) =>
    unionOf(calls.map((types) => types[index] ?? ANY)),
  );
}

/** A constant says nothing about what else the function is for. */
function handedOver({ kind, type }: TermIR): Type {
  if (kind !== "ref" && kind !== "var") return ANY;
  const isConstant = alternatives(type).some(
    (option) => "values" in option && option.values?.length === 1,
  );
  return isConstant ? widen(type) : type;
}

function typeOfGroup(rules: readonly RuleIR[]): Type {
  const [first, ...others] = rules;
  // Of conflicting kinds, which is said elsewhere.
  if (others.some(({ kind }) => kind !== first?.kind)) return ANY;
  switch (first?.kind) {
    case "set":
      return { kind: "set", items: unionOf(rules.map(({ element }) => element?.type ?? ANY)) };
    case "object":
      return { kind: "object", properties: new Map(), rest: ANY, keys: ANY };
    case "complete":
      return unionOf(
        rules.flatMap(({ value, elses }) => [
          value.type,
          ...elses.map((branch) => branch.value.type),
        ]),
      );
    default:
      return ANY;
  }
}

/** Each function after those that call it; what calls itself last, as it is. */
function callersFirst(functions: readonly (readonly [string, Group])[]): readonly Group[] {
  const callees = new Map(functions.map(([name, group]) => [name, calleesOf(group)]));
  const waiting = new Map(functions.map(([name]) => [name, 0]));
  for (const called of callees.values())
    for (const name of called) waiting.set(name, (waiting.get(name) ?? 0) + 1);
  const ready = functions.filter(([name]) => waiting.get(name) === 0).map(([name]) => name);
  for (const name of ready) {
    for (const called of callees.get(name) ?? []) {
      const left = (waiting.get(called) ?? 0) - 1;
      waiting.set(called, left);
      if (left === 0) ready.push(called);
    }
  }
  const rank = new Map(ready.map((name, index) => [name, index]));
  const last = functions.length;
  return [...functions]
    .sort(([a], [b]) => (rank.get(a) ?? last) - (rank.get(b) ?? last))
    .map(([, group]) => group);
}

function calleesOf({ rules }: Group): ReadonlySet<string> {
  const found = new Set<string>();
  for (const rule of rules)
    for (const term of partsOf(rule).uses)
      if (term.kind === "call" && term.target.kind === "function") found.add(key(term.target.path));
  return found;
}

function key(path: readonly string[]): string {
  return path.join("\u0000");
}
