// What a change of policy changes: the inputs whose decision differs between two versions, exactly, as
// regions, each with an input that shows it.

import type { BuiltinTable, CompiledPolicy, Decision, DecisionRule, Value } from "@writ/evaluator";
import {
  type ChangedCube,
  changedCubes,
  compareVersions,
  type DiffDirection,
  findChanged,
} from "./changes.ts";
import { compatibleWith } from "./compatible.ts";
import { makeRegion, mergeRegions, type Region } from "./region.ts";
import { Subject } from "./subject.ts";

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

export type RuleChange = "added" | "removed" | "changed";

export interface Diff {
  readonly regions: readonly DiffRegion[];
  /** Whether some input gains access, or may. */
  readonly isWidened: boolean;
}

/** Compares two compiled policies. Both must be of the same schema and vocabularies. */
export function diffPolicies(
  before: CompiledPolicy,
  after: CompiledPolicy,
  builtins: BuiltinTable,
): Diff {
  const versions = compareVersions(new Subject(before, builtins), new Subject(after, builtins));
  const [old, current] = versions.map(({ subject }) => subject) as [Subject, Subject];
  const found = [...changedCubes(...versions)].flatMap((changed) =>
    regionOf(changed, old, current),
  );
  const regions = mergeRegions(found, ({ direction, because, example }) =>
    [direction, because.kind, because.rule, because.change, example === undefined].join(" "),
  );
  return { regions, isWidened: regions.some(({ direction }) => direction === "widened") };
}

function regionOf(changed: ChangedCube, old: Subject, current: Subject): readonly DiffRegion[] {
  const answer = findChanged(changed);
  if (answer.kind === "none") return [];
  const { direction, cube, owner, forbidden, allows } = changed;
  const { rule, kind, source } = cube.clause;
  const example = answer.kind === "found" ? bearOut(answer.input, rule, old, current) : undefined;
  const region = makeRegion({
    shape: owner.compiled.shape,
    cube,
    ...(allows === undefined ? {} : { oneOf: allows.list }),
    unless: forbidden.flatMap(({ subject, kind: barred, isMeant }) =>
      compatibleWith(subject, barred, cube.tests).filter(isMeant),
    ),
  });
  const isOld = owner === old;
  const isStillThere = (isOld ? current : old).hasRule(kind, rule);
  const change = isStillThere ? "changed" : isOld ? "removed" : "added";
  return [
    {
      direction,
      because: { rule, kind, change, file: source.file, line: source.line },
      region,
      ...(example === undefined ? {} : { example }),
    },
  ];
}

/** Both engines of both versions have the last word: an input that decides the same is no evidence. */
function bearOut(
  input: Value,
  rule: string,
  old: Subject,
  current: Subject,
): DiffRegion["example"] {
  const [before, after] = [old.decide(input, [rule]), current.decide(input, [rule])];
  if (before === undefined || after === undefined || isSameDecision(before, after))
    return undefined;
  return { input, before, after };
}

/** Whether two decisions have the same consequences: reasons are for people. */
function isSameDecision(a: Decision, b: Decision): boolean {
  if (a.effect !== b.effect) return false;
  if (a.effect === "deny") return true;
  return (
    JSON.stringify([a.redactions, a.obligations]) === JSON.stringify([b.redactions, b.obligations])
  );
}
