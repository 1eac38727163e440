export {
  type CheckOptions,
  type CheckResult,
  check,
  checkApart,
  type DataSchema,
} from "./check.ts";
export type {
  CallTarget,
  Program,
  RuleIR,
  RuleMetadata,
  StatementIR,
  TermIR,
  VarId,
  VarIR,
  WithIR,
} from "./ir.ts";
export { operandsFirst } from "./look-ups.ts";
export { findNondeterministic } from "./nondeterministic.ts";
export { splitHeads, splitTogether } from "./operands.ts";
export { eachChild, termsOf, walk } from "./order.ts";
export { isTestFile } from "./rule-index.ts";
export { scalarKindAt } from "./scalar-kind.ts";
export type { JsonSchema, Vocabularies } from "./schema-type.ts";
export { schemaProblem } from "./schema-validity.ts";
export { suppress, suppressionIn } from "./suppress.ts";
export { builtinCall, isThere } from "./terms.ts";
export type { PropertyType, Type } from "./type.ts";
export { findUnseenCharacters } from "./unseen-characters.ts";
