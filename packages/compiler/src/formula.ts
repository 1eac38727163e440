// What a decision rule's body asks of the input, as far as tests can say it. Each statement becomes a
// formula over tests; a statement that no test expresses stays with the residual. Rules that are nothing
// but tests are inlined where they are referred to, so that a helper rule costs nothing.

import type { Program, RuleIR, StatementIR, TermIR } from "@writ/checker";
import type { InputPath, PathTest, Scalar, Test } from "@writ/evaluator";
import { constantOf } from "./lower.ts";

/** A disjunction of conjunctions of tests. [] is false, [[]] is true. */
export type Dnf = readonly (readonly Test[])[];

/** More alternatives than this in one rule, and the statement that makes them stays a residual. */
const MAX_ALTERNATIVES = 24;

export class Formulas {
  readonly #rules = new Map<string, RuleIR[]>();
  readonly #data: unknown;
  readonly #known = new Map<string, Dnf | undefined>();

  constructor(program: Program, data: unknown) {
    this.#data = data;
    for (const rule of program.rules) {
      const key = rule.path.join("\u0000");
      this.#rules.set(key, [...(this.#rules.get(key) ?? []), rule]);
    }
  }

  /** Splits a body into what tests express and what they do not, keeping the order of the rest. */
  split(body: readonly StatementIR[]): {
    readonly tests: Dnf;
    readonly rest: readonly StatementIR[];
  } {
    let tests: Dnf = [[]];
    const rest: StatementIR[] = [];
    for (const statement of body) {
      const formula = this.statement(statement);
      const both = formula === undefined ? undefined : conjoin(tests, formula);
      if (both === undefined) rest.push(statement);
      else tests = both;
    }
    return { tests, rest };
  }

  /** The tests a statement is, or undefined when tests cannot say it. */
  statement(statement: StatementIR): Dnf | undefined {
    switch (statement.kind) {
      case "expression":
        return this.#term(statement.term);
      case "unify":
        return this.#equality(statement.left, statement.right, "eq");
      case "not": {
        const { tests, rest } = this.split(statement.body);
        return rest.length > 0 ? undefined : negate(tests);
      }
      default:
        return undefined;
    }
  }

  #term(term: TermIR): Dnf | undefined {
    if (term.kind === "boolean") return term.value ? [[]] : [];
    if (term.kind === "ref" && term.root === "data") return this.#ruleReference(term);
    if (term.kind === "call" && term.target.kind === "builtin") {
      return this.#call(term.target.name, term.args);
    }
    const path = inputPath(term);
    return path === undefined ? undefined : one({ op: "truthy", path });
  }

  #call(name: string, args: readonly TermIR[]): Dnf | undefined {
    const [a, b] = args;
    if (a === undefined || b === undefined || args.length !== 2) return undefined;
    if (name === "equal") return this.#equality(a, b, "eq");
    if (name === "neq") return this.#equality(a, b, "ne");
    if (name === "internal.member_2") return this.#membership(a, b);
    const order = ORDERS[name];
    if (order !== undefined) {
      return this.#comparison(order.op, a, b) ?? this.#comparison(order.flipped, b, a);
    }
    const affix = AFFIXES[name];
    const path = inputPath(a);
    // Of anything but strings these built-ins are errors, which a test would not be.
    if (affix === undefined || path === undefined || a.type.kind !== "string") return undefined;
    return b.kind === "string" ? one({ op: affix, path, value: b.value }) : undefined;
  }

  #equality(a: TermIR, b: TermIR, op: "eq" | "ne"): Dnf | undefined {
    const solutions = op === "eq" ? (this.#noSolution(a, b) ?? this.#noSolution(b, a)) : undefined;
    if (solutions !== undefined) return solutions;
    const element = op === "eq" ? (elementOf(a, b) ?? elementOf(b, a)) : undefined;
    return (
      element ?? presence(op, a, b) ?? this.#comparison(op, a, b) ?? this.#comparison(op, b, a)
    );
  }

  #comparison(op: OrderOp | "eq" | "ne", at: TermIR, constant: TermIR): Dnf | undefined {
    const path = inputPath(at);
    const value = scalarOf(constant) ?? this.#baseScalar(constant);
    return path === undefined || value === undefined ? undefined : one({ op, path, value });
  }

  #baseScalar(term: TermIR): Scalar | undefined {
    if (term.kind !== "ref" || term.root !== "data") return undefined;
    const document = this.#baseDocument(term.parts);
    return isScalar(document) ? document : undefined;
  }

  /** `[true | body] == []`: the body has no solution. */
  #noSolution(comprehension: TermIR, empty: TermIR): Dnf | undefined {
    if (comprehension.kind !== "comprehension" || comprehension.form !== "array") return undefined;
    if (empty.kind !== "array" || empty.items.length > 0) return undefined;
    if (constantOf(comprehension.value) === undefined) return undefined;
    const { tests, rest } = this.split(comprehension.body);
    return rest.length > 0 ? undefined : negate(tests);
  }

  /** `"x" in input.p` and `input.p in ["x", "y"]` (also of a constant base document). */
  #membership(item: TermIR, collection: TermIR): Dnf | undefined {
    const value = scalarOf(item);
    const collectionPath = inputPath(collection);
    if (value !== undefined && collectionPath !== undefined) {
      return one({ op: "has", path: collectionPath, value });
    }
    const path = inputPath(item);
    const values = this.#scalars(collection);
    if (path === undefined || values === undefined) return undefined;
    return one({ op: "one-of", path, values });
  }

  #scalars(collection: TermIR): readonly Scalar[] | undefined {
    if (collection.kind === "array" || collection.kind === "set") {
      const values = collection.items.map(scalarOf);
      return values.includes(undefined) ? undefined : (values as Scalar[]);
    }
    const document =
      collection.kind === "ref" && collection.root === "data"
        ? this.#baseDocument(collection.parts)
        : undefined;
    return Array.isArray(document) && document.every(isScalar) ? document : undefined;
  }

  /** A base document no rule has a part in: constant for the life of a bundle. */
  #baseDocument(parts: readonly TermIR[]): unknown {
    let at: unknown = this.#data;
    const path: string[] = [];
    for (const part of parts) {
      if (part.kind !== "string") return undefined;
      path.push(part.value);
      if (this.#rules.has(path.join("\u0000"))) return undefined;
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, part.value)) return undefined;
      at = (at as { readonly [key: string]: unknown })[part.value];
    }
    return at;
  }

  #ruleReference(term: Extract<TermIR, { kind: "ref" }>): Dnf | undefined {
    if (term.parts.some((part) => part.kind !== "string")) return undefined;
    const key = term.parts.map((part) => (part.kind === "string" ? part.value : "")).join("\u0000");
    if (!this.#known.has(key)) this.#known.set(key, this.#rule(this.#rules.get(key)));
    return this.#known.get(key);
  }

  /** A rule whose every clause is `true` by tests alone. Recursion was ruled out by the checker. */
  #rule(clauses: readonly RuleIR[] | undefined): Dnf | undefined {
    if (clauses === undefined) return undefined;
    let any: Dnf = [];
    for (const clause of clauses) {
      const isTruth = clause.value.kind === "boolean" && clause.value.value !== clause.isDefault;
      if (clause.kind !== "complete" || !isTruth || clause.elses.length > 0) return undefined;
      if (clause.isDefault) continue;
      const { tests, rest } = this.split(clause.body);
      if (rest.length > 0 || any.length + tests.length > MAX_ALTERNATIVES) return undefined;
      any = [...any, ...tests];
    }
    return any;
  }
}

const ORDERS: {
  readonly [name: string]: { readonly op: OrderOp; readonly flipped: OrderOp } | undefined;
} = {
  lt: { op: "lt", flipped: "gt" },
  lte: { op: "lte", flipped: "gte" },
  gt: { op: "gt", flipped: "lt" },
  gte: { op: "gte", flipped: "lte" },
};
type OrderOp = "lt" | "lte" | "gt" | "gte";

const AFFIXES: { readonly [name: string]: "prefix" | "suffix" | undefined } = {
  startswith: "prefix",
  endswith: "suffix",
};

function one(test: Test): Dnf {
  return [[test]];
}

/** `input.p == input.p`: it is there. */
function presence(op: OrderOp | "eq" | "ne", a: TermIR, b: TermIR): Dnf | undefined {
  const path = inputPath(a);
  const other = inputPath(b);
  const isSame = path !== undefined && path.join("\u0000") === other?.join("\u0000");
  return op === "eq" && isSame ? one({ op: "defined", path }) : undefined;
}

/** `input.p[_] == "x"`: some element equals. */
function elementOf(at: TermIR, constant: TermIR): Dnf | undefined {
  if (at.kind !== "ref" || at.root !== "input") return undefined;
  const last = at.parts.at(-1);
  const value = scalarOf(constant);
  if (last?.kind !== "var" || last.wildcard !== true || value === undefined) return undefined;
  const path = inputPath({ ...at, parts: at.parts.slice(0, -1) });
  return path === undefined ? undefined : one({ op: "has", path, value });
}

/** The constant path a term reads from the input, the input itself excepted. */
export function inputPath(term: TermIR): InputPath | undefined {
  if (term.kind !== "ref" || term.root !== "input" || term.parts.length === 0) return undefined;
  const path: string[] = [];
  for (const part of term.parts) {
    if (part.kind !== "string") return undefined;
    path.push(part.value);
  }
  return path;
}

function scalarOf(term: TermIR): Scalar | undefined {
  const constant = constantOf(term);
  return isScalar(constant) ? constant : undefined;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["boolean", "number", "string"].includes(typeof value);
}

/** Undefined when there would be too many alternatives. */
function conjoin(a: Dnf, b: Dnf): Dnf | undefined {
  if (a.length * b.length > MAX_ALTERNATIVES) return undefined;
  return a.flatMap((left) => b.map((right) => [...left, ...right]));
}

function negate(formula: Dnf): Dnf | undefined {
  let all: Dnf | undefined = [[]];
  for (const conjunction of formula) {
    const any: Dnf = conjunction.map((test) => [test.op === "not" ? test.test : not(test)]);
    all = all === undefined ? undefined : conjoin(all, any);
  }
  return all;
}

function not(test: PathTest): Test {
  return { op: "not", test };
}
