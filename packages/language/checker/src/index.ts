export {
  type CheckOptions,
  type CheckResult,
  check,
  checkApart,
  type DataSchema,
} from "./check.ts";
export { findNondeterministic } from "./nondeterministic.ts";
export { isTestFile } from "./rule-index.ts";
export { scalarKindAt } from "./scalar-kind.ts";
export { schemaProblem } from "./schema-validity.ts";
export { suppress, suppressionIn } from "./suppress.ts";
export { findUnseenCharacters } from "./unseen-characters.ts";
