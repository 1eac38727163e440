export { pairUp, splitEquation } from "./equations.ts";
export type {
  CallTarget,
  DocumentIR,
  Program,
  RuleIR,
  RuleMetadata,
  StatementIR,
  TermIR,
  VarId,
  VarIR,
  WithIR,
} from "./ir.ts";
export type { JsonSchema, Vocabularies } from "./json-schema.ts";
export { operandsFirst } from "./look-ups.ts";
export { builtinCall, constantPath, isThere, pathReference, trueAt } from "./made-terms.ts";
export { dataKeys, ownProperty, propertyOf } from "./member-types.ts";
export { negateStatements, splitHeads, splitStatement, splitTogether } from "./operands.ts";
export { isPattern, patternVars } from "./patterns.ts";
export { type BuiltinCall, builtinCallsByName, partsOf, type RuleParts } from "./rule-parts.ts";
export {
  eachNode,
  inputPath,
  isNameless,
  isNamelessTerm,
  isWildcard,
  replaceTerms,
  strictTerms,
  substitute,
  variablesIn,
} from "./terms.ts";
export type { PropertyType, Type } from "./type.ts";
export {
  ANY,
  alternatives,
  BOOLEAN,
  membersOf,
  NULL,
  NUMBER,
  overlaps,
  STRING,
  showType,
  unionOf,
  widen,
} from "./type-algebra.ts";
export { eachChild, termsOf, walk } from "./walk.ts";
