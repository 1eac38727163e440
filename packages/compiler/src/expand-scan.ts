// `some x in input.p` with conditions on x alone: when x can only be one of a few known texts (a closed
// vocabulary, the keys of a base document it looks up, constants it is compared with), the scan is a
// disjunction over them: p has the text, and the conditions hold of it. So the tree sees what a residual
// would hide.

import type { StatementIR, TermIR, VarId } from "@writ/checker";
import type { InputPath } from "@writ/evaluator";

/** A scan, and what is asked of each member. */
export interface Scan {
  readonly variable: VarId;
  readonly collection: TermIR;
  readonly path: InputPath;
  /** Statements that mention no other variable. */
  readonly conditions: readonly StatementIR[];
  /** Whether the member is needed for more than the conditions: then the scan stays as well. */
  readonly isNeeded: boolean;
  /** The scan and everything that mentions the member. */
  readonly statements: ReadonlySet<StatementIR>;
}

/** More texts than this, and the scan stays a residual. */
export const MAX_TEXTS = 64;

/** The scan that a statement of a body is, if it is one that may be taken apart. */
export function readScan(
  statement: StatementIR,
  body: readonly StatementIR[],
  head: readonly TermIR[],
  pathOf: (term: TermIR) => InputPath | undefined,
): Scan | undefined {
  if (statement.kind !== "scan" || statement.value.kind !== "var") return undefined;
  if (statement.key !== undefined && !isWildcard(statement.key)) return undefined;
  const variable = statement.value.id;
  const path = pathOf(statement.collection);
  if (path === undefined) return undefined;
  const users = body.filter((each) => each !== statement && variablesIn(each).has(variable));
  // One that comes before binds the variable: then nothing is enumerated.
  if (users.some((each) => body.indexOf(each) < body.indexOf(statement))) return undefined;
  const conditions = users.filter((each) => variablesIn(each).size === 1);
  const isNeeded =
    conditions.length < users.length || head.some((term) => variablesIn(term).has(variable));
  const statements = new Set([statement, ...users]);
  return { variable, collection: statement.collection, path, conditions, isNeeded, statements };
}

/** Every text the member can be for the conditions to hold; undefined when that is not known. */
export function textsOf(
  { variable, collection, conditions }: Scan,
  baseDocument: (parts: readonly TermIR[]) => unknown,
): readonly string[] | undefined {
  const lists = [
    vocabularyOf(collection),
    ...conditions.map((condition) => textsAsked(condition, variable, baseDocument)),
  ].filter((list) => list !== undefined);
  const [shortest] = lists.sort((a, b) => a.length - b.length);
  return shortest === undefined || shortest.length > MAX_TEXTS ? undefined : shortest;
}

function vocabularyOf({ type }: TermIR): readonly string[] | undefined {
  return type.kind === "array" && type.items.kind === "string" ? type.items.values : undefined;
}

function textsAsked(
  condition: StatementIR,
  variable: VarId,
  baseDocument: (parts: readonly TermIR[]) => unknown,
): readonly string[] | undefined {
  if (condition.kind !== "expression" && condition.kind !== "unify") return undefined;
  const lists: (readonly string[])[] = [];
  eachTerm(condition, (term) => {
    if (term.kind !== "ref" || term.root !== "data") return;
    const at = term.parts.findIndex((part) => part.kind === "var" && part.id === variable);
    const document = at < 0 ? undefined : baseDocument(term.parts.slice(0, at));
    if (typeof document === "object" && document !== null && !Array.isArray(document))
      lists.push(Object.keys(document));
  });
  const terms =
    condition.kind === "unify" ? [condition.left, condition.right] : argumentsOf(condition.term);
  const [a, b] = terms;
  if (a?.kind === "var" && a.id === variable && b?.kind === "string") lists.push([b.value]);
  if (b?.kind === "var" && b.id === variable && a?.kind === "string") lists.push([a.value]);
  return lists.sort((x, y) => x.length - y.length)[0];
}

function argumentsOf(term: TermIR): readonly TermIR[] {
  return term.kind === "call" && term.target.kind === "builtin" && term.target.name === "equal"
    ? term.args
    : [];
}

/** The statement with a text in the variable's place. */
export function substitute<T extends StatementIR | TermIR>(
  node: T,
  variable: VarId,
  text: string,
): T {
  const copy = (each: unknown): unknown => {
    if (typeof each !== "object" || each === null) return each;
    if (Array.isArray(each)) return each.map(copy);
    const { kind, id, span } = each as { kind?: unknown; id?: unknown; span?: unknown };
    if (kind === "var" && id === variable)
      return { kind: "string", value: text, type: { kind: "string", values: [text] }, span };
    return Object.fromEntries(
      Object.entries(each).map(([key, value]) => [key, isPlain(key) ? value : copy(value)]),
    );
  };
  return copy(node) as T;
}

function isPlain(key: string): boolean {
  return key === "span" || key === "type";
}

function isWildcard(term: TermIR): boolean {
  return term.kind === "var" && term.wildcard === true;
}

function variablesIn(node: unknown): ReadonlySet<VarId> {
  const found = new Set<VarId>();
  eachNode(node, (each) => {
    const { kind, id, key, value } = each as { [name: string]: unknown };
    if (kind === "var" && typeof id === "number") found.add(id);
    if (kind === "every")
      for (const own of [key, value]) if (typeof own === "number") found.add(own);
  });
  return found;
}

function eachTerm(node: unknown, visit: (term: TermIR) => void): void {
  eachNode(node, (each) => visit(each as TermIR));
}

function eachNode(node: unknown, visit: (node: object) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node)) visit(node);
  for (const [key, value] of Object.entries(node)) if (!isPlain(key)) eachNode(value, visit);
}
