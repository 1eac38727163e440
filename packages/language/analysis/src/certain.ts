// Residuals that only make a value: a reason's message of what the input holds. Where nothing in them can
// be undefined or fail, the rule holds by its tests alone.

import { fold, isAlwaysThere } from "@writ/compiler";
import { type Expr, type Scalar, type Shape, type Stmt, shapeAt, type Test } from "@writ/evaluator";
import { alwaysTrue } from "./always-true.ts";
import { formatsAnything } from "./formats.ts";
import type { Part } from "./opaque.ts";

/** Whether a part of a residual has a solution for every input that fits and satisfies the tests. */
export function isCertain(
  { body, value, isNegated }: Part,
  shape: Shape,
  tests: readonly Test[],
): boolean {
  if (isNegated) return false;
  const certainty = new Certainty(shape, tests);
  return (
    body.every((statement, index) => certainty.holds(statement, body.slice(index + 1))) &&
    (value === undefined || certainty.isTotal(value))
  );
}

/** What has a value of any operands, and of any texts. */
const COMPARISONS: ReadonlySet<string> = new Set(["equal", "neq", "lt", "lte", "gt", "gte"]);
const OF_TEXTS: ReadonlySet<string> = new Set([
  "lower",
  "upper",
  "trim_space",
  "startswith",
  "endswith",
  "contains",
]);

class Certainty {
  readonly #shape: Shape;
  readonly #tests: readonly Test[];
  readonly #there: ReadonlySet<string>;
  /** Of a scan: a member that the tests say is there, by slot. */
  readonly #members = new Map<number, Scalar>();

  constructor(shape: Shape, tests: readonly Test[]) {
    this.#shape = shape;
    this.#tests = tests;
    this.#there = new Set(
      tests.flatMap((test) => (test.op === "not" ? [] : [test.path.join("\u0000")])),
    );
  }

  holds(statement: Stmt, after: readonly Stmt[]): boolean {
    switch (statement.op) {
      case "match":
        return (
          (statement.pattern.op === "bind" || statement.pattern.op === "any") &&
          this.isTotal(statement.expr)
        );
      case "scan":
        return this.#findsMember(statement, after);
      case "check":
        return this.#folded(statement.expr) === true || this.#isTrue(statement.expr);
      default:
        return false;
    }
  }

  /** One of the members that a test names is found, and what is asked of it afterwards holds of that one. */
  #findsMember(scan: Extract<Stmt, { op: "scan" }>, after: readonly Stmt[]): boolean {
    const path = readPath(scan.from);
    if (path === undefined || scan.value.op !== "bind" || scan.key.op === "equal") return false;
    const { slot } = scan.value;
    for (const test of this.#tests) {
      if (test.op !== "has" || test.path.join("\u0000") !== path.join("\u0000")) continue;
      this.#members.set(slot, test.value);
      const checks = after.filter((each) => each.op === "check");
      if (checks.every(({ expr }) => this.#folded(expr) !== false)) return true;
    }
    return false;
  }

  /** What a comparison of constants and found members comes to; undefined where it is no such thing. */
  #folded(expr: Expr): boolean | undefined {
    if (expr.op !== "call") return undefined;
    const [a, b] = expr.args.map((each) => this.#scalar(each));
    return fold(expr.name, a, b);
  }

  /** Conditions that hold of whatever they can be asked of. */
  #isTrue(expr: Expr): boolean {
    if (expr.op === "input") return this.#shape.kind === "object";
    if (expr.op !== "call" || !expr.args.every((each) => this.isTotal(each))) return false;
    const kinds = expr.args.map((each) => {
      const path = readPath(each);
      return path === undefined ? undefined : shapeAt(this.#shape, path)?.kind;
    });
    return alwaysTrue(expr, kinds, this.#counted(expr.args));
  }

  /** Which operand is the number of members of something, if one is. */
  #counted(args: readonly Expr[]): number {
    return args.findIndex((each) => each.op === "call" && this.#isCount(each));
  }

  #scalar(expr: Expr): Scalar | undefined {
    if (expr.op === "slot") return this.#members.get(expr.slot);
    const isScalar = expr.op === "const" && (expr.value === null || typeof expr.value !== "object");
    return isScalar ? (expr.value as Scalar) : undefined;
  }

  isTotal(expr: Expr): boolean {
    const all = (list: readonly Expr[]): boolean => list.every((each) => this.isTotal(each));
    switch (expr.op) {
      case "const":
      case "slot":
      case "input":
        return true;
      case "template":
        // An undefined part is printed; one that enumerates may fail.
        return expr.parts.every((part) => typeof part === "string" || isPlain(part));
      case "array":
      case "set":
        return all(expr.items);
      case "object":
        return expr.entries.every(([key, value]) => key.op === "const" && all([value]));
      case "call":
        return this.#isTotalCall(expr) && all(expr.args);
      case "get":
        return this.#isThere(expr);
      default:
        return false;
    }
  }

  #isTotalCall(expr: Extract<Expr, { op: "call" }>): boolean {
    if (isFormat(expr) || this.#isCount(expr) || COMPARISONS.has(expr.name)) return true;
    return OF_TEXTS.has(expr.name) && expr.args.every((each) => this.#isText(each));
  }

  #isText(expr: Expr): boolean {
    if (expr.op === "const") return typeof expr.value === "string";
    const path = readPath(expr);
    return path !== undefined && shapeAt(this.#shape, path)?.kind === "string";
  }

  /** The number of members of a list that is there. */
  #isCount({ name, args: [list] }: Extract<Expr, { op: "call" }>): boolean {
    const path = list === undefined ? undefined : readPath(list);
    return name === "count" && path !== undefined && shapeAt(this.#shape, path)?.kind === "array";
  }

  /** A path that every input that fits has, or that a test says is there. */
  #isThere(expr: Expr): boolean {
    const path = readPath(expr);
    if (path === undefined) return false;
    return this.#there.has(path.join("\u0000")) || isAlwaysThere(this.#shape, path);
  }
}

/** Formats anything that is not longer than a text may be: only its own two arguments must be there, a text and a list. */
function isFormat({ name, args: [format, list] }: Extract<Expr, { op: "call" }>): boolean {
  if (name !== "sprintf" || format?.op !== "const" || typeof format.value !== "string")
    return false;
  return formatsAnything(format.value) && (list?.op === "array" || list?.op === "const");
}

function isPlain(expr: Expr): boolean {
  return expr.op === "const" || expr.op === "slot" || readPath(expr) !== undefined;
}

function readPath(expr: Expr): readonly string[] | undefined {
  if (expr.op === "input") return [];
  if (expr.op !== "get" || expr.key.op !== "const" || typeof expr.key.value !== "string")
    return undefined;
  const before = readPath(expr.from);
  return before === undefined ? undefined : [...before, expr.key.value];
}
