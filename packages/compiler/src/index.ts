export { type CompileOptions, compile } from "./compile.ts";
export { findHiding, type HidingOptions } from "./hiding.ts";
export type { Locate } from "./locate.ts";
export { compileShape, type JsonSchema, type Vocabularies } from "./shape.ts";
