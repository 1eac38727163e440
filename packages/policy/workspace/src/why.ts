// Why a policy decides as it does: the rules that determined the decision, each condition of theirs with its
// place in the source, and the smallest changes of the input that would have turned it.

import { findTurns, type Turn } from "@writ/analysis";
import {
  type BuiltinTable,
  type CompiledPolicy,
  createPolicy,
  type Decision,
  type Observer,
  SILENT_PROBE,
  type SourceRef,
  type Value,
} from "@writ/evaluator";

/** A decision, what determined it, and what would have turned it. */
export interface Why {
  readonly decision: Decision;
  /** The rules that determined it; when nothing allows, the allow rules, nearest first. */
  readonly rules: readonly WhyRule[];
  readonly turns: readonly Turn[];
}

/** A rule with its conditions, in the order they are written. */
export interface WhyRule {
  readonly rule: string;
  readonly source: SourceRef;
  readonly conditions: readonly WhyCondition[];
}

/** A condition, and whether it holds. */
export interface WhyCondition {
  readonly source: SourceRef;
  /** Undefined: it was not asked, as one before it failed. */
  readonly holds?: boolean;
}

/** How many rules that nearly allowed are shown. */
const MAX_NEAR = 3;

/** Why an input is decided as it is. */
export function explainDecision(
  compiled: CompiledPolicy,
  builtins: BuiltinTable,
  input: Value,
): Why {
  const decision = createPolicy(compiled, builtins).evaluate(input, { quotesInput: true });
  const watched: Watched = (isWanted) => watch(compiled, builtins, input, isWanted);
  const rules = decision.errors.length > 0 ? [] : rulesOf(compiled, decision, watched);
  const turns = decision.errors.length > 0 ? [] : findTurns(compiled, builtins, input);
  return { decision, rules, turns };
}

type Watched = (isWanted: (id: string) => boolean) => readonly WhyRule[];

function rulesOf(
  compiled: CompiledPolicy,
  decision: Decision,
  watched: Watched,
): readonly WhyRule[] {
  const determining = new Set(decision.determining.map(({ rule }) => rule));
  if (determining.size > 0) return watched((id) => determining.has(id));
  const { groups } = compiled.plan;
  const allows = new Set(
    groups.flatMap(({ path, clauses }) =>
      path.at(-1) === "allow" ? clauses.map(({ id }) => id) : [],
    ),
  );
  const failing = ({ conditions }: WhyRule): number =>
    conditions.filter(({ holds }) => holds !== true).length;
  return [...watched((id) => allows.has(id))]
    .sort((a, b) => failing(a) - failing(b))
    .slice(0, MAX_NEAR);
}

/** What becomes of the conditions of some rules when they are asked. */
function watch(
  compiled: CompiledPolicy,
  builtins: BuiltinTable,
  input: Value,
  isWanted: (id: string) => boolean,
): readonly WhyRule[] {
  const rules: {
    rule: string;
    source: SourceRef;
    conditions: { source: SourceRef; holds?: boolean }[];
  }[] = [];
  let current: (typeof rules)[number] | undefined;
  const observer: Observer = {
    rule: ({ id, source }) => {
      current = isWanted(id) ? { rule: id, source, conditions: [] } : undefined;
      if (current !== undefined) rules.push(current);
      return SILENT_PROBE;
    },
    condition: ({ source, depth }) => {
      if (current === undefined || depth > 0) return SILENT_PROBE;
      const condition: { source: SourceRef; holds?: boolean } = { source };
      current.conditions.push(condition);
      return {
        ...SILENT_PROBE,
        enter: () => {
          condition.holds ??= false;
        },
        hold: () => {
          condition.holds = true;
        },
      };
    },
  };
  const policy = createPolicy(compiled, builtins, observer);
  for (const { path, clauses } of compiled.plan.groups)
    if (clauses.some(({ id }) => isWanted(id))) policy.query(path, input);
  return rules;
}
