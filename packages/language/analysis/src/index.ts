export { type AskedRegion, askPolicy } from "./ask.ts";
export type { DiffDirection } from "./changes.ts";
export { type Cover, coverPolicy, type Leaf, type Proposal, plainInput } from "./cover.ts";
export type { Dependence, Followed } from "./dependence.ts";
export {
  type Diff,
  type DiffRegion,
  diffPolicies,
  type Evidence,
  type InputCause,
  type RuleCause,
  type RuleChange,
} from "./diff.ts";
export { findHiding, type HidingOptions } from "./hiding.ts";
export { findIdleRules, type IdleRule } from "./idle.ts";
export { isPossible } from "./implied.ts";
export { type ExpectedOn, MutantJudge, type Verdict } from "./judge.ts";
export { findMentions, type Mentions } from "./mentions.ts";
export { type Mutant, mutantsOf, withMutant } from "./mutate.ts";
export { findOpenAllows, type OpenAllow } from "./open-allows.ts";
export type { Condition, Region, Unsaid } from "./region.ts";
export { type Change, findTurns, type Turn } from "./turns.ts";
