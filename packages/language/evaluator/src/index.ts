export type { Builtin, BuiltinContext, BuiltinTable, BuiltinType, Cost } from "./builtin.ts";
export {
  DuplicateKey,
  getMember,
  makeObject,
  makeSet,
  memberCount,
  setProperty,
  someMember,
  toJson,
} from "./collection.ts";
export { type CompiledPolicy, POLICY_FORMAT } from "./compiled.ts";
export { findMisfit, type Misfit } from "./conform.ts";
export { encodeConstant } from "./constant.ts";
export type { Decision, DecisionError, DeterminingRule, Effect, Reason } from "./decision.ts";
export { QUERY_PACKAGE } from "./documents.ts";
export { BuiltinError } from "./evaluation.ts";
export { add, divide, exactly, multiply, negate, rounded, subtract } from "./float.ts";
export { jsonText, parseJson } from "./json-text.ts";
export { type Meter, metered, sortSteps, spend, textSteps, withinSteps } from "./meter.ts";
export {
  compareNumbers,
  decimalOf,
  fromInteger,
  integerOf,
  isNumber,
  makeNumber,
  type NumberValue,
  numberSteps,
  numberText,
  parseNumber,
  RegoNumber,
} from "./number.ts";
export { isKnownObligation, KNOWN_OBLIGATIONS, obligationName } from "./obligations.ts";
export {
  type ObservedCondition,
  type ObservedRule,
  type Observer,
  type Probe,
  SILENT_PROBE,
} from "./observe.ts";
export { compareValues, equalValues } from "./order.ts";
export { holdsIn, holdsOf, valueAt } from "./plain-test.ts";
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
  createQueries,
  type EvaluateOptions,
  type Policy,
  type QueryOptions,
  type QueryResult,
} from "./policy.ts";
export { regoText } from "./rego-text.ts";
export { type Shape, shapeAt } from "./shape.ts";
export { MAX_TEXT } from "./text-limit.ts";
export { type NodeVisit, traceTree } from "./trace.ts";
export {
  childrenOf,
  DECISION_RULES,
  type DecisionRule,
  type DecisionTrees,
  type InputPath,
  inner,
  type PathTest,
  pathOf,
  type Residual,
  type Scalar,
  type Test,
  type TreeClause,
  type TreeNode,
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
