// Terms of the IR: read, found, and put in place of others.

import type { StatementIR, TermIR, VarId } from "./ir.ts";

/** The constant path a term reads from the input, the input itself excepted. */
export function inputPath(term: TermIR): readonly string[] | undefined {
  if (term.kind !== "ref" || term.root !== "input" || term.parts.length === 0) return undefined;
  const path: string[] = [];
  for (const part of term.parts) {
    if (part.kind !== "string") return undefined;
    path.push(part.value);
  }
  return path;
}

/** Whether a term is a `_`. */
export function isWildcard(term: TermIR): boolean {
  return term.kind === "var" && term.wildcard === true;
}

type Node = StatementIR | TermIR;

/** A copy with other terms in place of some; `isLeft`: a part that stays as it is. What is the same is the same object. */
export function replaceTerms<T extends Node>(
  node: T,
  replacement: (term: TermIR) => TermIR | undefined,
  isLeft: (node: Node) => boolean = () => false,
): T {
  const copy = (each: unknown): unknown => {
    if (typeof each !== "object" || each === null) return each;
    if (Array.isArray(each)) {
      const items = each.map(copy);
      return items.every((item, index) => item === each[index]) ? each : items;
    }
    if (isLeft(each as Node)) return each;
    const found = isTerm(each) ? replacement(each) : undefined;
    if (found !== undefined) return { ...found, span: (each as Node).span };
    return withMembers(each as Members, copy);
  };
  return copy(node) as T;
}

function withMembers(members: Members, copy: (each: unknown) => unknown): Members {
  let changed: { [key: string]: unknown } | undefined;
  for (const key in members) {
    const copied = isPlain(key) ? members[key] : copy(members[key]);
    if (copied === members[key]) continue;
    changed ??= { ...members };
    changed[key] = copied;
  }
  return changed ?? members;
}

/** A part of the IR, whose members have names of our own. */
interface Members {
  readonly [key: string]: unknown;
}

/** A copy with a term in the place of a variable. What is looked up in a reference is looked up at its end. */
export function substitute<T extends Node>(node: T, variable: VarId, value: TermIR): T {
  const isMeant = (term: TermIR | string): boolean =>
    typeof term !== "string" && term.kind === "var" && term.id === variable;
  const replacement = (term: TermIR): TermIR | undefined => {
    if (isMeant(term)) return value;
    if (term.kind !== "ref" || value.kind !== "ref" || !isMeant(term.root)) return undefined;
    const parts = term.parts.map((part) => replaceTerms(part, replacement));
    return { ...term, root: value.root, parts: [...value.parts, ...parts] };
  };
  return replaceTerms(node, replacement);
}

/** The variables in a part of the IR. */
export function variablesIn(node: unknown): ReadonlySet<VarId> {
  const found = new Set<VarId>();
  eachNode(node, (each) => {
    const { kind, id, key, value } = each as { [name: string]: unknown };
    if (kind === "var" && typeof id === "number") found.add(id);
    if (kind === "every")
      for (const own of [key, value]) if (typeof own === "number") found.add(own);
  });
  return found;
}

/** Every statement and term in a part of the IR, and whatever else is an object there. */
export function eachNode(node: unknown, visit: (node: object) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const each of node) eachNode(each, visit);
    return;
  }
  visit(node);
  const members = node as Members;
  for (const key in members) if (!isPlain(key)) eachNode(members[key], visit);
}

/** The terms without a value of which a term has none, itself first: not what is collected or printed. */
export function strictTerms(term: TermIR): readonly TermIR[] {
  switch (term.kind) {
    case "call":
      return [term, ...term.args.flatMap(strictTerms)];
    case "array":
    case "set":
      return [term, ...term.items.flatMap(strictTerms)];
    case "object":
      return [term, ...term.entries.flat().flatMap(strictTerms)];
    case "ref":
      return [term, ...term.parts.flatMap(strictTerms)];
    default:
      return [term];
  }
}

function isTerm(node: object): node is TermIR {
  return "type" in node && "kind" in node;
}

function isPlain(key: string): boolean {
  return key === "span" || key === "type";
}

/** Whether a statement has neither variables nor rules in it; most have not, which is soon seen. */
export function isNameless(statement: StatementIR): boolean {
  if (statement.kind === "expression") return isNamelessTerm(statement.term);
  return statement.kind === "not" && statement.body.every(isNameless);
}

/** Whether no variable, rule or document is in a term. */
export function isNamelessTerm(term: TermIR): boolean {
  switch (term.kind) {
    case "null":
    case "boolean":
    case "number":
    case "string":
      return true;
    case "ref":
      return term.root === "input" && term.parts.every(isNamelessTerm);
    case "call":
      return term.args.every(isNamelessTerm);
    case "array":
    case "set":
      return term.items.every(isNamelessTerm);
    default:
      return false;
  }
}
