// A residual without the variables that only name a value: `n := count(x); n > 1` asks what `count(x) > 1`
// asks. What stands for a value is put where the variable was; that there is a value is still asked.

import type { Expr, Residual, Stmt } from "@writ/evaluator";

/** Larger expressions keep their variable: put in several places they could grow without bound. */
const MAX_SIZE = 200;

type Rest = Pick<Residual, "body" | "value">;

export function withoutNames({ body, value }: Rest): Rest {
  let rest: readonly Stmt[] = body;
  let given = value;
  const done: Stmt[] = [];
  for (let statement = rest[0]; statement !== undefined; statement = rest[0]) {
    rest = rest.slice(1);
    const named = nameOf(statement);
    // What a `with` replaces, the value was computed without.
    if (named === undefined || rest.some((each) => hasWith(each) && mentions(each, named.slot))) {
      done.push(statement);
      continue;
    }
    const { slot, expr, source } = named;
    const isAsked = rest.some((each) => needs(each, slot));
    if (!isAsked) done.push({ op: "match", expr, pattern: { op: "any" }, source });
    rest = rest.map((each) => replaced(each, slot, expr) as Stmt);
    if (given !== undefined) given = replaced(given, slot, expr) as Expr;
  }
  return { body: done, ...(given === undefined ? {} : { value: given }) };
}

function nameOf(statement: Stmt): { slot: number; expr: Expr; source: Stmt["source"] } | undefined {
  if (statement.op !== "match" || statement.pattern.op !== "bind") return undefined;
  const { expr, pattern, source } = statement;
  return sizeOf(expr) > MAX_SIZE ? undefined : { slot: pattern.slot, expr, source };
}

/** Whether a statement has no solution where the variable has no value. */
function needs(statement: Stmt, slot: number): boolean {
  switch (statement.op) {
    case "check":
    case "match":
      return isStrictIn(statement.expr, slot);
    case "scan":
      return isStrictIn(statement.from, slot);
    default:
      return false;
  }
}

function isStrictIn(expr: Expr, slot: number): boolean {
  switch (expr.op) {
    case "slot":
      return expr.slot === slot;
    case "get":
      return isStrictIn(expr.from, slot) || isStrictIn(expr.key, slot);
    case "call":
    case "apply":
      return expr.args.some((each) => isStrictIn(each, slot));
    case "array":
    case "set":
      return expr.items.some((each) => isStrictIn(each, slot));
    default:
      return false;
  }
}

/** A variable is bound once, so wherever it stands it is this one. */
function replaced(node: unknown, slot: number, by: Expr): unknown {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map((each) => replaced(each, slot, by));
  const { op, slot: own } = node as { readonly op?: unknown; readonly slot?: unknown };
  if (op === "slot" && own === slot) return by;
  if (op === "const") return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, replaced(child, slot, by)]),
  );
}

function mentions(node: unknown, slot: number): boolean {
  return some(node, (each) => each["op"] === "slot" && each["slot"] === slot);
}

function hasWith(node: unknown): boolean {
  return some(node, (each) => each["op"] === "with");
}

function sizeOf(node: unknown): number {
  let size = 0;
  some(node, () => {
    size += 1;
    return size > MAX_SIZE;
  });
  return size;
}

interface PlanNode {
  readonly [key: string]: unknown;
}

/** Whether some part of a plan is so. */
function some(node: unknown, isMeant: (node: PlanNode) => boolean): boolean {
  if (typeof node !== "object" || node === null) return false;
  if (!Array.isArray(node) && isMeant(node as PlanNode)) return true;
  const isConstant = (node as PlanNode)["op"] === "const";
  return !isConstant && Object.values(node).some((each) => some(each, isMeant));
}
