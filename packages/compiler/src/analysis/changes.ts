// What could change between two versions of a policy. Only what was added or removed can, so each
// alternative that is in one version and not in the other is asked: where does it hold, and no rule of the
// other version make up for it?
//
//   widened   an added allow, where no old allow held and no new deny holds;
//             a removed deny, where a new allow holds and no new deny does.
//   narrowed  the same with the versions exchanged.
//   changed   a redaction or obligation that only one version makes, of what it allows.

import type { DecisionRule, Value } from "@writ/evaluator";
import { type Alternative, alternativeKey, DECISION_RULES } from "./alternatives.ts";
import { compatibleWith } from "./compatible.ts";
import { hintsFor } from "./hints.ts";
import { type Answer, type ForbiddenCube, search } from "./search.ts";
import type { Rules } from "./subject.ts";

export type DiffDirection = "widened" | "narrowed" | "redactions" | "obligations";

/** A policy, and its alternatives that the other version lacks. */
export interface Version<R extends Rules = Rules> {
  readonly subject: R;
  readonly own: Own;
}

export type Own = ReadonlyMap<DecisionRule, readonly Alternative[]>;

/** Inputs of the cube for which nothing forbidden holds, and one of `allows` if there are any, change. */
export interface ChangedCube {
  readonly direction: DiffDirection;
  readonly cube: Alternative;
  /** Whose alternative it is. */
  readonly owner: Rules;
  readonly forbidden: readonly Forbidden[];
  readonly allows?: { readonly subject: Rules; readonly list: readonly Alternative[] };
}

export interface Forbidden {
  readonly subject: Rules;
  readonly kind: DecisionRule;
  readonly isMeant: (alternative: Alternative) => boolean;
}

/** The versions, each with what the other lacks. */
export function compareVersions<R extends Rules>(
  before: R,
  after: R,
): readonly [Version<R>, Version<R>] {
  const pairs = DECISION_RULES.map((kind) => {
    const [left, right] = [keyed(before, kind), keyed(after, kind)];
    return [kind, lacking(left, right), lacking(right, left)] as const;
  });
  return [
    { subject: before, own: new Map(pairs.map(([kind, own]) => [kind, own])) },
    { subject: after, own: new Map(pairs.map(([kind, , own]) => [kind, own])) },
  ];
}

function keyed(subject: Rules, kind: DecisionRule): ReadonlyMap<string, Alternative> {
  return new Map(subject.alternatives(kind).map((each) => [identity(each, subject), each]));
}

function lacking(
  from: ReadonlyMap<string, Alternative>,
  other: ReadonlyMap<string, Alternative>,
): readonly Alternative[] {
  return [...from].flatMap(([key, each]) => (other.has(key) ? [] : [each]));
}

/** Which alternatives are the same; of redactions and obligations what they say counts, too. */
function identity(alternative: Alternative, subject: Rules): string {
  const key = alternativeKey(alternative, subject.fingerprint);
  const isEffect = alternative.kind === "allow" || alternative.kind === "deny";
  return isEffect ? key : `${key}\u0003${saidBy(alternative, subject)}`;
}

/** What a redaction or an obligation says: a constant, or what makes it. */
function saidBy({ clause, saidBy: maker }: Alternative, subject: Rules): string {
  return clause.value !== undefined || maker === undefined
    ? JSON.stringify(clause.value ?? null)
    : subject.fingerprint(maker);
}

export function* changedCubes(before: Version, after: Version): Generator<ChangedCube> {
  yield* effects(before, after, "widened");
  yield* effects(after, before, "narrowed");
  yield* extras(before, after);
  yield* extras(after, before);
}

/** What `to` allows and `from` denies. */
function* effects(
  from: Version,
  to: Version,
  direction: "widened" | "narrowed",
): Generator<ChangedCube> {
  const denied = forbid(to.subject, "deny");
  for (const cube of to.own.get("allow") ?? [])
    yield {
      direction,
      cube,
      owner: to.subject,
      forbidden: [forbid(from.subject, "allow"), denied],
    };
  for (const cube of from.own.get("deny") ?? [])
    yield {
      direction,
      cube,
      owner: from.subject,
      forbidden: [denied],
      allows: allowsWith(cube, to.subject),
    };
}

/** What only `to` redacts or obliges to. */
function* extras(from: Version, to: Version): Generator<ChangedCube> {
  for (const [kind, direction] of EXTRAS)
    for (const cube of to.own.get(kind) ?? []) {
      const said = saidBy(cube, to.subject);
      const same = forbid(from.subject, kind, (other) => saidBy(other, from.subject) === said);
      yield {
        direction,
        cube,
        owner: to.subject,
        forbidden: [same, forbid(to.subject, "deny")],
        allows: allowsWith(cube, to.subject),
      };
    }
}

const EXTRAS = [
  ["redact", "redactions"],
  ["oblige", "obligations"],
] as const;

function allowsWith({ tests }: Alternative, subject: Rules): NonNullable<ChangedCube["allows"]> {
  return { subject, list: compatibleWith(subject, "allow", tests) };
}

function forbid(
  subject: Rules,
  kind: DecisionRule,
  isMeant: Forbidden["isMeant"] = () => true,
): Forbidden {
  return { subject, kind, isMeant };
}

/** Whether some input changes, and which. */
export function findChanged({ cube, owner, forbidden, allows }: ChangedCube): Answer {
  const print = cube.residual === undefined ? undefined : owner.fingerprint(cube.residual);
  const cubesAt = (input: Value): readonly ForbiddenCube[] =>
    forbidden.flatMap(({ subject, kind, isMeant }) =>
      subject
        .holding(kind, input)
        .filter(isMeant)
        .map(({ tests, residual }) => ({
          tests,
          isOpaque: residual !== undefined && subject.fingerprint(residual) !== print,
        })),
    );
  let isUnknown = false;
  for (const allow of allows?.list ?? [undefined]) {
    const by = allow === undefined ? [] : [{ subject: allows?.subject ?? owner, way: allow }];
    const all = [{ subject: owner, way: cube }, ...by];
    const answer = search({
      shape: owner.compiled.shape,
      require: all.flatMap(({ way }) => way.tests),
      forbidden: cubesAt,
      accept: (input) => all.every(({ subject, way }) => subject.residualHolds(way, input)),
      hints: new Map(
        all.flatMap(({ subject, way: { residual } }) =>
          residual === undefined ? [] : [...hintsFor(subject.compiled, [residual])],
        ),
      ),
    });
    if (answer.kind === "found") return answer;
    if (answer.kind === "unknown") isUnknown = true;
  }
  return { kind: isUnknown ? "unknown" : "none" };
}
