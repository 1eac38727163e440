// What the tests of a policy set exercise: which rules held, how each condition came out, and, for decisions,
// which cases of the compiled trees were taken. Conditions are counted, not lines, so that laying a policy
// out differently changes no figure. A decision walks the trees; its conditions are counted by asking the plan
// for the same rules, which holds each of them with its place in the source.

import { isTestFile } from "@writ/checker";
import {
  type BuiltinTable,
  type CompiledPolicy,
  createPolicy,
  type ObservedCondition,
  type ObservedRule,
  type Observer,
  type Policy,
  type Probe,
  QUERY_PACKAGE,
  SILENT_PROBE,
  type SourceRef,
  type Value,
} from "@writ/evaluator";
import { type CoveredBranch, TreeCoverage } from "./coverage-trees.ts";
import { isTestRule } from "./test-rules.ts";

/** A rule, one of its else branches or its default, and how often it was tried and held. */
export interface CoveredRule {
  /** `data.a.allow`. */
  readonly name: string;
  readonly kind: ObservedRule["branch"];
  readonly source: SourceRef;
  tries: number;
  held: number;
}

/** A condition as its author wrote it, and how often it was tried, held and failed. */
export interface CoveredCondition {
  readonly source: SourceRef;
  readonly rule: CoveredRule;
  /** A name given to a value (`x := input.a`) is asked only whether it was reached. */
  readonly canFail: boolean;
  tries: number;
  held: number;
  failed: number;
}

/** What tests exercise, in the order it is written. */
export interface Coverage {
  readonly rules: readonly CoveredRule[];
  readonly conditions: readonly CoveredCondition[];
  /** None when no test asked for a decision. */
  readonly branches: readonly CoveredBranch[];
}

/** Counts what the tests of one compiled policy exercise. */
export class CoverageRecorder {
  /** Counts what its queries try. */
  readonly policy: Policy;
  readonly #rules = new Map<string, CoveredRule>();
  readonly #conditions = new Map<string, CoveredCondition>();
  readonly #trees: TreeCoverage;
  readonly #decisionRules: readonly (readonly string[])[];

  constructor(compiled: CompiledPolicy, builtins: BuiltinTable) {
    this.policy = createPolicy(compiled, builtins, this.#observer());
    this.#trees = new TreeCoverage(compiled);
    const decisive = new Set(compiled.trees.clauses.map(({ rule }) => rule));
    this.#decisionRules = compiled.plan.groups
      .filter((group) =>
        [...group.clauses, ...(group.default === undefined ? [] : [group.default])].some(({ id }) =>
          decisive.has(id),
        ),
      )
      .map(({ path }) => path);
  }

  /** A decision on an input that fits: what it asks, of the plan and of the trees. */
  decide(input: Value): void {
    this.#trees.decide(input);
    for (const path of this.#decisionRules)
      this.policy.query(path, input, { strictBuiltins: true });
  }

  result(): Coverage {
    return {
      rules: sortBySource([...this.#rules.values()]),
      conditions: sortBySource([...this.#conditions.values()]),
      branches: this.#trees.branches(),
    };
  }

  #observer(): Observer {
    let current: CoveredRule | undefined;
    return {
      rule: (observed) => {
        current = isPolicy(observed) ? this.#rule(observed) : undefined;
        return current === undefined ? SILENT_PROBE : countRule(current);
      },
      condition: (observed) =>
        current === undefined ? SILENT_PROBE : countCondition(this.#condition(observed, current)),
    };
  }

  /** A YAML rule with several labels is several clauses at one place: one rule. */
  #rule({ path, branch, source }: ObservedRule): CoveredRule {
    const key = `${branch} ${keyOf(source)}`;
    const known = this.#rules.get(key);
    if (known !== undefined) return known;
    const rule = { name: `data.${path.join(".")}`, kind: branch, source, tries: 0, held: 0 };
    this.#rules.set(key, rule);
    return rule;
  }

  /** A named condition of YAML rules stands once, however many rules take it in. */
  #condition({ stmts, source }: ObservedCondition, rule: CoveredRule): CoveredCondition {
    const known = this.#conditions.get(keyOf(source));
    if (known !== undefined) return known;
    const [only, ...others] = stmts;
    const names = only?.op === "match" && ["bind", "any"].includes(only.pattern.op);
    const canFail = !names || others.length > 0;
    const condition = { source, rule, canFail, tries: 0, held: 0, failed: 0 };
    this.#conditions.set(keyOf(source), condition);
    return condition;
  }
}

function isPolicy({ path, source }: ObservedRule): boolean {
  const isTest = isTestFile(source.file) || isTestRule({ path }, { likeOpa: true });
  return !isTest && path[0] !== QUERY_PACKAGE;
}

function countRule(rule: CoveredRule): Probe {
  return {
    ...SILENT_PROBE,
    enter: () => {
      rule.tries += 1;
    },
    leave: (hasHeld) => {
      rule.held += Number(hasHeld);
    },
  };
}

function countCondition(condition: CoveredCondition): Probe {
  return {
    ...SILENT_PROBE,
    enter: () => {
      condition.tries += 1;
    },
    leave: (hasHeld) => {
      condition[hasHeld ? "held" : "failed"] += 1;
    },
  };
}

function keyOf({ file, start, end }: SourceRef): string {
  return `${start}-${end} ${file}`;
}

function sortBySource<T extends { readonly source: SourceRef }>(items: readonly T[]): readonly T[] {
  return items.toSorted(
    ({ source: a }, { source: b }) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.start - b.start || a.end - b.end,
  );
}
