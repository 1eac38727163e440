export { catalog, type DiagnosticCode } from "./catalog.ts";
export {
  type Diagnostic,
  type DiagnosticDetails,
  diagnostic,
  type Label,
  sortDiagnostics,
} from "./diagnostic.ts";
export { opaCode } from "./opa-code.ts";
export { escapeOf, printable, unseenIn, visibleJson, visibleJsonText } from "./printable.ts";
export { renderJson } from "./render-json.ts";
export { renderGithub, renderSarif } from "./render-sarif.ts";
export { type RenderOptions, renderText } from "./render-text.ts";
export { type RetiredCode, retired } from "./retired.ts";
export { makeSources, type Position, Source, type SourceFile, type Sources } from "./source.ts";
export type { Span } from "./span.ts";
export { suggest } from "./suggest.ts";
