export { type CompileOptions, compile } from "./compile.ts";
export { negated } from "./dnf.ts";
export { fold } from "./fold.ts";
export { type Formulas, formulasOf, withoutTests } from "./formula.ts";
export type { Locate } from "./locate.ts";
export { constantOf } from "./lower.ts";
export { compileShape, isAlwaysThere } from "./shape.ts";
export { ownClauses, type RuleWays, waysOfRule } from "./trees.ts";
