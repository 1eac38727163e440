export type { Builtin, BuiltinContext, BuiltinTable, BuiltinType } from "./builtin.ts";
export {
  DuplicateKey,
  getMember,
  makeObject,
  makeSet,
  memberCount,
  someMember,
  toJson,
} from "./collection.ts";
export type { CompiledPolicy } from "./compiled.ts";
export { findMisfit, type Misfit } from "./conform.ts";
export { decodeConstant, encodeConstant } from "./constant.ts";
export type { Decision, DecisionError, DeterminingRule, Effect, Reason } from "./decision.ts";
export { QUERY_PACKAGE } from "./documents.ts";
export { BuiltinError } from "./evaluation.ts";
export { add, divide, multiply, negate, subtract } from "./float.ts";
export { jsonText, parseJson } from "./json-text.ts";
export {
  compareNumbers,
  decimalOf,
  fromInteger,
  integerOf,
  isNumber,
  makeNumber,
  type NumberValue,
  numberText,
  parseNumber,
  RegoNumber,
} from "./number.ts";
export { compareValues, equalValues } from "./order.ts";
export type {
  Clause,
  Constant,
  Expr,
  FunctionRef,
  Pattern,
  Plan,
  Replacement,
  RuleGroup,
  SourceRef,
  Stmt,
} from "./plan.ts";
export {
  createPolicy,
  type EvaluateOptions,
  type Policy,
  type QueryOptions,
  type QueryResult,
} from "./policy.ts";
export { regoText } from "./rego-text.ts";
export type { Shape } from "./shape.ts";
export type {
  DecisionRule,
  DecisionTrees,
  InputPath,
  PathTest,
  Residual,
  Scalar,
  Test,
  TreeClause,
  TreeNode,
} from "./tree.ts";
export {
  isArray,
  isPlainObject,
  objectEntries,
  type PlainObject,
  RegoObject,
  RegoSet,
  type Value,
} from "./value.ts";
