// YAML rules: the short form. They become the same AST that Rego becomes, with spans that point at the
// YAML text, so everything behind the parser (checks, trees, explanations) works on them unchanged.
// `rules[]` have an effect and conditions; conditions.ts says what each operator means.

import {
  type Diagnostic,
  diagnostic,
  type SourceFile,
  type Span,
  sortDiagnostics,
} from "@writ/diagnostics";
import { type Document, isMap, isSeq, type Node, parseDocument, visit, type YAMLMap } from "yaml";
import type { Annotation, Body, Comment, Module, Rule, Statement, Term } from "./ast.ts";
import { type ConditionContext, MAX_NAMED_CONDITIONS, readConditions } from "./conditions.ts";
import { interpolate } from "./interpolate.ts";
import { emptyModule, MAX_SOURCE_BYTES, type ParseResult } from "./parse-rego.ts";
import type { KindAt, Variables, YamlContext } from "./yaml-context.ts";
import { pathTerm, readPath } from "./yaml-path.ts";
import { entriesOf, YamlReader } from "./yaml-reader.ts";
import { MAX_VARIABLE_VALUES, noVariables, readVariables, reportUnused } from "./yaml-variables.ts";

const MODULE_KEYS = ["package", "variables", "conditions", "description", "rules"] as const;
const RULE_KEYS = [
  "id",
  "title",
  "description",
  "effect",
  "reason",
  "code",
  "label",
  "labels",
  "obligation",
  "variables",
  "when",
] as const;
const EFFECTS = ["allow", "deny", "redact", "oblige"] as const;
type Effect = (typeof EFFECTS)[number];

/**
 * Reads a file of YAML rules. Never throws; the module holds the rules that could be read. `kindAt`: what the input is
 * known to hold, of which a condition need not ask whether it can be compared.
 */
export function parseYaml(source: SourceFile, kindAt?: KindAt): ParseResult {
  const { file, text } = source;
  const span = { file, start: 0, end: text.length };
  if (text.length > MAX_SOURCE_BYTES) {
    const found = diagnostic("E0112", { limit: MAX_SOURCE_BYTES }, { file, start: 0, end: 0 });
    return { module: emptyModule(file), diagnostics: [found] };
  }
  const document = parseDocument(text, {
    maxAliasCount: 0,
    prettyErrors: false,
    uniqueKeys: true,
  } as object);
  // What the reader only warns of changes what a file means without a word: a tag, a version of YAML.
  const diagnostics: Diagnostic[] = [...document.errors, ...document.warnings].map(
    ({ code, message, pos }) =>
      diagnostic(
        "E0120",
        { reason: reasonOf(code, message) },
        { file, start: pos[0], end: Math.max(pos[1], pos[0] + 1) },
      ),
  );
  diagnostics.push(...foreignMarks(document, source));
  const context: YamlContext = { file, diagnostics, kindAt };
  const module =
    diagnostics.length > 0 ? emptyModule(file) : readModule(document.contents, context, span);
  return {
    module: { ...module, form: "yaml", comments: readComments(source) },
    diagnostics: sortDiagnostics(diagnostics),
  };
}

function reasonOf(code: string, message: string): string {
  if (/call stack/i.test(message)) return "it is nested too deeply";
  const plain = message.replaceAll("tag:yaml.org,2002:", "!!");
  const [tag] = /\S+$/.exec(plain) ?? [];
  return code === "TAG_RESOLVE_FAILED" && /^Unresolved tag/.test(message)
    ? `the tag \`${tag}\` means nothing here: write the value itself`
    : lowerFirst(plain);
}

/** Rules are YAML 1.2: other versions read `no` and `0100` as something else, and tags change types in silence. */
function foreignMarks(document: Document, { file, text }: SourceFile): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (reason: string, start: number, end: number): void => {
    found.push(diagnostic("E0120", { reason }, { file, start, end: Math.max(end, start + 1) }));
  };
  const version = /^%YAML[ \t]+(\S+)/m.exec(text);
  if (version !== null && version[1] !== "1.2" && document.directives?.yaml.explicit === true)
    report(
      `rules are YAML 1.2, not ${version[1]}: leave out the directive`,
      version.index,
      version.index + version[0].length,
    );
  visit(document, {
    Node: (_key, node) => {
      const { tag, range } = node as Node & { readonly tag?: string };
      if (tag === undefined || document.errors.length + document.warnings.length > 0) return;
      const name = tag.replace("tag:yaml.org,2002:", "!!");
      report(
        `the tag \`${name}\` has no place in rules: write the value itself`,
        range?.[0] ?? 0,
        range?.[1] ?? 0,
      );
    },
  });
  return found;
}

/** Comments on lines of their own: that is where suppressions stand. */
function readComments({ file, text }: SourceFile): readonly Comment[] {
  return [...text.matchAll(/^[ \t]*(#.*)$/gm)].map((match) => {
    const comment = match[1] ?? "";
    const start = match.index + match[0].length - comment.length;
    return { text: comment.trimEnd(), span: { file, start, end: start + comment.length } };
  });
}

function readModule(contents: Node | null, context: YamlContext, span: Span): Module {
  const reader = new YamlReader(context);
  const empty = emptyModule(context.file);
  if (!isMap(contents)) {
    reader.wrongType(contents, "a file of rules", "a mapping with `package` and `rules`", span);
    return empty;
  }
  reader.checkKeys(contents, MODULE_KEYS, "a file of rules");
  const packageNode = reader.need(contents, "package", "a file of rules");
  const packageText =
    packageNode === undefined ? undefined : reader.string(packageNode, "`package`");
  const path = packageText === undefined ? undefined : readPath(packageText);
  if (packageNode !== undefined && packageText !== undefined && path === undefined) {
    reader.wrongType(packageNode, "`package`", "a dotted path such as `my.policy`");
  }
  const variables: Variables = {
    ofFile: readVariables(contents, reader),
    ofRule: new Map(),
    budget: { left: MAX_VARIABLE_VALUES },
    used: new Set(),
  };
  const within = { ...context, named: readNamed(contents, reader), variables };
  const rulesNode = reader.need(contents, "rules", "a file of rules");
  const rules: Rule[] = [];
  if (isSeq(rulesNode)) {
    for (const item of rulesNode.items) rules.push(...readRule(item as Node, within));
  } else if (rulesNode !== undefined) reader.wrongType(rulesNode, "`rules`", "a list");
  reportUnused(variables.ofFile, variables, context);
  const packageSpan = packageNode === undefined ? span : reader.span(packageNode);
  return {
    ...empty,
    package: { path: path ?? [], annotations: [], span: packageSpan },
    rules,
    span,
  };
}

/** `conditions`: lists of conditions by name, for rules to refer to. */
function readNamed(contents: YAMLMap, reader: YamlReader): ReadonlyMap<string, Node> {
  const node = reader.get(contents, "conditions");
  if (node === undefined) return new Map();
  if (!isMap(node)) {
    reader.wrongType(node, "`conditions`", "a mapping from names to conditions");
    return new Map();
  }
  return new Map(
    entriesOf(node).flatMap(({ key, value }) =>
      value === undefined ? [] : [[key, value] as const],
    ),
  );
}

/** One AST rule; one a label for `redact` rules with several. */
function readRule(node: Node, ofFile: YamlContext): readonly Rule[] {
  const reader = new YamlReader(ofFile);
  if (!isMap(node)) {
    reader.wrongType(node, "a rule", "a mapping with `effect` and `when`");
    return [];
  }
  reader.checkKeys(node, RULE_KEYS, "a rule");
  const effectNode = reader.need(node, "effect", "a rule");
  const effect =
    effectNode === undefined ? undefined : reader.oneOf(effectNode, EFFECTS, "`effect`");
  if (effect === undefined || effectNode === undefined) return [];
  const { variables = noVariables } = ofFile;
  const ofRule = readVariables(node, reader);
  const context: YamlContext = { ...ofFile, variables: { ...variables, ofRule } };
  const body = readBody(node, effect, reader, context);
  const annotations = readAnnotations(node, reader);
  const span = reader.span(node);
  const elements = readElements(node, effect, reader, context);
  reportUnused(ofRule, variables, context);
  if (body === undefined || elements === undefined) return [];
  const effectSpan = reader.span(effectNode);
  const name: Term = { kind: "var", name: effect, span: effectSpan };
  const ref = [{ term: name, dot: false, span: effectSpan }];
  const shared = { kind: "rule", isDefault: false, body, elses: [], annotations, span } as const;
  if (effect === "allow") return [{ ...shared, head: { ref, span: effectSpan } }];
  return elements.map((element) => ({
    ...shared,
    body: effect === "redact" ? [...body, whereFound(element)] : body,
    head: { ref, element, span: effectSpan },
  }));
}

/** A label is masked where it is found: the decision names it only then. */
function whereFound(label: Term): Statement {
  const { span } = label;
  const expression: Term = {
    kind: "in",
    value: label,
    collection: pathTerm(["input", "labels"], span),
    span,
  };
  return { kind: "statement", expression, withs: [], span };
}

/** The conditions; a rule without `when` always holds. */
function readBody(
  node: YAMLMap,
  effect: Effect,
  reader: YamlReader,
  context: YamlContext,
): Body | undefined {
  const when = reader.get(node, "when");
  const span = reader.span(node);
  const always: Body = [
    { kind: "statement", expression: { kind: "boolean", value: true, span }, withs: [], span },
  ];
  if (when === undefined) return always;
  const conditions: ConditionContext = {
    ...context,
    isAllow: effect === "allow",
    isNegated: false,
    budget: { left: MAX_NAMED_CONDITIONS },
  };
  return readConditions(when, conditions);
}

function readAnnotations(node: YAMLMap, reader: YamlReader): readonly Annotation[] {
  const text = (key: string): string | undefined => {
    const value = reader.get(node, key);
    return value === undefined ? undefined : reader.string(value, `\`${key}\``);
  };
  const [id, title, description] = [text("id"), text("title"), text("description")];
  const value = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(id === undefined ? {} : { custom: { id } }),
  };
  return Object.keys(value).length === 0 ? [] : [{ scope: "rule", value, span: reader.span(node) }];
}

/** What the rule contains: reasons, labels or obligations. An `allow` contains nothing. */
function readElements(
  node: YAMLMap,
  effect: Effect,
  reader: YamlReader,
  context: YamlContext,
): readonly Term[] | undefined {
  const allowed: { readonly [E in Effect]: readonly string[] } = {
    allow: [],
    deny: ["reason", "code"],
    redact: ["label", "labels"],
    oblige: ["obligation"],
  };
  for (const { key, keyNode } of entriesOf(node)) {
    const isElement = ["reason", "code", "label", "labels", "obligation"].includes(key);
    if (isElement && !allowed[effect].includes(key))
      reader.unknownKey(keyNode, key, `a rule with effect ${effect}`, allowed[effect]);
  }
  switch (effect) {
    case "allow":
      return [];
    case "deny":
      return readReason(node, reader, context);
    case "redact":
      return readLabels(node, reader);
    case "oblige": {
      const obligation = reader.need(node, "obligation", "a rule with effect oblige");
      return obligation === undefined ? undefined : [reader.term(obligation)];
    }
  }
}

function readReason(
  node: YAMLMap,
  reader: YamlReader,
  context: YamlContext,
): readonly Term[] | undefined {
  const reasonNode = reader.need(node, "reason", "a rule with effect deny");
  const text = reasonNode === undefined ? undefined : reader.string(reasonNode, "`reason`");
  if (reasonNode === undefined || text === undefined) return undefined;
  const message = interpolate(text, reasonNode, context);
  const codeNode = reader.get(node, "code");
  if (codeNode === undefined) return [message];
  const code = reader.string(codeNode, "`code`");
  if (code === undefined) return undefined;
  const span = reader.span(codeNode);
  const string = (value: string, at: Span): Term => ({
    kind: "string",
    value,
    raw: false,
    span: at,
  });
  const entries: (readonly [Term, Term])[] = [
    [string("code", span), string(code, span)],
    [string("message", message.span), message],
  ];
  return [{ kind: "object", entries, span: message.span }];
}

function readLabels(node: YAMLMap, reader: YamlReader): readonly Term[] | undefined {
  const one = reader.get(node, "label");
  const many = reader.get(node, "labels");
  if (one === undefined && many === undefined) {
    reader.need(node, "labels", "a rule with effect redact");
    return undefined;
  }
  const nodes = [
    ...(one === undefined ? [] : [one]),
    ...(isSeq(many) ? (many.items as Node[]) : []),
  ];
  if (many !== undefined && !isSeq(many)) reader.wrongType(many, "`labels`", "a list");
  return nodes.map((label) => reader.term(label));
}

function lowerFirst(text: string): string {
  const line = (text.split("\n")[0] ?? "").replace(/[.:]$/, "");
  return line.slice(0, 1).toLowerCase() + line.slice(1);
}
