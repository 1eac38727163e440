// Rules that change nothing: they can never hold, what they allow is always denied, or whenever they hold
// another says the same. And conditions that always hold where they stand. What no test says is known to be
// the same where it is; what hangs on more is not claimed.

import {
  type BuiltinTable,
  type CompiledPolicy,
  DECISION_RULES,
  pathOf,
  type Shape,
  type Test,
  type TreeClause,
  type Value,
} from "@writ/evaluator";
import { hintsFor } from "./hints.ts";
import { followsFromRest } from "./implied.ts";
import { type Assumed, NOTHING } from "./opaque.ts";
import { PolicyRules } from "./policy-rules.ts";
import { search } from "./search.ts";
import { solve } from "./solve.ts";
import { testKey } from "./tests.ts";
import type { Way } from "./ways.ts";

/** A rule, or a condition of one, that changes no decision: proved. */
export type IdleRule =
  /** No input satisfies its conditions. */
  | { readonly kind: "never"; readonly clause: TreeClause }
  /** Wherever it allows, one of these denies. */
  | { readonly kind: "overridden"; readonly clause: TreeClause; readonly by: readonly TreeClause[] }
  /** Wherever it holds, one of these says the same. */
  | { readonly kind: "shadowed"; readonly clause: TreeClause; readonly by: readonly TreeClause[] }
  /** A condition that its other conditions and the schema already say. */
  | { readonly kind: "redundant"; readonly clause: TreeClause; readonly test: Test };

/**
 * So much is looked at that a check does not wait for it: of rules that are left then it is not said whether others say
 * the same, or deny what they allow.
 */
const MAX_LOOKS = 1_500_000;

/** What of a policy changes nothing. Linear in the policy but for rules that others nearly make idle. */
export function findIdleRules(policy: CompiledPolicy, builtins: BuiltinTable): readonly IdleRule[] {
  const rules = new PolicyRules(policy, builtins);
  return DECISION_RULES.flatMap((kind) => {
    const byClause = new Map<number, [Way, ...Way[]]>();
    for (const each of rules.ways(kind)) {
      const list = byClause.get(each.index);
      if (list === undefined) byClause.set(each.index, [each]);
      else list.push(each);
    }
    const idle = new Set<number>();
    // From the last: of two that say the same, the later one is said to be too many.
    return [...byClause.values()]
      .reverse()
      .flatMap((ways) => {
        const found = judge(rules, ways, idle);
        if (found.some((each) => each.kind !== "redundant")) idle.add(ways[0].index);
        return found;
      })
      .reverse();
  });
}

/** `idle`: clauses that were found idle before and cannot stand in for this one. */
function judge(
  rules: PolicyRules,
  ways: readonly [Way, ...Way[]],
  idle: ReadonlySet<number>,
): readonly IdleRule[] {
  const [{ clause, kind, index }] = ways;
  const { shape } = rules.compiled;
  const possible = ways.flatMap((way) => {
    const solved = solve(shape, way.tests);
    return solved.kind === "none" || isContradictory(way)
      ? []
      : [{ way, input: solved.kind === "value" ? solved.value : undefined }];
  });
  if (possible.length === 0) return [{ kind: "never", clause }];
  const mayLook = rules.looks <= MAX_LOOKS;
  const said = mayLook ? says(rules, ways[0]) : undefined;
  const isRival = (other: Way): boolean =>
    other.index !== index && !idle.has(other.index) && says(rules, other) === said;
  const shadows = said === undefined ? undefined : always(rules, possible, kind, isRival);
  const denies =
    mayLook && kind === "allow" ? always(rules, possible, "deny", () => true) : undefined;
  return [
    ...(denies === undefined ? [] : [{ kind: "overridden" as const, clause, by: denies }]),
    ...(shadows === undefined || denies !== undefined
      ? []
      : [{ kind: "shadowed" as const, clause, by: shadows }]),
    ...redundant(shape, ways).map((test) => ({ kind: "redundant" as const, clause, test })),
  ];
}

/** Whether a condition that no test says is asked together with its negation. */
function isContradictory({ opaque }: Way): boolean {
  return opaque.some((each) =>
    opaque.some(({ key, isNegated }) => isNegated !== each.isNegated && key === each.key),
  );
}

/** What a rule says, the same for those that say the same; undefined where it depends on the input. */
function says(rules: PolicyRules, { clause, residual, saidBy }: Way): string | undefined {
  if (saidBy === undefined) return JSON.stringify(clause.value ?? true);
  return residual === undefined ? `by ${rules.fingerprint(saidBy)}` : undefined;
}

interface Witnessed {
  readonly way: Way;
  /** An input that satisfies its tests, where one was made. */
  readonly input: Value | undefined;
}

/** The rules of which one holds wherever any of the ways does; undefined unless that is proved. */
function always(
  rules: PolicyRules,
  ways: readonly Witnessed[],
  kind: Way["kind"],
  isMeant: (way: Way) => boolean,
): readonly TreeClause[] | undefined {
  const by = new Set<TreeClause>();
  for (const { way, input } of ways) {
    const forbidden = (at: Value, assumed: Assumed): readonly Way[] => {
      // Nothing forbids, so nothing is proved.
      if (rules.looks > MAX_LOOKS) return [];
      const found = rules.holding(kind, at, assumed).filter(isMeant);
      for (const { clause } of found) by.add(clause);
      return found;
    };
    // Most rules are not idle, and the first input shows it.
    const own: Assumed =
      way.opaque.length === 0
        ? NOTHING
        : new Map(way.opaque.map(({ key, isNegated }) => [key, !isNegated]));
    const isFirstFree = input !== undefined && forbidden(input, own).length === 0;
    if (isFirstFree) return undefined;
    const { shape } = rules.compiled;
    const hints = () => hintsFor(rules.compiled, [way]);
    const answer = search({ shape, require: way, forbidden, hints });
    if (answer.kind !== "none") return undefined;
  }
  return [...by];
}

/** Tests that every way that has them implies by the rest of it. */
function redundant(shape: Shape, ways: readonly Way[]): readonly Test[] {
  const [first, ...others] = ways;
  if (first === undefined) return [];
  return first.tests.filter((test) => {
    const key = testKey(test);
    // That a value is a number is two tests, and an author's one condition.
    if (isHalf(test)) return false;
    return (
      ways.every((way) => isImpliedIn(shape, way, key)) && others.every((way) => has(way, key))
    );
  });
}

/** Of `is_number`: numbers stand between `true` and the empty text. */
function isHalf(test: Test): boolean {
  const asked = test.op === "not" ? test.test : test;
  return (asked.op === "gt" && asked.value === true) || (asked.op === "lt" && asked.value === "");
}

function has({ tests }: Way, key: string): boolean {
  return tests.some((each) => testKey(each) === key);
}

function isImpliedIn(shape: Shape, { tests }: Way, key: string): boolean {
  const test = tests.find((each) => testKey(each) === key);
  if (test === undefined) return false;
  // A path tested once is bound by the schema alone, which the checker has already looked at.
  const [top] = pathOf(test);
  if (!tests.some((other) => other !== test && pathOf(other)[0] === top)) return false;
  return followsFromRest(shape, tests, test);
}
