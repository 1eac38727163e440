// Looking into a collection as a scan of it: `input.p[_]` and `set[x]` say what `some x in` does, and scans
// are what tests are made of (expand-scan.ts).

import {
  builtinCall,
  eachNode,
  inputPath,
  isWildcard,
  type StatementIR,
  type TermIR,
  type VarId,
  variablesIn,
} from "@writ/ir";
import { constantRule, type Part, type RulesAt } from "./inline-names.ts";

type Reference = Extract<TermIR, { kind: "ref" }>;
type IsOnce = (variable: VarId) => boolean;

/** The body with scans in place of other ways to say them. */
export function asScans({ body, heads }: Part, rulesAt: RulesAt): Part {
  const counts = new Map<VarId, number>();
  eachNode([body, heads], (node) => {
    const { kind, id } = node as { kind?: unknown; id?: unknown };
    if (kind === "var" && typeof id === "number") counts.set(id, (counts.get(id) ?? 0) + 1);
  });
  const isOnce: IsOnce = (variable) => counts.get(variable) === 1;
  const scans = (statement: StatementIR): readonly StatementIR[] => {
    if (statement.kind !== "not")
      return [asMembership(statement, rulesAt) ?? statement].flatMap((each) =>
        members(each, isOnce),
      );
    const negated = statement.body.map(
      (each) => (isOfPath(each) ? asMembership(each, rulesAt) : undefined) ?? each,
    );
    return [{ ...statement, body: negated }];
  };
  return { body: body.flatMap(scans), heads };
}

/** `set[input.p]`, which tests can say whatever is around it: a residual would ask for the path under `not`. */
function isOfPath(statement: StatementIR): boolean {
  if (statement.kind !== "expression" || statement.term.kind !== "ref") return false;
  const key = statement.term.parts.at(-1);
  return key !== undefined && inputPath(key) !== undefined;
}

/** `set[x]` and `object[x]`, of constants. */
function asMembership(statement: StatementIR, rulesAt: RulesAt): StatementIR | undefined {
  if (statement.kind !== "expression") return undefined;
  const { term, span } = statement;
  const found = constantRule(term, rulesAt);
  const [key, ...others] = found?.parts ?? [];
  const collection = found === undefined ? undefined : keysHeld(found.value);
  if (collection === undefined || key === undefined || others.length > 0) return undefined;
  if (key.kind === "var") return { kind: "scan", value: key, collection, span };
  // Variables in a key may wait for what is looked up.
  if (variablesIn(key).size > 0) return undefined;
  return {
    kind: "expression",
    term: builtinCall("internal.member_2", [key, collection], span),
    span,
  };
}

/** What to look up in a constant so that it holds. */
function keysHeld(value: TermIR): TermIR | undefined {
  const { type, span } = value;
  if (value.kind === "set") return { ...value, items: value.items.filter(isNotFalse) };
  if (value.kind !== "object") return undefined;
  const items = value.entries.flatMap(([key, held]) => (isNotFalse(held) ? [key] : []));
  return { kind: "array", items, type, span };
}

function isNotFalse(term: TermIR): boolean {
  return term.kind !== "boolean" || term.value;
}

/** `x := input.p[_]` and `f(input.p[_])`. */
function members(statement: StatementIR, isOnce: IsOnce): readonly StatementIR[] {
  const { span } = statement;
  if (statement.kind === "unify") {
    for (const [value, other] of [
      [statement.left, statement.right],
      [statement.right, statement.left],
    ] as const) {
      const collection = collectionOf(other, isOnce);
      const isPattern = value.kind === "var" || value.kind === "string";
      if (collection !== undefined && isPattern) return [{ kind: "scan", value, collection, span }];
    }
  }
  if (statement.kind !== "expression" || statement.term.kind !== "call") return [statement];
  const { term } = statement;
  const scans: StatementIR[] = [];
  const args = term.args.map((arg) => {
    const collection = collectionOf(arg, isOnce);
    const member = (arg as Reference).parts?.at(-1);
    if (collection === undefined || member?.kind !== "var") return arg;
    const value: TermIR = { kind: "var", id: member.id, type: arg.type, span: arg.span };
    scans.push({ kind: "scan", value, collection, span });
    return value;
  });
  return [...scans, { ...statement, term: { ...term, args } }];
}

/** What every member of which a reference goes through, under a name that nothing else reads. */
function collectionOf(term: TermIR, isOnce: IsOnce): TermIR | undefined {
  const last = term.kind === "ref" ? term.parts.at(-1) : undefined;
  if (term.kind !== "ref" || last?.kind !== "var") return undefined;
  if (!isWildcard(last) && !isOnce(last.id)) return undefined;
  const collection: TermIR = { ...term, parts: term.parts.slice(0, -1) };
  return inputPath(collection) === undefined ? undefined : collection;
}
