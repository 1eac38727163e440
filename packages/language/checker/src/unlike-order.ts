// Orders asked of what need not be a number: Rego has an order of values of all kinds, in which null and booleans come
// before every number, and texts, lists and objects after.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import {
  alternatives,
  type BuiltinCall,
  builtinCallsByName,
  partsOf,
  type RuleIR,
  type StatementIR,
  type TermIR,
  type Type,
  type VarId,
} from "@writ/ir";
import { ruleKey } from "./rule-key.ts";

const ORDERS = ["lt", "lte", "gt", "gte"];

export function findUnlikeOrders(rules: readonly RuleIR[]): readonly Diagnostic[] {
  return rules.filter(({ isTest }) => !isTest).flatMap(unlikeOrders);
}

function unlikeOrders(rule: RuleIR): readonly Diagnostic[] {
  const calls = builtinCallsByName([rule]);
  const orders = ORDERS.flatMap((name) => calls.get(name) ?? []);
  if (orders.length === 0) return [];
  const names = namesIn(rule);
  const asked = new Set(
    [...(calls.get("is_number") ?? []), ...(calls.get("type_name") ?? [])].flatMap(({ args }) =>
      args.map((arg) => keyOf(arg, names)),
    ),
  );
  return orders.flatMap((order) => unlike(order, names, asked) ?? []);
}

function unlike(
  { args, span }: BuiltinCall,
  names: Names,
  asked: ReadonlySet<string>,
): Diagnostic | undefined {
  const [a, b] = args;
  if (a === undefined || b === undefined) return undefined;
  for (const [at, than] of [
    [a, b],
    [b, a],
  ] as const) {
    const read = meant(at, names);
    const path = read === undefined ? undefined : pathText(read);
    if (read === undefined || path === undefined || !isNumber(than.type)) continue;
    if (isNumber(read.type) || isNumber(at.type) || asked.has(keyOf(at, names))) continue;
    const help = `ask \`is_number(${path})\` as well: a text is greater than any number, and null and booleans are less`;
    return diagnostic("W0422", { path }, span, { help });
  }
  return undefined;
}

function isNumber(type: Type): boolean {
  return alternatives(type).every(({ kind }) => kind === "number");
}

type Names = ReadonlyMap<VarId, TermIR>;

/** What variables stand for: a term, or the members of one. */
function namesIn(rule: RuleIR): Names {
  const names = new Map<VarId, TermIR>();
  const look = (statement: StatementIR): void => {
    if (statement.kind === "unify" && statement.left.kind === "var")
      names.set(statement.left.id, statement.right);
    if (statement.kind === "scan" && statement.value.kind === "var")
      names.set(statement.value.id, statement.collection);
    if (statement.kind === "every") names.set(statement.value, statement.domain);
  };
  for (const { body } of partsOf(rule).bodies) for (const statement of body) look(statement);
  return names;
}

/** The part of the input that a term is, or comes from. */
function meant(term: TermIR, names: Names): TermIR | undefined {
  let at: TermIR | undefined = term;
  for (let steps = 0; at?.kind === "var" && steps < 20; steps += 1) at = names.get(at.id);
  return at?.kind === "ref" && at.root === "input" ? { ...at, type: term.type } : undefined;
}

function keyOf(term: TermIR, names: Names): string {
  const read = meant(term, names);
  return ruleKey(read?.kind === "ref" ? [read.root, read.parts] : term);
}

function pathText(term: TermIR): string | undefined {
  if (term.kind !== "ref" || term.root !== "input") return undefined;
  const parts = term.parts.map((part) => (part.kind === "string" ? `.${part.value}` : "[_]"));
  return `input${parts.join("")}`;
}
