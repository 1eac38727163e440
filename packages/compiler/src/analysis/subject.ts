// A compiled policy as analyses look at it: its alternatives, which of them hold for an input, and the
// engine that has the last word.

import {
  type BuiltinTable,
  type Clause,
  type CompiledPolicy,
  childrenOf,
  createPolicy,
  type Decision,
  type DecisionRule,
  holdsIn,
  type Policy,
  RegoSet,
  type Residual,
  type RuleGroup,
  type Scalar,
  someMember,
  type TreeClause,
  type TreeNode,
  type Value,
  valueAt,
} from "@writ/evaluator";
import { type Alternative, DECISION_RULES, readAlternatives } from "./alternatives.ts";
import { makeFingerprint } from "./fingerprint.ts";

/** Of a rule with more clauses than this the plan is asked about some. */
const MAX_CLAUSES = 500;

type CasesNode = Extract<TreeNode, { kind: "switch" | "member" }>;
type Leaves = ReadonlyMap<TreeNode, readonly Alternative[]>;

/** What analyses ask of a policy's rules. */
export interface Rules {
  readonly compiled: Pick<CompiledPolicy, "shape" | "plan" | "trees" | "data">;
  readonly fingerprint: (residual: number) => string;
  alternatives(kind: DecisionRule): readonly Alternative[];
  open(kind: DecisionRule, known: ReadonlyMap<string, Scalar>): readonly Alternative[];
  holding(kind: DecisionRule, input: Value): readonly Alternative[];
  residualHolds(alternative: Alternative, input: Value): boolean;
}

export class Subject implements Rules {
  readonly compiled: CompiledPolicy;
  readonly fingerprint: (residual: number) => string;
  readonly #builtins: BuiltinTable;
  #policy: Policy | undefined;
  #groups: ReadonlyMap<string, RuleGroup> | undefined;
  readonly #clauses = new Map<RuleGroup, ReadonlyMap<string, Clause>>();
  readonly #leaves: ReadonlyMap<DecisionRule, Leaves>;
  readonly #rules = new Map<DecisionRule, ReadonlySet<string>>();
  readonly #lists = new Map<DecisionRule, readonly Alternative[]>();
  readonly #cases = new Map<TreeNode, ReadonlyMap<Value | undefined, TreeNode>>();
  readonly #probes = new Map<number, Policy>();

  constructor(compiled: CompiledPolicy, builtins: BuiltinTable) {
    this.compiled = compiled;
    this.fingerprint = makeFingerprint(compiled);
    this.#builtins = builtins;
    this.#leaves = new Map(DECISION_RULES.map((kind) => [kind, readAlternatives(compiled, kind)]));
  }

  /** Linked when a decision is first asked for. */
  get policy(): Policy {
    this.#policy ??= createPolicy(this.compiled, this.#builtins);
    return this.#policy;
  }

  alternatives(kind: DecisionRule): readonly Alternative[] {
    let list = this.#lists.get(kind);
    if (list === undefined) {
      list = [...(this.#leaves.get(kind) as Leaves).values()].flat();
      this.#lists.set(kind, list);
    }
    return list;
  }

  hasRule(kind: DecisionRule, rule: string): boolean {
    let names = this.#rules.get(kind);
    if (names === undefined) {
      names = new Set(this.alternatives(kind).map(({ clause }) => clause.rule));
      this.#rules.set(kind, names);
    }
    return names.has(rule);
  }

  /** Those whose tests hold; what their residuals say is not asked. */
  reached(kind: DecisionRule, input: Value): readonly Alternative[] {
    return this.#leavesBelow(kind, (node) => {
      if (node.kind !== "switch" && node.kind !== "member") return childrenOf(node);
      const at = valueAt(input, node.path);
      return at === undefined ? [] : this.#selected(node, at);
    }).filter(({ tests }) => tests.every((test) => holdsIn(test, input)));
  }

  /** Those that an input may reach of which some values are known, by path. */
  open(kind: DecisionRule, known: ReadonlyMap<string, Scalar>): readonly Alternative[] {
    if (known.size === 0) return this.alternatives(kind);
    return this.#leavesBelow(kind, (node) => {
      const value = node.kind === "switch" ? known.get(node.path.join("\u0000")) : undefined;
      return node.kind === "switch" && value !== undefined
        ? this.#selected(node, value)
        : childrenOf(node);
    });
  }

  #leavesBelow(
    kind: DecisionRule,
    next: (node: TreeNode) => readonly TreeNode[],
  ): readonly Alternative[] {
    const leaves = this.#leaves.get(kind) as Leaves;
    const found: Alternative[] = [];
    const visit = (node: TreeNode): void => {
      for (const each of leaves.get(node) ?? []) found.push(each);
      for (const child of next(node)) visit(child);
    };
    visit(this.compiled.trees.roots[kind]);
    return found;
  }

  /** The cases that a value selects. */
  #selected(node: CasesNode, at: Value): readonly TreeNode[] {
    const cases = this.#casesOf(node);
    const taken = new Set<TreeNode>();
    const take = (value: Value): false => {
      const child = cases.get(value);
      if (child !== undefined) taken.add(child);
      return false;
    };
    if (node.kind === "switch") take(at);
    else someMember(at, (_key, item) => take(item));
    return [...taken];
  }

  #casesOf(node: CasesNode): ReadonlyMap<Value | undefined, TreeNode> {
    let cases = this.#cases.get(node);
    if (cases === undefined) {
      cases = new Map(node.cases);
      this.#cases.set(node, cases);
    }
    return cases;
  }

  /** Those that hold, residuals and all. One whose residual fails is counted as holding: an error denies. */
  holding(kind: DecisionRule, input: Value): readonly Alternative[] {
    return this.reached(kind, input).filter((each) => this.residualHolds(each, input));
  }

  /**
   * What both engines decide, trees and plan; undefined when they do not agree or something fails: then an
   * input is no evidence. The plan is asked in the packages of which some rule's tests hold, and in those
   * of the rules in question: in the others the trees reach nothing.
   */
  decide(input: Value, inQuestion: readonly string[] = []): Decision | undefined {
    const decision = this.policy.evaluate(input);
    if (decision.errors.length > 0) return undefined;
    const holds = (kind: DecisionRule): boolean => {
      const rules = [...this.reached(kind, input).map(({ clause }) => clause.rule), ...inQuestion];
      const paths = new Map(
        rules.flatMap((rule) => {
          const group = this.#groupOf(rule);
          if (group === undefined) return [];
          const path = [...group.path.slice(0, -1), kind];
          return [[path.join("\u0000"), path] as const];
        }),
      );
      return [...paths.values()].some((path) => this.#holdsByPlan(path, rules, input));
    };
    const effect = holds("allow") && !holds("deny") ? "allow" : "deny";
    return effect === decision.effect ? decision : undefined;
  }

  /** The group of a clause, by the clause's id. */
  #groupOf(rule: string): RuleGroup | undefined {
    this.#groups ??= new Map(
      this.compiled.plan.groups.flatMap((group) => group.clauses.map(({ id }) => [id, group])),
    );
    return this.#groups.get(rule);
  }

  /** Of a rule with very many clauses only those in question are asked: asking all for each input is quadratic. */
  #holdsByPlan(path: readonly string[], rules: readonly string[], input: Value): boolean {
    const result = this.#planOf(path, rules).query(path, input, { strictBuiltins: true });
    if (!result.ok) return true;
    const { value } = result;
    return value instanceof RegoSet
      ? value.items.length > 0
      : value !== undefined && value !== false;
  }

  #planOf(path: readonly string[], rules: readonly string[]): Policy {
    const { plan } = this.compiled;
    const group = plan.groups.find(
      (each) =>
        each.path.length === path.length && each.path.every((key, index) => key === path[index]),
    );
    if (group === undefined || group.clauses.length <= MAX_CLAUSES) return this.policy;
    let byId = this.#clauses.get(group);
    if (byId === undefined) {
      byId = new Map(group.clauses.map((clause) => [clause.id, clause]));
      this.#clauses.set(group, byId);
    }
    const clauses = [...new Set(rules)].flatMap((rule) => byId.get(rule) ?? []);
    const groups = plan.groups.map((each) => (each === group ? { ...group, clauses } : each));
    const none: TreeNode = { kind: "all", nodes: [] };
    const roots = { allow: none, deny: none, redact: none, oblige: none };
    const trees = { clauses: [], residuals: [], roots };
    return createPolicy({ ...this.compiled, plan: { ...plan, groups }, trees }, this.#builtins);
  }

  residualHolds({ residual }: Alternative, input: Value): boolean {
    if (residual === undefined) return true;
    const decision = this.#probe(residual).evaluate(input);
    return decision.obligations.length > 0 || decision.errors.length > 0;
  }

  /** A policy that does nothing but oblige when a residual holds. */
  #probe(residual: number): Policy {
    let probe = this.#probes.get(residual);
    if (probe === undefined) {
      const { trees } = this.compiled;
      const source = { file: "", start: 0, end: 0, line: 1, column: 1 };
      const clause: TreeClause = { rule: "probe", kind: "oblige", source, value: true };
      const { value, ...rest } = trees.residuals[residual] as Residual;
      // Where it gives values, one that is not false counts.
      const body =
        value === undefined
          ? rest.body
          : [...rest.body, { op: "check" as const, expr: value, source }];
      const none: TreeNode = { kind: "all", nodes: [] };
      probe = createPolicy(
        {
          ...this.compiled,
          trees: {
            clauses: [clause],
            residuals: [{ slots: rest.slots, body }],
            roots: {
              allow: none,
              deny: none,
              redact: none,
              oblige: { kind: "leaf", clauses: [{ clause: 0, residual: 0 }] },
            },
          },
        },
        this.#builtins,
      );
      this.#probes.set(residual, probe);
    }
    return probe;
  }
}
