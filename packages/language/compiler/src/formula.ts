// What a decision rule's body asks of the input, as far as tests can say it. Each statement becomes a
// formula over tests; a statement that no test expresses stays with the residual. Rules that are nothing
// but tests are inlined where they are referred to, so that a helper rule costs nothing.

import { type InputPath, type Shape, shapeAt } from "@writ/evaluator";
import {
  isNameless,
  isNamelessTerm,
  isWildcard,
  type Program,
  type RuleIR,
  type StatementIR,
  substitute,
  type TermIR,
} from "@writ/ir";
import { asScans } from "./as-scans.ts";
import { BaseDocuments, scalarOf } from "./base-documents.ts";
import { conjoin, type Dnf, MAX_ALTERNATIVES, negate, one } from "./dnf.ts";
import { cannotFail, memberValues, readScan, type Scan } from "./expand-scan.ts";
import { fold } from "./fold.ts";
import { inlineNames } from "./inline-names.ts";
import { constantOf } from "./lower.ts";
import { isAlwaysThere } from "./shape.ts";
import { TestTable } from "./test-table.ts";

interface Split {
  readonly tests: Dnf;
  readonly rest: readonly StatementIR[];
}

interface SplitRule extends Split {
  /** What the rule gives, without names. */
  readonly element: TermIR;
}

const untested = new WeakMap<Program, Program>();

/** A program as a bundle carries it; the same object each time. */
export function withoutTests(program: Program): Program {
  let kept = untested.get(program);
  if (kept === undefined) {
    const rules = program.rules.filter(({ isTest }) => !isTest);
    kept = rules.length === program.rules.length ? program : { ...program, rules };
    untested.set(program, kept);
  }
  return kept;
}

const known = new WeakMap<Program, Formulas>();

/** What is looked into before a program is compiled asks the same as compiling it. */
export function formulasOf(program: Program, data: unknown, shape: Shape): Formulas {
  let formulas = known.get(program);
  if (formulas?.isOf(data, shape) !== true) {
    formulas = new Formulas(program, data, shape);
    known.set(program, formulas);
  }
  return formulas;
}

/** What the rules of a program ask of the input, as far as tests say it. Each rule is taken apart once. */
export class Formulas {
  readonly #rules = new Map<string, RuleIR[]>();
  readonly #data: unknown;
  readonly #documents: BaseDocuments;
  readonly #shape: Shape;
  readonly #known = new Map<string, Dnf | undefined>();
  readonly #tests = new TestTable();
  readonly #splits = new WeakMap<RuleIR, SplitRule>();

  constructor(program: Program, data: unknown, shape: Shape) {
    this.#data = data;
    this.#shape = shape;
    for (const rule of program.rules) {
      const key = rule.path.join("\u0000");
      const list = this.#rules.get(key);
      if (list === undefined) this.#rules.set(key, [rule]);
      else list.push(rule);
    }
    this.#documents = new BaseDocuments(
      data,
      program.rules.map(({ path }) => path),
    );
  }

  /** Whether this is about these documents and this input. */
  isOf(data: unknown, shape: Shape): boolean {
    return this.#data === data && this.#shape === shape;
  }

  /** What a rule says, without names for constants and paths. */
  splitRule(rule: RuleIR): SplitRule {
    let split = this.#splits.get(rule);
    if (split === undefined) {
      split = this.#split(rule.body, rule.element ?? rule.value);
      this.#splits.set(rule, split);
    }
    return split;
  }

  #split(body: readonly StatementIR[], element: TermIR): SplitRule {
    if (body.every(isNameless) && isNamelessTerm(element)) return { ...this.split(body), element };
    const rulesAt = (path: readonly string[]) => this.#rules.get(path.join("\u0000"));
    const named = asScans(inlineNames({ body, heads: [element] }, rulesAt), rulesAt);
    const [head] = named.heads as readonly [TermIR];
    return { ...this.split(named.body, [head]), element: head };
  }

  /**
   * Splits a body into what tests express and what they do not, keeping the order of the rest. `head`: the
   * terms the body's variables are used in besides.
   */
  split(body: readonly StatementIR[], head: readonly TermIR[] = []): Split {
    let tests: Dnf = [[]];
    const rest: StatementIR[] = [];
    const said: StatementIR[] = [];
    for (const statement of body) {
      if (said.includes(statement)) continue;
      const scan = readScan(statement, body, head, this.#shape);
      const formula = scan === undefined ? this.statement(statement) : this.#members(scan);
      const both = formula === undefined ? undefined : conjoin(tests, formula);
      if (both === undefined) rest.push(statement);
      else {
        tests = both;
        // What a scan finds may be needed for more: then it stays, and is reached only where the tests hold.
        if (scan?.isNeeded === true) rest.push(statement);
        else if (scan !== undefined) said.push(...scan.statements);
      }
    }
    return { tests, rest };
  }

  /** Some member is one of the values it can be, and the conditions hold of it. */
  #members(scan: Scan): Dnf | undefined {
    const { path, variable, conditions } = scan;
    if (!cannotFail(scan)) return undefined;
    const values = memberValues(scan, (parts) => this.#documents.at(parts));
    if (values === undefined) return undefined;
    let any: Dnf = [];
    for (const term of values) {
      const asked = conditions.map((each) => substitute(each, variable, term));
      const { tests, rest } = this.split(asked);
      const value = scalarOf(term);
      if (rest.length > 0 || value === undefined) return undefined;
      const both = path === undefined ? tests : conjoin(one({ op: "has", path, value }), tests);
      if (both === undefined || any.length + both.length > MAX_ALTERNATIVES) return undefined;
      any = [...any, ...both];
    }
    return any;
  }

  /** The tests a statement is, or undefined when tests cannot say it. */
  statement(statement: StatementIR): Dnf | undefined {
    switch (statement.kind) {
      case "expression":
        return this.#term(statement.term);
      case "unify":
        return this.#equality(statement.left, statement.right, "eq");
      case "not":
        return this.#negation(statement.body);
      case "scan":
        // What is looked for has a value already.
        return statement.key === undefined || isWildcard(statement.key)
          ? this.#membership(statement.value, statement.collection)
          : undefined;
      default:
        return undefined;
    }
  }

  /** Of negations alone it is what one of them negates: negated twice, alternatives would multiply. */
  #negation(body: readonly StatementIR[]): Dnf | undefined {
    const bodies = body.map(negatedBody).filter((each) => each !== undefined);
    if (bodies.length < body.length) {
      const { tests, rest } = this.split(body);
      return rest.length > 0 ? undefined : negate(tests);
    }
    const negated = bodies.map((each) => this.split(each));
    const any = negated.flatMap(({ tests }) => tests);
    const isSaid = negated.every(({ rest }) => rest.length === 0) && any.length <= MAX_ALTERNATIVES;
    return isSaid ? any : undefined;
  }

  #term(term: TermIR): Dnf | undefined {
    if (term.kind === "boolean") return term.value ? [[]] : [];
    if (term.kind === "ref" && term.root === "data") return this.#ruleReference(term);
    if (term.kind === "call" && term.target.kind === "builtin") {
      return this.#call(term.target.name, term.args);
    }
    const path = this.#tests.path(term);
    return path === undefined ? undefined : one({ op: "truthy", path });
  }

  #call(name: string, args: readonly TermIR[]): Dnf | undefined {
    const [a, b] = args;
    const isOfType = a !== undefined && args.length === 1 ? TYPE_TESTS[name] : undefined;
    const typed = isOfType === undefined ? undefined : this.#tests.path(a);
    if (isOfType !== undefined && typed !== undefined) return isOfType(typed);
    if (a === undefined || b === undefined || args.length !== 2) return undefined;
    const folded = fold(name, this.#documents.scalar(a), this.#documents.scalar(b));
    if (folded !== undefined) return folded ? [[]] : [];
    if (name === "equal") return this.#equality(a, b, "eq");
    if (name === "neq") return this.#equality(a, b, "ne");
    if (name === "internal.member_2") return this.#membership(a, b);
    const order = ORDERS[name];
    if (order !== undefined) {
      return this.#comparison(order.op, a, b) ?? this.#comparison(order.flipped, b, a);
    }
    const affix = AFFIXES[name];
    const path = this.#tests.path(a);
    // Of anything but strings these built-ins are errors, which a test would not be.
    if (affix === undefined || path === undefined) return undefined;
    if (shapeAt(this.#shape, path)?.kind !== "string") return undefined;
    const value = this.#documents.scalar(b);
    return typeof value === "string" ? this.#tests.compare(affix, path, value) : undefined;
  }

  #equality(a: TermIR, b: TermIR, op: "eq" | "ne"): Dnf | undefined {
    const body = op === "eq" ? (bodyWithout(a, b) ?? bodyWithout(b, a)) : undefined;
    if (body !== undefined) return this.#negation(body);
    return this.#presence(op, a, b) ?? this.#comparison(op, a, b) ?? this.#comparison(op, b, a);
  }

  /** `input.p == input.p`: it is there. */
  #presence(op: "eq" | "ne", a: TermIR, b: TermIR): Dnf | undefined {
    if (op !== "eq") return undefined;
    if (isSameBase(a, b) && this.#documents.at(a.parts) !== undefined) return [[]];
    const path = this.#tests.path(a);
    if (path === undefined || path !== this.#tests.path(b)) return undefined;
    return isAlwaysThere(this.#shape, path) ? [[]] : one({ op: "defined", path });
  }

  #comparison(op: OrderOp | "eq" | "ne", at: TermIR, constant: TermIR): Dnf | undefined {
    const path = this.#tests.path(at);
    const value = this.#documents.scalar(constant);
    return path === undefined || value === undefined
      ? undefined
      : this.#tests.compare(op, path, value);
  }

  /** `"x" in input.p` and `input.p in ["x", "y"]` (also of a constant base document). */
  #membership(item: TermIR, collection: TermIR): Dnf | undefined {
    const value = this.#documents.scalar(item);
    const collectionPath = this.#tests.path(collection);
    if (value !== undefined && collectionPath !== undefined) {
      return this.#tests.compare("has", collectionPath, value);
    }
    const path = this.#tests.path(item);
    const values = this.#documents.scalars(collection);
    if (value !== undefined && values !== undefined) return values.includes(value) ? [[]] : [];
    if (path === undefined || values === undefined) return undefined;
    return one({ op: "one-of", path, values });
  }

  #ruleReference(term: Extract<TermIR, { kind: "ref" }>): Dnf | undefined {
    if (term.parts.some((part) => part.kind !== "string")) return undefined;
    const key = keyOf(term.parts);
    if (this.#known.has(key)) return this.#known.get(key);
    const formula = this.#rule(this.#rules.get(key));
    this.#known.set(key, formula);
    return formula;
  }

  /** A rule whose every clause is `true` by tests alone. The checker has ruled out recursion, and chains that are too long. */
  #rule(clauses: readonly RuleIR[] | undefined): Dnf | undefined {
    if (clauses === undefined) return undefined;
    let any: Dnf = [];
    for (const clause of clauses) {
      const isTruth = clause.value.kind === "boolean" && clause.value.value !== clause.isDefault;
      if (clause.kind !== "complete" || !isTruth || clause.elses.length > 0) return undefined;
      if (clause.isDefault) continue;
      const { tests, rest } = this.splitRule(clause);
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

/** Types as intervals of Rego's order: numbers lie between true and the empty text. */
const TYPE_TESTS: { readonly [name: string]: ((path: InputPath) => Dnf) | undefined } = {
  is_null: (path) => one({ op: "eq", path, value: null }),
  is_boolean: (path) => one({ op: "one-of", path, values: [false, true] }),
  is_number: (path) => [
    [
      { op: "gt", path, value: true },
      { op: "lt", path, value: "" },
    ],
  ],
};

/** What a statement says has no solution. */
function negatedBody(statement: StatementIR): readonly StatementIR[] | undefined {
  if (statement.kind === "not") return statement.body;
  if (statement.kind === "unify")
    return (
      bodyWithout(statement.left, statement.right) ?? bodyWithout(statement.right, statement.left)
    );
  if (statement.kind !== "expression" || statement.term.kind !== "call") return undefined;
  const { target, args } = statement.term;
  const [a, b] = args;
  if (target.kind !== "builtin" || target.name !== "equal" || !a || !b) return undefined;
  return bodyWithout(a, b) ?? bodyWithout(b, a);
}

/** The body of `[true | body] == []`. */
function bodyWithout(comprehension: TermIR, empty: TermIR): readonly StatementIR[] | undefined {
  if (comprehension.kind !== "comprehension" || comprehension.form !== "array") return undefined;
  if (empty.kind !== "array" || empty.items.length > 0) return undefined;
  return constantOf(comprehension.value) === undefined ? undefined : comprehension.body;
}

/** `data.p == data.p`: it is there. */
function isSameBase(a: TermIR, b: TermIR): a is Extract<TermIR, { kind: "ref" }> {
  if (a.kind !== "ref" || b.kind !== "ref" || a.root !== "data" || b.root !== "data") return false;
  const isConstant = [...a.parts, ...b.parts].every(({ kind }) => kind === "string");
  return isConstant && keyOf(a.parts) === keyOf(b.parts);
}

/** Of constant parts. */
function keyOf(parts: readonly TermIR[]): string {
  return parts.map((part) => (part.kind === "string" ? part.value : "")).join("\u0000");
}
