export { type CheckOptions, type CheckResult, check } from "./check.ts";
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
export { findNondeterministic } from "./nondeterministic.ts";
export { isTestFile } from "./rule-index.ts";
export type { JsonSchema, Vocabularies } from "./schema-type.ts";
export { suppress } from "./suppress.ts";
export type { PropertyType, Type } from "./type.ts";
