export { type AskedRegion, askPolicy } from "./analysis/ask.ts";
export type { DiffDirection } from "./analysis/changes.ts";
export { type Cover, coverPolicy, type Leaf, type Proposal, plainInput } from "./analysis/cover.ts";
export type { Dependence, Followed } from "./analysis/dependence.ts";
export {
  type Diff,
  type DiffRegion,
  diffPolicies,
  type Evidence,
  type InputCause,
  type RuleCause,
  type RuleChange,
} from "./analysis/diff.ts";
export { findIdleRules, type IdleRule } from "./analysis/idle.ts";
export { isPossible } from "./analysis/implied.ts";
export { type ExpectedOn, MutantJudge, type Verdict } from "./analysis/judge.ts";
export { findMentions, type Mentions } from "./analysis/mentions.ts";
export { findOpenAllows, type OpenAllow } from "./analysis/open-allows.ts";
export type { Condition, Region, Unsaid } from "./analysis/region.ts";
export { type Change, findTurns, type Turn } from "./analysis/turns.ts";
export { type CompileOptions, compile } from "./compile.ts";
export { findHiding, type HidingOptions } from "./hiding.ts";
export type { Locate } from "./locate.ts";
export { type Mutant, mutantsOf, withMutant } from "./mutate.ts";
export { isAlwaysThere } from "./shape.ts";
