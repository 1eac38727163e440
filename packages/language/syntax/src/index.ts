export type {
  Annotation,
  Body,
  Comment,
  ElseBranch,
  Expression,
  Import,
  InfixOperator,
  Module,
  Name,
  PackageDecl,
  RefPart,
  Rule,
  RuleHead,
  Statement,
  Term,
  WithModifier,
} from "./ast.ts";
export { formatRego } from "./format-rego.ts";
export { formatYaml } from "./format-yaml.ts";
export { INFIX_FUNCTIONS } from "./infix.ts";
export { toOpaJson } from "./opa-json.ts";
export { type ParseResult, parseRego } from "./parse-rego.ts";
export { KEYWORDS } from "./parse-term.ts";
export { parseYaml } from "./parse-yaml.ts";
export { yamlToRego } from "./to-rego.ts";
export type { KindAt } from "./yaml-context.ts";
