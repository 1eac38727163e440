// `some x in input.p` with conditions on x alone: when x can only be one of a few known values (a closed
// vocabulary, the keys of a base document it looks up, constants it is compared with), the scan is a
// disjunction over them: p has the value, and the conditions hold of it. So is one over constants. The tree
// sees what a residual would hide.

import { type InputPath, type Shape, shapeAt } from "@writ/evaluator";
import {
  eachNode,
  inputPath,
  isWildcard,
  type StatementIR,
  strictTerms,
  type TermIR,
  type VarId,
  variablesIn,
} from "@writ/ir";
import { constantOf } from "./lower.ts";

/** A scan, and what is asked of each member. */
export interface Scan {
  readonly variable: VarId;
  readonly collection: TermIR;
  /** Undefined for a collection of constants. */
  readonly path?: InputPath;
  /** What the input's schema says of each member. */
  readonly members?: Shape;
  /** Statements that mention no other variable. */
  readonly conditions: readonly StatementIR[];
  /** Whether the member is needed for more than the conditions: then the scan stays as well. */
  readonly isNeeded: boolean;
  /** The scan and everything that mentions the member. */
  readonly statements: ReadonlySet<StatementIR>;
}

/** More values than this, and the scan stays a residual. */
const MAX_VALUES = 64;

/** The scan that a statement of a body is, if it is one that may be taken apart. */
export function readScan(
  statement: StatementIR,
  body: readonly StatementIR[],
  head: readonly TermIR[],
  shape: Shape,
): Scan | undefined {
  if (statement.kind !== "scan" || statement.value.kind !== "var") return undefined;
  if (statement.key !== undefined && !isWildcard(statement.key)) return undefined;
  const variable = statement.value.id;
  const { collection } = statement;
  const path = inputPath(collection);
  if (path === undefined && itemsOf(collection) === undefined) return undefined;
  const users = body.filter((each) => each !== statement && variablesIn(each).has(variable));
  // One that comes before binds the variable: then nothing is enumerated.
  if (users.some((each) => body.indexOf(each) < body.indexOf(statement))) return undefined;
  const conditions = users.filter((each) => variablesIn(each).size === 1);
  const isNeeded =
    conditions.length < users.length || head.some((term) => variablesIn(term).has(variable));
  const statements = new Set([statement, ...users]);
  const scan = { variable, collection, conditions, isNeeded, statements };
  if (path === undefined) return scan;
  const at = shapeAt(shape, path);
  return { ...scan, path, ...(at?.kind === "array" ? { members: at.items } : {}) };
}

/** Every value the member can be for the conditions to hold; undefined when that is not known. */
export function memberValues(
  { variable, collection, conditions, members }: Scan,
  baseDocument: (parts: readonly TermIR[]) => unknown,
): readonly TermIR[] | undefined {
  const lists = [
    itemsOf(collection),
    members?.kind === "string"
      ? members.values?.map((text) => textTerm(text, collection))
      : undefined,
    ...conditions.map((condition) => valuesAsked(condition, variable, baseDocument)),
  ].filter((list) => list !== undefined);
  const [shortest] = lists.sort((a, b) => a.length - b.length);
  return shortest === undefined || shortest.length > MAX_VALUES ? undefined : shortest;
}

function textTerm(value: string, { span }: TermIR): TermIR {
  return { kind: "string", value, type: { kind: "string", values: [value] }, span };
}

/** The members of a collection that is written out, each a constant, once. */
function itemsOf(term: TermIR): readonly TermIR[] | undefined {
  if (term.kind !== "array" && term.kind !== "set") return undefined;
  if (!term.items.every(isScalar)) return undefined;
  return [...new Map(term.items.map((item) => [JSON.stringify(constantOf(item)), item])).values()];
}

function isScalar({ kind }: TermIR): boolean {
  return kind === "null" || kind === "boolean" || kind === "number" || kind === "string";
}

/** Functions that fail for no value: what a member that is ruled out would have made fail counts for nothing. */
const TOTAL: ReadonlySet<string> = new Set([
  "equal",
  "neq",
  "lt",
  "lte",
  "gt",
  "gte",
  "internal.member_2",
  "internal.member_3",
]);
/** Nor these for texts. */
const TOTAL_FOR_TEXTS: ReadonlySet<string> = new Set(["startswith", "endswith", "contains"]);

/** Whether no condition fails, whatever the members are: an error of any of them denies. */
export function cannotFail({ conditions, members }: Scan): boolean {
  let isTotal = true;
  eachNode(conditions, (node) => {
    const { kind, target } = node as TermIR & { readonly kind: "call" };
    if (kind !== "call") return;
    const name = target.kind === "builtin" ? target.name : "";
    isTotal &&= TOTAL.has(name) || (members?.kind === "string" && TOTAL_FOR_TEXTS.has(name));
  });
  return isTotal;
}

function valuesAsked(
  condition: StatementIR,
  variable: VarId,
  baseDocument: (parts: readonly TermIR[]) => unknown,
): readonly TermIR[] | undefined {
  const isMember = (term: TermIR | undefined): boolean =>
    term?.kind === "var" && term.id === variable;
  if (condition.kind === "scan")
    return isMember(condition.value) ? itemsOf(condition.collection) : undefined;
  if (condition.kind !== "expression" && condition.kind !== "unify") return undefined;
  const sides = condition.kind === "unify" ? [condition.left, condition.right] : [condition.term];
  const lists = sides.flatMap(strictTerms).flatMap((term) => {
    const keys = keysLookedUp(term, variable, baseDocument);
    return keys === undefined ? [] : [keys];
  });
  const [name, a, b] =
    condition.kind === "unify"
      ? ["equal", condition.left, condition.right]
      : argumentsOf(condition.term);
  if (name === "equal" && isMember(a) && b !== undefined && isScalar(b)) lists.push([b]);
  if (name === "equal" && isMember(b) && a !== undefined && isScalar(a)) lists.push([a]);
  const items = name === "internal.member_2" && isMember(a) && b ? itemsOf(b) : undefined;
  if (items !== undefined) lists.push(items);
  return lists.sort((x, y) => x.length - y.length)[0];
}

/** Of a constant that is looked into under the variable's name. */
function keysLookedUp(
  term: TermIR,
  variable: VarId,
  baseDocument: (parts: readonly TermIR[]) => unknown,
): readonly TermIR[] | undefined {
  if (term.kind !== "ref" || term.root !== "data") return undefined;
  const at = term.parts.findIndex((part) => part.kind === "var" && part.id === variable);
  const document = at < 0 ? undefined : baseDocument(term.parts.slice(0, at));
  return typeof document === "object" && document !== null && !Array.isArray(document)
    ? Object.keys(document).map((key) => textTerm(key, term))
    : undefined;
}

function argumentsOf(
  term: TermIR,
): readonly [name?: string, a?: TermIR | undefined, b?: TermIR | undefined] {
  if (term.kind !== "call" || term.target.kind !== "builtin") return [];
  const [a, b] = term.args;
  return [term.target.name, a, b];
}
