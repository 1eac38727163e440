// What a change of policy changes: the inputs whose decision differs between two versions, exactly, as
// regions, each with an input that shows it.

import type { BuiltinTable, CompiledPolicy, Decision, DecisionRule, Value } from "@writ/evaluator";
import {
  type ChangedCube,
  changedCubes,
  compareVersions,
  type DiffDirection,
  findChanged,
  type Version,
} from "./changes.ts";
import { compatibleWith } from "./compatible.ts";
import { PolicyRules } from "./policy-rules.ts";
import { makeRegion, mergeRegions, type Region } from "./region.ts";

/** A set of inputs whose decision changes. */
export interface DiffRegion {
  readonly direction: DiffDirection;
  /** The rule that was added, removed or changed. */
  readonly because: {
    readonly rule: string;
    readonly kind: DecisionRule;
    readonly change: RuleChange;
    readonly file: string;
    readonly line: number;
  };
  readonly region: Region;
  /** An input of the region with both decisions; absent: it cannot be told whether there is one. */
  readonly example?: {
    readonly input: Value;
    readonly before: Decision;
    readonly after: Decision;
  };
}

/** What became of the rule that a region is there for. */
export type RuleChange = "added" | "removed" | "changed";

/** What changes between two versions; no regions: it is proved that nothing does. */
export interface Diff {
  readonly regions: readonly DiffRegion[];
  /** Whether some input gains access, or may. */
  readonly isWidened: boolean;
}

/**
 * Compares two compiled policies, which must be of the same schema and vocabularies. Every input whose effect,
 * redactions or obligations change is in a region; reasons do not count, nor do evaluation errors. Equal
 * conditions that no test says are known to be equal; a region that hangs on others and for which no input was
 * found has no example: it cannot be told whether it is empty.
 */
export function diffPolicies(
  before: CompiledPolicy,
  after: CompiledPolicy,
  builtins: BuiltinTable,
): Diff {
  const versions = compareVersions(
    new PolicyRules(before, builtins),
    new PolicyRules(after, builtins),
  );
  const [old, current] = versions.map(({ rules }) => rules) as [PolicyRules, PolicyRules];
  const answers = [...changedCubes(...versions)].flatMap((changed) => {
    const answer = findChanged(changed);
    return answer.kind === "none" ? [] : [{ changed, answer }];
  });
  const inputs = answers.flatMap(({ answer }) => (answer.kind === "found" ? [answer.input] : []));
  const decide = deciding(old, current, inputs);
  const found = answers.map(({ changed, answer }) => {
    const { rule } = changed.cube.clause;
    const example = answer.kind === "found" ? decide(answer.input, rule) : undefined;
    return { ...describe(changed, versions), ...(example === undefined ? {} : { example }) };
  });
  const merged = mergeRegions(found, ({ direction, because, example }) =>
    [direction, because.kind, because.rule, because.change, example === undefined].join(" "),
  );
  // What one version no longer says and the other says instead is one change.
  const regions = [
    ...new Map(
      merged.map((each) => [JSON.stringify([each.direction, each.because, each.region]), each]),
    ).values(),
  ];
  return { regions, isWidened: regions.some(({ direction }) => direction === "widened") };
}

function describe(
  { direction, cube, owner, forbidden, allows }: ChangedCube,
  [old, current]: readonly [Version<PolicyRules>, Version<PolicyRules>],
): DiffRegion {
  const { rule, kind, source } = cube.clause;
  const region = makeRegion({
    shape: owner.compiled.shape,
    cube,
    ...(allows === undefined ? {} : { oneOf: allows.list }),
    unless: forbidden.flatMap(({ rules, kind: barred, isMeant }) =>
      compatibleWith(rules, barred, cube.tests).filter(isMeant),
    ),
  });
  const isOld = owner === old.rules;
  // Rules have numbers for names: one that only one version has was changed if the other has such a one, too.
  const others = (isOld ? current : old).own.get(kind) ?? [];
  const isChanged = others.some(({ clause }) => pathOf(clause.rule) === pathOf(rule));
  const change = isChanged ? "changed" : isOld ? "removed" : "added";
  const because = { rule, kind, change, file: source.file, line: source.line } as const;
  return { direction, because, region };
}

/** `a.b.deny#2` is a rule of `a.b.deny`. */
function pathOf(rule: string): string {
  return rule.slice(0, rule.lastIndexOf("#"));
}

/** Both engines of both versions have the last word: an input that decides the same is no evidence. */
function deciding(
  old: PolicyRules,
  current: PolicyRules,
  inputs: readonly Value[],
): (input: Value, rule: string) => DiffRegion["example"] {
  const [first, second] = [old.policyFor(inputs), current.policyFor(inputs)];
  return (input, rule) => {
    const before = old.decide(input, [rule], first);
    const after = before === undefined ? undefined : current.decide(input, [rule], second);
    if (before === undefined || after === undefined || isSameDecision(before, after))
      return undefined;
    return { input, before, after };
  };
}

/** Whether two decisions have the same consequences: reasons are for people. */
function isSameDecision(a: Decision, b: Decision): boolean {
  if (a.effect !== b.effect) return false;
  if (a.effect === "deny") return true;
  return (
    JSON.stringify([a.redactions, a.obligations]) === JSON.stringify([b.redactions, b.obligations])
  );
}
