// Names for constants and for paths of the input, replaced by what they stand for: `limit := 4096`, as a rule
// or in a body, and `user := input.identity`. So the tree sees tests where a residual would hide them.

import {
  eachNode,
  inputPath,
  isThere,
  type RuleIR,
  replaceTerms,
  type StatementIR,
  substitute,
  type TermIR,
  type VarId,
  variablesIn,
} from "@writ/ir";
import { constantOf } from "./lower.ts";

/** The rules of a path. */
export type RulesAt = (path: readonly string[]) => readonly RuleIR[] | undefined;

/** A body with its heads. */
export interface Part {
  readonly body: readonly StatementIR[];
  /** The terms that the variables of the body are used in besides. */
  readonly heads: readonly TermIR[];
}

/** What a rule says, without names. */
export function inlineNames({ body, heads }: Part, rulesAt: RulesAt): Part {
  const constants = <T extends StatementIR | TermIR>(each: T): T =>
    replaceTerms(each, (term) => constantAt(term, rulesAt), isWith);
  let part: Part = { body: body.map(constants), heads: heads.map(constants) };
  for (let at = 0; at < part.body.length; ) {
    const local = localOf(part.body[at] as StatementIR);
    if (local === undefined || isKnown(part, at, local) || isOfAnotherInput(part, local)) at += 1;
    else part = withoutName(part, at, local);
  }
  return part;
}

/** Whether a statement before it has the name. */
function isKnown({ body }: Part, at: number, { id }: Local): boolean {
  return body.slice(0, at).some((each) => variablesIn(each).has(id));
}

interface Local {
  readonly id: VarId;
  readonly value: TermIR;
}

/** `x := 1`, `x := input.p`: where no earlier statement bound the name, which makes it a comparison. */
function localOf(statement: StatementIR): Local | undefined {
  if (statement.kind !== "unify") return undefined;
  const { left, right } = statement;
  for (const [name, value] of [
    [left, right],
    [right, left],
  ] as const) {
    if (name.kind !== "var" || name.wildcard === true) continue;
    if (constantOf(value) !== undefined || isOfInput(value)) return { id: name.id, value };
  }
  return undefined;
}

/** The input, or a path of it. */
function isOfInput(value: TermIR): boolean {
  const isWhole = value.kind === "ref" && value.root === "input" && value.parts.length === 0;
  return isWhole || inputPath(value) !== undefined;
}

/** What is read inside a `with` may be a path of another input. */
function isOfAnotherInput({ body, heads }: Part, { id, value }: Local): boolean {
  let isFound = false;
  eachNode([body, heads], (node) => {
    isFound ||= isWith(node) && variablesIn(node).has(id);
  });
  return isFound && value.kind === "ref";
}

function withoutName({ body, heads }: Part, at: number, { id, value }: Local): Part {
  const others = body.flatMap((statement, index) =>
    index === at ? presenceOf(value) : [substitute(statement, id, value)],
  );
  return { body: others, heads: heads.map((head) => substitute(head, id, value)) };
}

/** A path that has a name must be there. */
function presenceOf(value: TermIR): readonly StatementIR[] {
  return value.kind === "ref" && value.parts.length > 0 ? [isThere(value)] : [];
}

/** The one constant that a rule is, and what a reference looks up in it. */
export function constantRule(
  reference: TermIR,
  rulesAt: RulesAt,
): { readonly value: TermIR; readonly parts: readonly TermIR[] } | undefined {
  if (reference.kind !== "ref" || reference.root !== "data") return undefined;
  const path: string[] = [];
  for (const part of reference.parts) {
    if (part.kind !== "string") return undefined;
    path.push(part.value);
    const [rule, ...others] = rulesAt(path) ?? [];
    if (rule === undefined) continue;
    const { kind, params, body, elses, value } = rule;
    const isOne = kind === "complete" && others.length === 0 && params.length === 0;
    const isConstant = body.length === 0 && elses.length === 0 && constantOf(value) !== undefined;
    return isOne && isConstant ? { value, parts: reference.parts.slice(path.length) } : undefined;
  }
  return undefined;
}

function constantAt(reference: TermIR, rulesAt: RulesAt): TermIR | undefined {
  const found = constantRule(reference, rulesAt);
  return found === undefined ? undefined : memberOf(found.value, found.parts);
}

function memberOf(value: TermIR, [part, ...rest]: readonly TermIR[]): TermIR | undefined {
  if (part === undefined) return value;
  if (part.kind !== "string" || value.kind !== "object") return undefined;
  const entry = value.entries.find(([key]) => key.kind === "string" && key.value === part.value);
  return entry === undefined ? undefined : memberOf(entry[1], rest);
}

function isWith(node: object): boolean {
  return "kind" in node && node.kind === "with";
}
