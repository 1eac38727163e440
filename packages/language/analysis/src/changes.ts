// What could change between two versions of a policy. Only what was added or removed can, so each
// way that is in one version and not in the other is asked: where does it hold, and no rule of the
// other version make up for it?
//
//   widened   an added allow, where no old allow held and no new deny holds;
//             a removed deny, where a new allow holds and no new deny does.
//   narrowed  the same with the versions exchanged.
//   changed   a redaction or obligation that only one version makes, of what it allows.

import { DECISION_RULES, type DecisionRule, type Scalar } from "@writ/evaluator";
import { eachCompatibleWith } from "./compatible.ts";
import type { Dependence } from "./dependence.ts";
import { differingWays } from "./differing.ts";
import { firstOpaque, hintsFor } from "./hints.ts";
import type { PolicyRules, Rules } from "./policy-rules.ts";
import { type Answer, joined, search } from "./search.ts";
import { type Way, wayKey } from "./ways.ts";

/** Whether inputs gain access, lose it, or are allowed with other redactions or obligations. */
export type DiffDirection = "widened" | "narrowed" | "redactions" | "obligations";

/** A policy, and its ways that the other version lacks. */
export interface Version<R extends Rules = Rules> {
  readonly rules: R;
  readonly own: Own;
}

export type Own = ReadonlyMap<DecisionRule, readonly Way[]>;

/** Inputs of the cube for which nothing forbidden holds, and one of `allows` if there are any, change. */
export interface ChangedCube {
  readonly direction: DiffDirection;
  /** Whether inputs of it get more than they did: access, or content that was masked, or less asked of it. */
  readonly widens: boolean;
  readonly cube: Way;
  /** Whose way it is. */
  readonly owner: Rules;
  readonly forbidden: readonly Forbidden[];
  readonly allows?: { readonly rules: Rules; readonly list: Iterable<Way> };
}

export interface Forbidden {
  readonly rules: Rules;
  readonly kind: DecisionRule;
  readonly isMeant: (way: Way) => boolean;
}

/** The versions, each with what the other lacks. */
export function compareVersions(
  before: PolicyRules,
  after: PolicyRules,
): readonly [Version<PolicyRules>, Version<PolicyRules>] {
  const pairs = DECISION_RULES.map((kind) => {
    const [old, current] =
      kind === "allow" || kind === "deny"
        ? differingWays(before.root(kind), after.root(kind))
        : [before.ways(kind), after.ways(kind)];
    const [left, right] = [keyed(before, old), keyed(after, current)];
    return [kind, lacking(left, right), lacking(right, left)] as const;
  });
  return [
    { rules: before, own: new Map(pairs.map(([kind, own]) => [kind, own])) },
    { rules: after, own: new Map(pairs.map(([kind, , own]) => [kind, own])) },
  ];
}

function keyed(rules: Rules, ways: readonly Way[]): ReadonlyMap<string, Way> {
  return new Map(ways.map((each) => [identity(each, rules), each]));
}

function lacking(from: ReadonlyMap<string, Way>, other: ReadonlyMap<string, Way>): readonly Way[] {
  return [...from].flatMap(([key, each]) => (other.has(key) ? [] : [each]));
}

/** Which ways are the same; of redactions and obligations what they say counts, too. */
function identity(way: Way, rules: Rules): string {
  const key = wayKey(way);
  const isEffect = way.kind === "allow" || way.kind === "deny";
  return isEffect ? key : `${key}\u0003${saidBy(way, rules)}`;
}

/** What a redaction or an obligation says: a constant, or what makes it. */
function saidBy({ clause, saidBy: maker }: Way, rules: Rules): string {
  return clause.value !== undefined || maker === undefined
    ? JSON.stringify(clause.value ?? null)
    : rules.fingerprint(maker);
}

export function* changedCubes(before: Version, after: Version): Generator<ChangedCube> {
  yield* effects(before, after, "widened");
  yield* effects(after, before, "narrowed");
  yield* extras(before, after, false);
  yield* extras(after, before, true);
}

/** What `to` allows and `from` denies. */
function* effects(
  from: Version,
  to: Version,
  direction: "widened" | "narrowed",
): Generator<ChangedCube> {
  const denied = forbid(to.rules, "deny");
  const widens = direction === "widened";
  for (const cube of to.own.get("allow") ?? [])
    yield {
      direction,
      widens,
      cube,
      owner: to.rules,
      forbidden: [forbid(from.rules, "allow"), denied],
    };
  for (const cube of from.own.get("deny") ?? [])
    yield {
      direction,
      widens,
      cube,
      owner: from.rules,
      forbidden: [denied],
      allows: allowsWith(cube, to.rules),
    };
}

/** What only `to` redacts or obliges to: `widens` where that is the older version. */
function* extras(from: Version, to: Version, widens: boolean): Generator<ChangedCube> {
  for (const [kind, direction] of EXTRAS)
    for (const cube of to.own.get(kind) ?? []) {
      const said = saidBy(cube, to.rules);
      const same = forbid(from.rules, kind, (other) => saidBy(other, from.rules) === said);
      yield {
        direction,
        widens,
        cube,
        owner: to.rules,
        forbidden: [same, forbid(to.rules, "deny")],
        allows: allowsWith(cube, to.rules),
      };
    }
}

const EXTRAS = [
  ["redact", "redactions"],
  ["oblige", "obligations"],
] as const;

function allowsWith({ tests }: Way, rules: Rules): NonNullable<ChangedCube["allows"]> {
  const list = { [Symbol.iterator]: () => eachCompatibleWith(rules, "allow", tests) };
  return { rules, list };
}

function forbid(
  rules: Rules,
  kind: DecisionRule,
  isMeant: Forbidden["isMeant"] = () => true,
): Forbidden {
  return { rules, kind, isMeant };
}

interface Owned {
  readonly rules: Rules;
  readonly way: Way;
}

function hintsOf(ways: readonly Owned[]): ReadonlyMap<string, readonly Scalar[]> {
  const hints = new Map<string, readonly Scalar[]>();
  for (const { rules, way } of ways)
    for (const [path, constants] of hintsFor(rules.compiled, [way]))
      hints.set(path, [...new Set([...(hints.get(path) ?? []), ...constants])]);
  return hints;
}

/** Whether some input changes, and which. */
export function findChanged(
  { cube, owner, forbidden, allows }: ChangedCube,
  dependence?: Dependence,
): Answer {
  const beside = (): readonly Owned[] =>
    forbidden.flatMap(({ rules, kind }) =>
      firstOpaque(eachCompatibleWith(rules, kind, cube.tests)).map((way) => ({ rules, way })),
    );
  let isUnknown = false;
  for (const allow of allows?.list ?? [undefined]) {
    const by = allow === undefined ? [] : [{ rules: allows?.rules ?? owner, way: allow }];
    const all = [{ rules: owner, way: cube }, ...by];
    const answer = search({
      shape: owner.compiled.shape,
      require: joined(all.map(({ way }) => way)),
      forbidden: (input, assumed) =>
        forbidden.flatMap(({ rules, kind, isMeant }) =>
          rules.holding(kind, input, assumed).filter(isMeant),
        ),
      hints: () => hintsOf([...all, ...beside()]),
      dependence,
    });
    if (answer.kind === "found") return answer;
    // SAFETY: that such a model is not known today keeps no input from being decided so.
    if (answer.unreal !== undefined) return { kind: "found", input: answer.unreal };
    if (answer.kind === "unknown") isUnknown = true;
  }
  return { kind: isUnknown ? "unknown" : "none" };
}
