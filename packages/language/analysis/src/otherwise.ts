// What a condition comes to where something is missing that it has another value for: `object.get` with a default,
// a rule with a `default` or a last `else`.

import { constantOf } from "@writ/compiler";
import { compareValues, type InputPath } from "@writ/evaluator";
import { type StatementIR, substitute, type TermIR } from "@writ/ir";

/** The value that a term has where one of the paths is missing. */
export interface OtherValue {
  readonly paths: readonly InputPath[];
  readonly value: unknown;
}

/** Whether a statement holds where one of the paths is missing. */
export interface Otherwise {
  readonly paths: readonly InputPath[];
  readonly holds: boolean;
}

type OtherValueOf = (term: TermIR) => OtherValue | undefined;

/** Undefined for a statement that depends on something else, or has no such value. */
export function otherwiseOf(
  statement: StatementIR,
  otherValueOf: OtherValueOf,
): Otherwise | undefined {
  if (statement.kind === "not") {
    const [only] = statement.body;
    const found = statement.body.length === 1 && only ? otherwiseOf(only, otherValueOf) : undefined;
    return found && { ...found, holds: !found.holds };
  }
  if (statement.kind === "unify") {
    // A name for it: what is asked of the name is asked elsewhere.
    const { left, right } = statement;
    const named = left.kind === "var" ? right : right.kind === "var" ? left : undefined;
    const found = named && otherValueOf(named);
    return found && { paths: found.paths, holds: true };
  }
  return statement.kind === "expression" ? ofTerm(statement.term, otherValueOf) : undefined;
}

function ofTerm(term: TermIR, otherValueOf: OtherValueOf): Otherwise | undefined {
  const own = otherValueOf(term);
  if (own !== undefined) return { paths: own.paths, holds: own.value !== false };
  if (term.kind !== "call" || term.target.kind !== "builtin" || term.args.length !== 2)
    return undefined;
  const [a, b] = term.args as readonly [TermIR, TermIR];
  const asked = COMPARISONS[term.target.name];
  const [left, right] = [otherValueOf(a), otherValueOf(b)];
  if (asked === undefined || (left === undefined) === (right === undefined)) return undefined;
  const [x, y] = [left?.value ?? constantOf(a), right?.value ?? constantOf(b)];
  if (!isScalar(x) || !isScalar(y)) return undefined;
  return { paths: (left ?? right)?.paths ?? [], holds: asked(compareValues(x, y)) };
}

/** Of `object.get(input.a, "b", 1)`. */
export function givenValue(term: TermIR): OtherValue | undefined {
  if (!isObjectGet(term)) return undefined;
  const path = objectGetPath(term.args);
  const [, , otherwise] = term.args;
  const value = otherwise && constantOf(otherwise);
  return path === undefined || value === undefined ? undefined : { paths: [path], value };
}

type Call = Extract<TermIR, { kind: "call" }>;

export function isObjectGet(term: TermIR): term is Call {
  return (
    term.kind === "call" && term.target.kind === "builtin" && term.target.name === "object.get"
  );
}

/** What `object.get(input.a, "b", otherwise)` reads, `input.a.b`, and is defined without. */
export function objectGetPath([from, key]: readonly TermIR[]): InputPath | undefined {
  if (from?.kind !== "ref" || from.root !== "input" || key === undefined) return undefined;
  const keys = key.kind === "array" ? key.items : [key];
  const names = keys.flatMap((each) => (each.kind === "string" ? [each.value] : []));
  return [...constantStart(from), ...names];
}

/** The constant keys that a reference begins with. */
export function constantStart({ parts }: Extract<TermIR, { kind: "ref" }>): readonly string[] {
  const path: string[] = [];
  for (const part of parts) {
    if (part.kind !== "string") break;
    path.push(part.value);
  }
  return path;
}

/** With the terms that have another value in place of their names, which say the same and can be asked. */
export function withoutNames(
  statements: readonly StatementIR[],
  otherValueOf: OtherValueOf,
): readonly StatementIR[] {
  let named = statements;
  for (const statement of statements) {
    if (statement.kind !== "unify") continue;
    const { left, right } = statement;
    const [name, term] = left.kind === "var" ? [left, right] : [right, left];
    if (name.kind !== "var" || otherValueOf(term) === undefined) continue;
    named = named.map((each) => (each === statement ? each : substitute(each, name.id, term)));
  }
  return named;
}

const COMPARISONS: { readonly [name: string]: ((order: number) => boolean) | undefined } = {
  equal: (order) => order === 0,
  neq: (order) => order !== 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

type Scalar = null | boolean | number | string;

function isScalar(value: unknown): value is Scalar {
  return value === null || ["boolean", "number", "string"].includes(typeof value);
}
