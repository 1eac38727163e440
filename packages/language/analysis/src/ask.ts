// The inputs for which a decision holds, given constraints: every way a rule allows (or denies) that the
// constraints leave open, less what denies it.

import type {
  BuiltinTable,
  CompiledPolicy,
  Decision,
  Effect,
  Shape,
  Test,
  TreeClause,
  Value,
} from "@writ/evaluator";
import { compatibleWith } from "./compatible.ts";
import type { Dependence } from "./dependence.ts";
import { firstOpaque, hintsFor } from "./hints.ts";
import { implies } from "./implied.ts";
import { PolicyRules } from "./policy-rules.ts";
import { conditionKey, makeRegion, mergeRegions, type Region } from "./region.ts";
import { search } from "./search.ts";
import type { Way } from "./ways.ts";

/** A set of inputs on which a policy decides as asked, by one rule. */
export interface AskedRegion {
  readonly effect: Effect;
  /** The rule that decides; absent: no rule allows. */
  readonly rule?: TreeClause;
  /** What is asked beyond the constraints. */
  readonly region: Region;
  /** An input of the region, decided so by both engines. Absent: it cannot be told whether there is one. */
  readonly example?: { readonly input: Value; readonly decision: Decision };
  /** The schema has such inputs, and none of them has what is known to follow from its values. */
  readonly isUnreal?: true;
}

/**
 * All inputs that fit the schema, satisfy the constraints and are decided so, as regions that may overlap; none:
 * it is proved that there is no such input. Known are presence, order, affixes and members at each path; what
 * else a rule asks is opaque: a region whose condition is opaque has an example, or cannot be told.
 */
export function askPolicy(
  compiled: CompiledPolicy,
  builtins: BuiltinTable,
  constraints: readonly Test[],
  effect: Effect,
  dependence?: Dependence,
): readonly AskedRegion[] {
  const rules = new PolicyRules(compiled, builtins);
  const { shape } = compiled;
  const kind = effect === "allow" ? "allow" : "deny";
  const asking = { rules, constraints, effect, dependence };
  const ways = compatibleWith(rules, kind, constraints).flatMap((way) =>
    answer(asking, way, effect === "allow" ? ["deny"] : []),
  );
  const nothing: Way = { kind: "allow", index: -1, clause: NOBODY, tests: [], opaque: [] };
  const byDefault = effect === "deny" ? answer(asking, nothing, ["allow", "deny"]) : [];
  return mergeRegions(withoutCovered(shape, [...ways, ...byDefault]), ({ rule, example }) =>
    [rule?.rule, example === undefined].join(" "),
  );
}

/** More regions than this are all listed. */
const MAX_COMPARED = 400;

/** Without regions that lie within another one: what a wider rule decides anyway. */
function withoutCovered(shape: Shape, regions: readonly AskedRegion[]): readonly AskedRegion[] {
  if (regions.length > MAX_COMPARED) return regions;
  const covers = ({ region: wide, example }: AskedRegion, { region }: AskedRegion): boolean => {
    if (example === undefined || wide.residual !== undefined) return false;
    const excepted = new Set(region.unless.map(conditionKey));
    return (
      wide.unless.every((each) => excepted.has(conditionKey(each))) &&
      wide.when.every((test) => implies(shape, region.when, test))
    );
  };
  return regions.filter(
    (item, index) =>
      // Of two that cover each other the first stays.
      !regions.some(
        (other, at) => at !== index && covers(other, item) && (at < index || !covers(item, other)),
      ),
  );
}

const NOBODY: TreeClause = {
  rule: "",
  kind: "allow",
  source: { file: "", start: 0, end: 0, line: 1, column: 1 },
};

interface Asking {
  readonly rules: PolicyRules;
  readonly constraints: readonly Test[];
  readonly effect: Effect;
  readonly dependence: Dependence | undefined;
}

function answer(
  { rules, constraints, effect, dependence }: Asking,
  way: Way,
  barred: readonly ("allow" | "deny")[],
): readonly AskedRegion[] {
  const { shape } = rules.compiled;
  const tests = [...constraints, ...way.tests];
  const unless = barred.flatMap((kind) => compatibleWith(rules, kind, tests));
  const found = search({
    shape,
    require: { tests, opaque: way.opaque },
    forbidden: (input, assumed) => barred.flatMap((kind) => rules.holding(kind, input, assumed)),
    hints: () => hintsFor(rules.compiled, [way, ...firstOpaque(unless)]),
    dependence,
  });
  if (found.kind === "none") return [];
  const region = makeRegion({ shape, cube: way, constraints, unless });
  const decision =
    found.kind === "found" ? rules.decide(found.input, [way.clause.rule]) : undefined;
  const isBorneOut = found.kind === "found" && decision?.effect === effect;
  return [
    {
      effect,
      ...(way.clause === NOBODY ? {} : { rule: way.clause }),
      region,
      ...(found.kind === "unknown" && found.unreal !== undefined ? { isUnreal: true } : {}),
      ...(isBorneOut ? { example: { input: found.input, decision } } : {}),
    },
  ];
}
