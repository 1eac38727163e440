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
import type { Dependence } from "./dependence.ts";
import { inputChanges } from "./input-changes.ts";
import { PolicyRules, type Rules } from "./policy-rules.ts";
import { makeRegion, mergeRegions, type Region } from "./region.ts";
import type { ShapeChange } from "./shape-changes.ts";
import { sharedShape } from "./shape-changes.ts";
import type { VersionName, Way } from "./ways.ts";

/**
 * What speaks for a region. *Proved*: its conditions are all known, so that every input of it changes that no error
 * denies, and one is shown. *Witnessed*: one is shown, and the region hangs on conditions that are not known. *Possible*:
 * none was found, and it is not proved that there is none.
 */
export type Evidence = "proved" | "witnessed" | "possible";

/** A set of inputs whose decision changes. */
export interface DiffRegion {
  readonly direction: DiffDirection;
  /** Whether its inputs gain: access, content that was masked, or freedom from an obligation. */
  readonly widens: boolean;
  readonly evidence: Evidence;
  readonly because: RuleCause | InputCause;
  readonly region: Region;
  /** An input of the region with both decisions; absent: it cannot be told whether there is one. */
  readonly example?: {
    readonly input: Value;
    readonly before: Decision;
    readonly after: Decision;
  };
}

/** The rule that was added, removed or changed. */
export interface RuleCause {
  readonly rule: string;
  readonly kind: DecisionRule;
  readonly change: RuleChange;
  readonly file: string;
  readonly line: number;
}

/** Other inputs fit: by a vocabulary, or by the version of the schema. */
export interface InputCause {
  readonly kind: "input";
  readonly change: "added" | "removed";
  /** `[]` stands for the members of a list. */
  readonly path: ShapeChange["path"];
  readonly values?: readonly string[];
}

/** What became of the rule that a region is there for. */
export type RuleChange = "added" | "removed" | "changed";

/** What changes between two versions; no regions: it is proved that nothing does. */
export interface Diff {
  /** What widens first, and of that what is sure. */
  readonly regions: readonly DiffRegion[];
  /** The best evidence of a region that widens; absent: it is proved that none does. */
  readonly widened?: Evidence;
}

/**
 * Compares two compiled policies. Every input whose effect, redactions or obligations change is in a region, and those
 * that fit the schema or vocabularies of one version only; reasons do not count, nor do evaluation errors. Equal
 * conditions that no test says are known to be equal; a region that hangs on others and for which no input was
 * found has no example: it cannot be told whether it is empty.
 */
export function diffPolicies(
  before: CompiledPolicy,
  after: CompiledPolicy,
  builtins: BuiltinTable,
  dependence?: Dependence,
): Diff {
  // Rules are compared where both ask them.
  const shape = sharedShape(before.shape, after.shape);
  const rules = [
    ...ruleChanges({ ...before, shape }, { ...after, shape }, builtins, dependence),
    ...inputChanges({ before, after, builtins, dependence }).map(({ change, ...rest }) => ({
      ...rest,
      widens: rest.direction === "widened",
      because: causeOf(change),
    })),
  ];
  const regions = rules
    .map((each) => ({ ...each, evidence: evidenceOf(each) }))
    .toSorted((a, b) => rank(a) - rank(b));
  const [first] = regions;
  return { regions, ...(first?.widens === true ? { widened: first.evidence } : {}) };
}

type Found = Omit<DiffRegion, "evidence">;

const EVIDENCE: readonly Evidence[] = ["proved", "witnessed", "possible"];

function rank({ widens, evidence }: DiffRegion): number {
  return (widens ? 0 : EVIDENCE.length) + EVIDENCE.indexOf(evidence);
}

function evidenceOf({ region, example, because }: Found): Evidence {
  if (example === undefined) return "possible";
  const { residual, andOneOf, unless } = region;
  const isKnown = [{ residual }, ...andOneOf, ...unless].every(
    (each) => each.residual === undefined,
  );
  // Of a place that tests cannot speak of the region is not drawn.
  const isDrawn = because.kind !== "input" || region.when.length > 0;
  return isKnown && isDrawn ? "proved" : "witnessed";
}

function causeOf({ path, isMore, values }: ShapeChange): InputCause {
  const change = isMore ? "added" : "removed";
  return { kind: "input", change, path, ...(values === undefined ? {} : { values }) };
}

function ruleChanges(
  before: CompiledPolicy,
  after: CompiledPolicy,
  builtins: BuiltinTable,
  dependence: Dependence | undefined,
): readonly Found[] {
  const versions = compareVersions(
    new PolicyRules(before, builtins),
    new PolicyRules(after, builtins),
  );
  const [old, current] = versions.map(({ rules }) => rules) as [PolicyRules, PolicyRules];
  const answers = [...changedCubes(...versions)].flatMap((changed) => {
    const answer = findChanged(changed, dependence);
    return answer.kind === "none" ? [] : [{ changed, answer }];
  });
  const inputs = answers.flatMap(({ answer }) => (answer.kind === "found" ? [answer.input] : []));
  const decide = deciding(old, current, inputs);
  const names = new Naming(versions);
  const found = answers.map(({ changed, answer }) => {
    const { rule } = changed.cube.clause;
    const example = answer.kind === "found" ? decide(answer.input, rule) : undefined;
    return { ...describe(changed, versions, names), ...(example === undefined ? {} : { example }) };
  });
  const merged = mergeRegions(found, ({ direction, widens, because, example }) =>
    [direction, widens, JSON.stringify(because), example === undefined].join(" "),
  );
  return once(merged);
}

/** What one version no longer says and the other says instead is one change. */
function once(regions: readonly Found[]): readonly Found[] {
  const kept = new Map<string, Found>();
  for (const each of regions) {
    const key = JSON.stringify([each.direction, each.because, each.region.when]);
    const known = kept.get(key);
    const isSame = known !== undefined && sameBeside(known.region, each.region);
    if (known === undefined) kept.set(key, each);
    else if (isSame) kept.set(key, { ...each, widens: known.widens || each.widens });
    else kept.set(`${key} ${kept.size}`, each);
  }
  return [...kept.values()];
}

function sameBeside(a: Region, b: Region): boolean {
  const textOf = (region: Region): string =>
    JSON.stringify(region, (key, value) => (key === "version" ? undefined : value));
  return textOf(a) === textOf(b);
}

function describe(
  { direction, widens, cube, owner, forbidden, allows }: ChangedCube,
  [old]: readonly [Version<PolicyRules>, Version<PolicyRules>],
  names: Naming,
): Found {
  const { rule, kind, source } = cube.clause;
  const nameOf = (rules: Rules): VersionName => (rules === old.rules ? "before" : "after");
  const ofVersion = (rules: Rules, way: Way): Way => ({ ...way, version: nameOf(rules) });
  const region = makeRegion({
    shape: owner.compiled.shape,
    cube: ofVersion(owner, cube),
    ...(allows === undefined
      ? {}
      : { oneOf: each(allows.list, (way) => ofVersion(allows.rules, way)) }),
    unless: forbidden.flatMap(({ rules, kind: barred, isMeant }) =>
      compatibleWith(rules, barred, cube.tests)
        .filter(isMeant)
        .map((way) => ofVersion(rules, way)),
    ),
  });
  const change = names.changeOf(cube, nameOf(owner));
  return {
    direction,
    widens,
    because: { rule, kind, change, file: source.file, line: source.line },
    region,
  };
}

function each<T>(list: Iterable<T>, change: (item: T) => T): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const item of list) yield change(item);
    },
  };
}

/**
 * What became of rules, which have numbers for names: one that has a way that the other version has as well was changed,
 * and so was one whose number still is that of a rule, if there are as many, or of which each version has its own.
 */
class Naming {
  readonly #sides: { readonly [name in VersionName]: SideNames };

  constructor([old, current]: readonly [Version<PolicyRules>, Version<PolicyRules>]) {
    this.#sides = { before: namesOf(old), after: namesOf(current) };
  }

  changeOf({ kind, clause: { rule } }: Way, version: VersionName): RuleChange {
    const other = this.#sides[version === "before" ? "after" : "before"];
    const own = this.#sides[version];
    const path = pathOf(rule);
    const isAsMany = own.counts.get(path) === other.counts.get(path);
    if (isAsMany || other.changed.has(path) || own.hasKept(kind, rule)) return "changed";
    return version === "before" ? "removed" : "added";
  }
}

interface SideNames {
  /** How many rules a path has. */
  readonly counts: ReadonlyMap<string, number>;
  /** The paths of rules that have ways of their own. */
  readonly changed: ReadonlySet<string>;
  /** Whether a rule has a way that the other version has, too. */
  readonly hasKept: (kind: DecisionRule, rule: string) => boolean;
}

function namesOf({ own, rules }: Version<PolicyRules>): SideNames {
  const ways = new Set([...own.values()].flat());
  const counts = new Map<string, number>();
  for (const { rule } of rules.compiled.trees.clauses)
    counts.set(pathOf(rule), (counts.get(pathOf(rule)) ?? 0) + 1);
  const kept = new Map<DecisionRule, ReadonlySet<string>>();
  const keptOf = (kind: DecisionRule): ReadonlySet<string> => {
    const still = rules.ways(kind).filter((way) => !ways.has(way));
    return new Set(still.map(({ clause }) => clause.rule));
  };
  return {
    counts,
    changed: new Set([...ways].map(({ clause }) => pathOf(clause.rule))),
    hasKept(kind, rule) {
      const known = kept.get(kind) ?? keptOf(kind);
      kept.set(kind, known);
      return known.has(rule);
    },
  };
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
