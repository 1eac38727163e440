// A policy's rules and residuals by their plan alone, without the trees: what a decision read off the trees
// is checked against. Each is linked when it is first asked.

import {
  type BuiltinTable,
  type Clause,
  type CompiledPolicy,
  createPolicy,
  type DecisionRule,
  equalValues,
  type Policy,
  QUERY_PACKAGE,
  type QueryResult,
  RegoSet,
  type Residual,
  type RuleGroup,
  type TreeNode,
  type Value,
} from "@writ/evaluator";
import { partsOfResidual } from "./opaque.ts";

/** Of a rule with more clauses than this only those in question are asked: asking all for each input is quadratic. */
const MAX_CLAUSES = 500;
/** So many of them are linked together when one is asked. */
const BLOCK = 32;

export class PlanEngine {
  readonly #compiled: CompiledPolicy;
  readonly #builtins: BuiltinTable;
  #policy: Policy | undefined;
  /** By the first clause of each. */
  readonly #blocks = new Map<Clause, Policy>();
  #groups: Groups | undefined;

  constructor(compiled: CompiledPolicy, builtins: BuiltinTable) {
    this.#compiled = compiled;
    this.#builtins = builtins;
  }

  /** The group a rule belongs to. */
  groupOf(rule: string): RuleGroup | undefined {
    return this.#grouped.byRule.get(rule)?.group;
  }

  /** Whether the rules of a kind hold in the packages of the rules that are in question. */
  holds(kind: DecisionRule, rules: readonly string[], input: Value): boolean {
    const asked = new Map<RuleGroup, string[]>();
    for (const rule of new Set(rules)) {
      const own = this.groupOf(rule);
      const group = own === undefined || own.path.at(-1) === kind ? own : this.#beside(own, kind);
      if (group === undefined) continue;
      const list = asked.get(group) ?? [];
      asked.set(group, list);
      if (group === own) list.push(rule);
    }
    return [...asked].some(([group, own]) => this.#groupHolds(group, own, input));
  }

  /** Whether a part of a residual holds, before it is negated; undefined: it fails. */
  partHolds(residual: number, part: number, input: Value): boolean | undefined {
    const result = this.#query(partPath(residual, part), input);
    return result.ok ? result.value !== undefined : undefined;
  }

  /** The group of a kind in the package of another. */
  #beside({ path }: RuleGroup, kind: DecisionRule): RuleGroup | undefined {
    return this.#grouped.byPath.get([...path.slice(0, -1), kind].join("\u0000"));
  }

  #groupHolds(group: RuleGroup, rules: readonly string[], input: Value): boolean {
    const isWhole = !isAskedByClause(group) || rules.some((rule) => rule === group.default?.id);
    if (isWhole) return isHolding(this.#query(group.path, input));
    const results = rules.map((rule) => ask(this.#clauses(group, rule), clausePath(rule), input));
    const values = results.flatMap((result) =>
      result.ok && result.value !== undefined ? [result.value] : [],
    );
    const [first] = values;
    // Clauses of one rule that differ are an error, and an error counts.
    const isConflict =
      group.kind === "complete" &&
      first !== undefined &&
      !values.every((value) => equalValues(value, first));
    return isConflict || results.some(isHolding);
  }

  #query(path: readonly string[], input: Value): QueryResult {
    this.#policy ??= this.#link(this.#compiled.trees.residuals.flatMap(partQueries));
    return ask(this.#policy, path, input);
  }

  /** A policy in which a clause can be asked by itself. */
  #clauses(group: RuleGroup, rule: string): Policy {
    const index = this.#grouped.byRule.get(rule)?.index ?? 0;
    const start = index - (index % BLOCK);
    const clauses = group.clauses.slice(start, start + BLOCK);
    const first = group.clauses[start] as Clause;
    let policy = this.#blocks.get(first);
    if (policy === undefined) {
      policy = this.#link(clauses.map((clause) => clauseQuery(group, clause)));
      this.#blocks.set(first, policy);
    }
    return policy;
  }

  #link(queries: readonly RuleGroup[]): Policy {
    const { plan } = this.#compiled;
    return createPolicy(
      {
        ...this.#compiled,
        shape: { kind: "any" },
        trees: { clauses: [], residuals: [], roots: NO_ROOTS },
        plan: { ...plan, groups: [...plan.groups, ...queries] },
      },
      this.#builtins,
    );
  }

  get #grouped(): Groups {
    if (this.#groups !== undefined) return this.#groups;
    const byRule = new Map<string, Grouped>();
    const byPath = new Map<string, RuleGroup>();
    for (const group of this.#compiled.plan.groups) {
      byPath.set(group.path.join("\u0000"), group);
      for (const [index, { id }] of group.clauses.entries()) byRule.set(id, { group, index });
      if (group.default !== undefined) byRule.set(group.default.id, { group, index: 0 });
    }
    this.#groups = { byRule, byPath };
    return this.#groups;
  }
}

interface Groups {
  readonly byRule: ReadonlyMap<string, Grouped>;
  readonly byPath: ReadonlyMap<string, RuleGroup>;
}

function ask(policy: Policy, path: readonly string[], input: Value): QueryResult {
  return policy.query(path, input, { strictBuiltins: true });
}

/** Where a clause stands. */
interface Grouped {
  readonly group: RuleGroup;
  readonly index: number;
}

function isHolding(result: QueryResult): boolean {
  if (!result.ok) return true;
  const { value } = result;
  return value instanceof RegoSet ? value.items.length > 0 : value !== undefined && value !== false;
}

/** A default that is not false says something where no clause does: then the rule is asked as a whole. */
function isAskedByClause({ kind, clauses, default: otherwise }: RuleGroup): boolean {
  const isFalse =
    otherwise === undefined || (otherwise.value.op === "const" && otherwise.value.value === false);
  return clauses.length > MAX_CLAUSES && isFalse && (kind === "complete" || kind === "set");
}

function clauseQuery({ kind }: RuleGroup, clause: Clause): RuleGroup {
  return { path: clausePath(clause.id), kind, clauses: [clause] };
}

/** Rules that are true where the parts of a residual hold: where one gives values, one that is not false counts. */
function partQueries(residual: Residual, index: number): readonly RuleGroup[] {
  return partsOfResidual(residual).map(({ body, value }, part) => {
    const check =
      value === undefined ? [] : [{ op: "check" as const, expr: value, source: NOWHERE }];
    const clause: Clause = {
      id: "",
      source: NOWHERE,
      slots: residual.slots,
      body: [...body, ...check],
      value: { op: "const", value: true },
    };
    return { path: partPath(index, part), kind: "complete", clauses: [clause] };
  });
}

function clausePath(rule: string): readonly string[] {
  return [QUERY_PACKAGE, `clause ${rule}`];
}

function partPath(residual: number, part: number): readonly string[] {
  return [QUERY_PACKAGE, `residual ${residual} ${part}`];
}

const NOWHERE = { file: "", start: 0, end: 0, line: 1, column: 1 };
const NOTHING: TreeNode = { kind: "all", nodes: [] };
const NO_ROOTS = { allow: NOTHING, deny: NOTHING, redact: NOTHING, oblige: NOTHING };
