// Which ways of deciding a policy's tests reach, and a small set of inputs that reaches the rest. A way is
// reached by an input on which it decides: an allow that no deny overrides, a deny, a redaction of what is
// allowed, and that nothing allows.

import {
  type BuiltinTable,
  type CompiledPolicy,
  DECISION_RULES,
  type Decision,
  type SourceRef,
  type Test,
  type TreeClause,
  type Value,
} from "@writ/evaluator";
import { compatibleWith } from "./compatible.ts";
import type { Dependence } from "./dependence.ts";
import { hintsFor } from "./hints.ts";
import { PolicyRules } from "./policy-rules.ts";
import { type Unsaid, unsaidBy } from "./region.ts";
import { joined, search } from "./search.ts";
import { solve } from "./solve.ts";
import type { Way } from "./ways.ts";

/** One way to a decision. */
export interface Leaf {
  /** Absent: nothing allows. */
  readonly clause?: TreeClause;
  readonly tests: readonly Test[];
  /** A condition of the rule that no test says; the tests hold and so does it. */
  readonly residual?: SourceRef;
  /** Where that condition is said, part by part. */
  readonly unsaid?: readonly Unsaid[];
  readonly isReached: boolean;
  /** It is proved that no input can reach it. Absent of one that is not reached: an input was found, or it cannot be told. */
  readonly isImpossible?: boolean;
}

/** What some inputs reach of a policy, and what would reach the rest. */
export interface Cover {
  readonly leaves: readonly Leaf[];
  /** Inputs that reach every leaf that is not reached yet and can be, as far as one was found. */
  readonly proposals: readonly Proposal[];
}

/** An input worth a test, with what is decided on it now. */
export interface Proposal {
  readonly input: Value;
  readonly decision: Decision;
  /** The rules it reaches for the first time. */
  readonly rules: readonly string[];
}

/**
 * Which ways to decide the inputs reach, an input reaching those that decide on it. An input that does not fit the
 * schema reaches none. `held`: rules that tests of another kind have seen holding; counted where a
 * rule has one way only.
 */
export function coverPolicy(
  policy: CompiledPolicy,
  builtins: BuiltinTable,
  inputs: readonly Value[],
  held: ReadonlySet<string> = new Set(),
  dependence?: Dependence,
): Cover {
  return new Covering(new PolicyRules(policy, builtins), inputs, held, dependence).run();
}

/** That nothing allows: a leaf like the others. */
const DEFAULT = Symbol("default");
type Ending = Way | typeof DEFAULT;

class Covering {
  readonly #rules: PolicyRules;
  readonly #ways: readonly Ending[];
  readonly #reached = new Set<Ending>();

  readonly #dependence: Dependence | undefined;

  constructor(
    rules: PolicyRules,
    inputs: readonly Value[],
    held: ReadonlySet<string>,
    dependence: Dependence | undefined,
  ) {
    this.#rules = rules;
    this.#dependence = dependence;
    const all = DECISION_RULES.flatMap((kind) => rules.ways(kind));
    this.#ways = [...all, DEFAULT];
    const counts = new Map<string, number>();
    for (const { clause } of all) counts.set(clause.rule, (counts.get(clause.rule) ?? 0) + 1);
    for (const way of all)
      if (held.has(way.clause.rule) && counts.get(way.clause.rule) === 1) this.#reached.add(way);
    for (const input of inputs) for (const way of this.#reachedBy(input)) this.#reached.add(way);
  }

  run(): Cover {
    const before = new Set(this.#reached);
    const proposals: { input: Value; decision: Decision; ways: readonly Ending[] }[] = [];
    const impossible = new Set<Ending>();
    for (const way of this.#ways) {
      if (this.#reached.has(way)) continue;
      const found = this.#inputFor(way);
      if (found === "none") impossible.add(way);
      const decision = typeof found === "string" ? undefined : this.#rules.decide(found.input);
      if (typeof found === "string" || decision === undefined) continue;
      const ways = this.#reachedBy(found.input).filter((each) => !this.#reached.has(each));
      for (const each of ways) this.#reached.add(each);
      if (ways.length > 0) proposals.push({ input: found.input, decision, ways });
    }
    const leaves = this.#ways.map((way) => ({
      ...(way === DEFAULT ? { tests: [] } : describeWay(way)),
      isReached: before.has(way),
      ...(impossible.has(way) ? { isImpossible: true } : {}),
    }));
    return { leaves, proposals: this.#withoutNeedless(proposals, before).map(describe) };
  }

  /** Without inputs whose every way another one reaches as well. */
  #withoutNeedless<T extends { readonly input: Value }>(
    proposals: readonly T[],
    before: ReadonlySet<Ending>,
  ): readonly T[] {
    const counts = new Map<Ending, number>();
    const reached = proposals.map(({ input }) =>
      this.#reachedBy(input).filter((way) => !before.has(way)),
    );
    for (const way of reached.flat()) counts.set(way, (counts.get(way) ?? 0) + 1);
    return proposals.filter((_proposal, index) => {
      const own = reached[index] ?? [];
      if (!own.every((way) => (counts.get(way) ?? 0) > 1)) return true;
      for (const way of own) counts.set(way, (counts.get(way) ?? 0) - 1);
      return false;
    });
  }

  #reachedBy(input: Value): readonly Ending[] {
    const decision = this.#rules.policy.evaluate(input);
    if (decision.errors.length > 0) return [];
    const denies = this.#rules.holding("deny", input);
    if (decision.effect === "deny") return denies.length > 0 ? denies : [DEFAULT];
    return (["allow", "redact", "oblige"] as const).flatMap((kind) =>
      this.#rules.holding(kind, input),
    );
  }

  #inputFor(way: Ending): Found | "none" | "unknown" {
    if (way === DEFAULT) return this.#search([], ["allow", "deny"]);
    const { kind, tests } = way;
    if (kind === "allow") return this.#search([way], ["deny"]);
    // Of a deny the best test is a call that would be allowed without it.
    const allows = compatibleWith(this.#rules, "allow", tests).slice(0, MAX_ALLOWS);
    for (const allow of allows) {
      const found = this.#search([way, allow], ["deny"], way);
      if (typeof found !== "string")
        return kind === "deny" ? found : this.#withOthers(way, allow, found);
    }
    return kind === "deny" ? this.#search([way], []) : "unknown";
  }

  /** What one call redacts is pinned as well by an input on which several rules do. */
  #withOthers(way: Way, allow: Way, alone: Found): Found {
    let ways = [way, allow];
    let found = alone;
    for (const other of this.#rules.ways(way.kind)) {
      if (this.#reached.has(other) || ways.includes(other) || ways.length > MAX_JOINED) continue;
      const more = [...ways, other];
      const shared = this.#search(more, ["deny"], way);
      if (typeof shared === "string") continue;
      ways = more;
      found = shared;
    }
    return found;
  }

  #search(
    ways: readonly Way[],
    barred: readonly ("allow" | "deny")[],
    except?: Way,
  ): Found | "none" | "unknown" {
    const { compiled } = this.#rules;
    const answer = search({
      shape: compiled.shape,
      require: joined(ways),
      forbidden: (input, assumed) =>
        barred.flatMap((kind) =>
          this.#rules.holding(kind, input, assumed).filter(({ index }) => index !== except?.index),
        ),
      hints: () => hintsFor(compiled, ways),
      dependence: this.#dependence,
    });
    if (answer.kind === "found") return { input: answer.input };
    return answer.unreal === undefined ? answer.kind : "unknown";
  }
}

function describeWay(way: Way): Pick<Leaf, "clause" | "tests" | "residual" | "unsaid"> {
  const { clause, tests, residual, opaque } = way;
  if (residual === undefined) return { clause, tests };
  return { clause, tests, residual: clause.source, unsaid: unsaidBy(way, opaque) };
}

const MAX_ALLOWS = 20;
const MAX_JOINED = 32;

interface Found {
  readonly input: Value;
}

function describe({
  input,
  decision,
  ways,
}: {
  readonly input: Value;
  readonly decision: Decision;
  readonly ways: readonly Ending[];
}): Proposal {
  const rules = ways.flatMap((way) => (way === DEFAULT ? [] : [way.clause.rule]));
  return { input, decision, rules: [...new Set(rules)] };
}

/** The smallest input that fits: what proposals are told apart from. */
export function plainInput({ shape }: CompiledPolicy): Value {
  const solved = solve(shape, []);
  return solved.kind === "value" ? solved.value : {};
}
