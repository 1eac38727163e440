// What a mutant changes, without compiling it: a decision rule that is nothing but tests is replaced among
// the ways, and only tests whose input is near the rule can notice.

import { type Formulas, formulasOf, ownClauses, waysOfRule } from "@writ/compiler";
import {
  type BuiltinTable,
  type CompiledPolicy,
  DECISION_RULES,
  type DecisionRule,
  type Effect,
  holdsIn,
  type Scalar,
  type TreeClause,
  type Value,
} from "@writ/evaluator";
import type { Program, RuleIR } from "@writ/ir";
import { changedCubes, findChanged } from "./changes.ts";
import type { Mutant } from "./mutate.ts";
import type { Assumed } from "./opaque.ts";
import { PolicyRules, type Rules } from "./policy-rules.ts";
import { testKey } from "./tests.ts";
import type { Way } from "./ways.ts";

/** A decision that a test expects. */
export interface ExpectedOn {
  readonly input: Value;
  readonly effect: Effect;
  readonly hasReasons: boolean;
  readonly redactions?: readonly string[];
}

/** What becomes of a mutant: by tests, or by proof. */
export type Verdict =
  | "noticed"
  /** Proved to decide the same on every input. */
  | "equivalent"
  | "survives"
  /** It must be compiled to tell. */
  | "open";

interface Case extends ExpectedOn {
  readonly holding: ReadonlyMap<DecisionRule, readonly Way[]>;
}

/** Judges mutants of one program by its compiled form: each costs what it changes. */
export class MutantJudge {
  readonly #rules: PolicyRules;
  readonly #formulas: Formulas;
  readonly #own: ReadonlySet<string>;
  readonly #waysByRule: ReadonlyMap<string, readonly Way[]>;
  readonly #cases: readonly Case[];
  /** By rule: the cases that a change of one of its tests can concern. */
  readonly #near: ReadonlyMap<string, readonly Case[]>;

  /** The tests must pass on the policy as it is. */
  constructor(
    program: Program,
    compiled: CompiledPolicy,
    builtins: BuiltinTable,
    expected: readonly ExpectedOn[],
  ) {
    this.#rules = new PolicyRules(compiled, builtins);
    this.#formulas = formulasOf(program, compiled.data, compiled.shape);
    this.#own = ownClauses(program);
    const all = DECISION_RULES.flatMap((kind) => this.#rules.ways(kind));
    this.#waysByRule = Map.groupBy(all, ({ clause }) => clause.rule);
    this.#cases = expected.map((each): Case => {
      const holding = DECISION_RULES.map(
        (kind) => [kind, this.#rules.holding(kind, each.input)] as const,
      );
      return { ...each, holding: new Map(holding) };
    });
    this.#near = nearCases(this.#waysByRule, this.#cases);
  }

  judge(mutant: Mutant): Verdict {
    const before = this.#waysByRule.get(mutant.rule);
    const after = this.#waysOf(mutant, before);
    if (before === undefined || after === undefined) return "open";
    const isNear = after.every((way) => before.some((other) => lacks(way, other) <= 1));
    const cases = isNear ? (this.#near.get(mutant.rule) ?? []) : this.#cases;
    const verdicts = cases.map((each) => noticing(each, mutant.rule, after));
    if (verdicts.includes("noticed")) return "noticed";
    if (verdicts.includes("open")) return "open";
    const mutated = new Mutated(this.#rules, mutant.rule, after);
    const own = (ways: readonly Way[], others: readonly Way[]) =>
      Map.groupBy(
        ways.filter((way) => !others.some((other) => isSame(way, other))),
        ({ kind }) => kind,
      );
    const changes = changedCubes(
      { rules: this.#rules, own: own(before, after) },
      { rules: mutated, own: own(after, before) },
    );
    for (const change of changes) {
      const { kind } = findChanged(change);
      if (kind !== "none") return kind === "found" ? "survives" : "open";
    }
    return "equivalent";
  }

  /** The ways of what stands in the rule's place; undefined where tests do not say all of them. */
  #waysOf(
    { rule, replacement }: Mutant,
    before: readonly Way[] | undefined,
  ): readonly Way[] | undefined {
    const isPlain = before?.every(({ residual }) => residual === undefined) === true;
    if (!this.#own.has(rule) || !isPlain) return undefined;
    return replacement === undefined ? [] : this.#split(replacement, before[0]?.clause);
  }

  #split(rule: RuleIR, clause: TreeClause | undefined): readonly Way[] | undefined {
    const kind = DECISION_RULES.find((name) => name === rule.path.at(-1));
    if (kind === undefined || clause === undefined) return undefined;
    const { tests, residual, value } = waysOfRule(rule, this.#formulas, () => ORIGIN);
    // What only makes a reason may stay; what a rule asks besides its tests may not.
    if (residual !== undefined && residual.body.length > 0) return undefined;
    const made = { ...clause, kind, ...(value === undefined ? {} : { value }) };
    return tests.map((own) => ({ kind, index: -1, clause: made, tests: own, opaque: [] }));
  }
}

const ORIGIN = { line: 1, column: 1 };

function isSame(a: Way, b: Way): boolean {
  if (a.kind !== b.kind || JSON.stringify(a.clause.value) !== JSON.stringify(b.clause.value))
    return false;
  const keys = ({ tests }: Way): string => tests.map(testKey).sort().join("\u0002");
  return keys(a) === keys(b);
}

/** How many tests of one way another does not have. */
function lacks(way: Way, other: Way): number {
  const own = new Set(way.tests.map(testKey));
  return other.tests.filter((test) => !own.has(testKey(test))).length;
}

/** For each rule the cases on which it holds, or would without one of its conditions. */
function nearCases(
  rules: ReadonlyMap<string, readonly Way[]>,
  cases: readonly Case[],
): ReadonlyMap<string, readonly Case[]> {
  const isNear = ({ tests }: Way, { input }: Case): boolean => {
    let failing = 0;
    for (const test of tests) if (!holdsIn(test, input)) failing += 1;
    // A bound that is moved may let in what fails at that one test.
    return failing <= 1;
  };
  return new Map(
    [...rules].map(([rule, ways]) => [
      rule,
      cases.filter((each) => ways.some((way) => isNear(way, each))),
    ]),
  );
}

/** Whether a case notices that a rule holds otherwise. */
function noticing(
  { input, effect, hasReasons, redactions, holding }: Case,
  rule: string,
  after: readonly Way[],
): "noticed" | "silent" | "open" {
  const holds = after.filter(({ tests }) => tests.every((test) => holdsIn(test, input)));
  const ways = (kind: DecisionRule): readonly Way[] => [
    ...(holding.get(kind) ?? []).filter(({ clause }) => clause.rule !== rule),
    ...holds.filter((way) => way.kind === kind),
  ];
  const denies = ways("deny");
  const now: Effect = ways("allow").length > 0 && denies.length === 0 ? "allow" : "deny";
  if (now !== effect) return "noticed";
  const old = holding.get("deny") ?? [];
  const isOther = denies.length !== old.length || denies.some((way) => way.clause.rule === rule);
  if (hasReasons && isOther) return reasonsOf(old) === reasonsOf(denies) ? "open" : "noticed";
  if (redactions === undefined) return "silent";
  const labels = ways("redact").map(({ clause }) => clause.value);
  if (labels.some((label) => typeof label !== "string")) return "open";
  const [a, b] = [labels as string[], redactions].map((list) =>
    JSON.stringify([...new Set(list)].sort()),
  );
  return a === b ? "silent" : "noticed";
}

function reasonsOf(denies: readonly Way[]): string {
  return JSON.stringify(
    [...new Set(denies.map(({ clause }) => JSON.stringify(clause.value ?? clause.rule)))].sort(),
  );
}

/** A policy's rules with other ways for one of them. */
class Mutated implements Rules {
  readonly #base: PolicyRules;
  readonly #rule: string;
  readonly #ways: readonly Way[];

  constructor(base: PolicyRules, rule: string, ways: readonly Way[]) {
    this.#base = base;
    this.#rule = rule;
    this.#ways = ways;
  }

  get compiled(): CompiledPolicy {
    return this.#base.compiled;
  }

  fingerprint(residual: number): string {
    return this.#base.fingerprint(residual);
  }

  ways(kind: DecisionRule): readonly Way[] {
    return this.#replaced(kind, this.#base.ways(kind));
  }

  *open(kind: DecisionRule, known: ReadonlyMap<string, Scalar>): Generator<Way> {
    for (const way of this.#base.open(kind, known)) if (way.clause.rule !== this.#rule) yield way;
    yield* this.#replaced(kind, []);
  }

  holding(kind: DecisionRule, input: Value, assumed?: Assumed): readonly Way[] {
    return this.#replaced(kind, this.#base.holding(kind, input, assumed)).filter(
      ({ clause, tests }) =>
        clause.rule !== this.#rule || tests.every((test) => holdsIn(test, input)),
    );
  }

  #replaced(kind: DecisionRule, ways: readonly Way[]): readonly Way[] {
    return [
      ...ways.filter(({ clause }) => clause.rule !== this.#rule),
      ...this.#ways.filter((way) => way.kind === kind),
    ];
  }
}
