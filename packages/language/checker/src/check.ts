// The checker's one entry: modules in, a typed program and everything that is wrong with them out.

import type { BuiltinTable } from "@writ/builtins";
import { type Diagnostic, type Sources, sortDiagnostics } from "@writ/diagnostics";
import {
  ANY,
  type JsonSchema,
  type Program,
  partsOf,
  type RuleIR,
  type Type,
  type Vocabularies,
} from "@writ/ir";
import type { Module } from "@writ/syntax";
import { checkDecisionRules } from "./decision-rules.ts";
import { findDeprecated } from "./deprecated.ts";
import { lowerRule } from "./lower-rule.ts";
import { findMistakes, startsWithin } from "./mistakes.ts";
import { ModuleNames } from "./module-names.ts";
import { findRecursion } from "./recursion.ts";
import { type IndexedRule, isTestFile, RuleIndex } from "./rule-index.ts";
import { inferRules } from "./rule-types.ts";
import { findRulesOverData } from "./rules-over-data.ts";
import { type DocumentTypes, type NamedSchemas, replaceAt, SchemaScopes } from "./schema-scopes.ts";
import { schemaType, valueType } from "./schema-type.ts";
import { findLostConditions, findTakenNames } from "./taken-names.ts";

/** What is known beside the modules, and how strictly to look. */
export interface CheckOptions {
  /** Absent: nothing is known about the input. */
  readonly inputSchema?: JsonSchema;
  /** Closed vocabularies by name; `labels` is what `redact` may contain. */
  readonly vocabularies: Vocabularies;
  /** What a gateway can be obliged to, by name. Absent: nothing is known about that. */
  readonly obligations?: readonly string[];
  /** The base documents. Absent: nothing is known about them, so nothing in `data` is unknown. */
  readonly data?: unknown;
  /** The base documents, for rules that stand over them, also where nothing else is asked of them. */
  readonly documents?: unknown;
  /** What `schemas` of METADATA may name. */
  readonly schemas?: NamedSchemas;
  /** Schemas of base documents, by the path of each below `data`. */
  readonly dataSchemas?: readonly DataSchema[];
  readonly builtins: BuiltinTable;
  readonly sources: Sources;
  /** Checks what OPA checks and no more: of types only kinds of values, no decision rules. For running OPA's own cases. */
  readonly likeOpa?: boolean;
  /** With `likeOpa`: also what `opa check --strict` refuses, imports and variables that are not used. */
  readonly strict?: boolean;
  /** Warnings may be left out: nobody will see them. */
  readonly errorsOnly?: boolean;
  /** Keep `print`: for tests and queries. Decisions print nothing. */
  readonly keepPrint?: boolean;
}

/** What the base document at a path below `data` must look like. */
export interface DataSchema {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
}

/** The program, when there is one, and everything found, sorted. */
export interface CheckResult {
  /** Only when everything has a meaning; what can never hold, or conflicts, is an error that has one. */
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks the modules of one policy set together: names, safety, types, what decision rules must be, mistakes. */
export function check(modules: readonly Module[], options: CheckOptions): CheckResult {
  const diagnostics: Diagnostic[] = [];
  const { index, names, sources, rules } = resolve(modules, options, diagnostics);
  for (const moduleNames of names.values()) diagnostics.push(...moduleNames.unusedImports());
  diagnostics.push(
    ...findRecursion(rules),
    ...findRulesOverData(index, options.documents ?? options.data),
    ...findTakenNames(modules),
    ...findLostConditions(modules, options.builtins),
    ...findDeprecated(rules),
  );

  const base = options.data === undefined ? ANY : valueType(options.data);
  const known = documentTypes(base, options);
  if (options.likeOpa !== true) {
    const { vocabularies, schemas, builtins } = options;
    const scopes = new SchemaScopes(modules, index.rules, { known, vocabularies, schemas });
    diagnostics.push(...scopes.diagnostics);
    // Types of a body whose variables have no order would be about nothing.
    const { ordered, others } = byOrder(rules, diagnostics);
    inferRules(ordered, { base, index, builtins, diagnostics, others }, (rule) =>
      scopes.typesOf(sources.get(rule) as IndexedRule),
    );
    diagnostics.push(...checkDecisionRules(ordered, vocabularies["labels"]));
  }
  // What a body means is known when nothing else is wrong, and OPA looks at types only then.
  if (options.likeOpa === true && !diagnostics.some(({ severity }) => severity === "error")) {
    const found: Diagnostic[] = [];
    const context = { base: ANY, index, builtins: options.builtins, diagnostics: found };
    inferRules(rules, { ...context, isLikeOpa: true }, () => ({ input: ANY, data: ANY }));
    diagnostics.push(...found.filter(({ code }) => code === "E0301" || code === "E0302"));
  }
  const isSound = diagnostics.every(({ severity }) => severity !== "error");
  if (options.likeOpa !== true)
    diagnostics.push(
      ...findMistakes(
        rules,
        modules,
        {
          input: known.input,
          index,
          builtins: options.builtins,
          errorsOnly: options.errorsOnly === true,
          obligations: options.obligations,
        },
        diagnostics,
      ),
    );
  // OPA says what is not used only when it is strict.
  const isSilent = options.likeOpa === true && options.strict !== true;
  const said = isSilent ? diagnostics.filter(({ severity }) => severity === "error") : diagnostics;
  const all = sortDiagnostics(unique(said));
  if (!isSound) return { diagnostics: all };
  return { program: { rules, packages: emptyPackages(modules) }, diagnostics: all };
}

/**
 * The errors of rules that stand alone, where some files of the set could not be read: a rule of another package that
 * refers to no other is what it is, whatever those files say. `unread`: their modules, as far as they were read.
 */
export function checkApart(
  modules: readonly Module[],
  unread: readonly Module[],
  options: CheckOptions,
): readonly Diagnostic[] {
  const said: Diagnostic[] = [];
  const { index, sources, rules } = resolve(modules, options, said);
  const near = new Set(unread.map((module) => module.package.path.join("\u0000")));
  // What has no package may be of any.
  if (near.has("")) return [];
  const isFar = (rule: RuleIR): boolean => !near.has(rule.package.join("\u0000"));
  const standsAlone = (rule: RuleIR): boolean => isFar(rule) && partsOf(rule).uses.length === 0;
  const { ordered, others: unordered } = byOrder(rules, said);
  const alone = ordered.filter(standsAlone);
  const others = [...unordered, ...ordered.filter((rule) => !standsAlone(rule))];
  const known = documentTypes(ANY, options);
  const { vocabularies, schemas, builtins } = options;
  const scopes = new SchemaScopes(modules, index.rules, { known, vocabularies, schemas });
  // A variable is one of the rule's own package, or comes by an import.
  const isFarAway = new Set(rules.filter(isFar).map(({ span }) => span.file));
  const diagnostics = said.filter(
    ({ code, primary }) => code === "E0204" && isFarAway.has(primary.span.file),
  );
  inferRules(alone, { base: ANY, index, builtins, diagnostics, others }, (rule) =>
    scopes.typesOf(sources.get(rule) as IndexedRule),
  );
  diagnostics.push(...checkDecisionRules(alone, vocabularies["labels"]));
  const context = { input: known.input, index, builtins, errorsOnly: true };
  diagnostics.push(...findMistakes(alone, [], context, diagnostics));
  return unique(diagnostics.filter(({ severity }) => severity === "error"));
}

/** The rules of whose variables each has a value when it is needed, and the others. */
function byOrder(
  rules: readonly RuleIR[],
  diagnostics: readonly Diagnostic[],
): { readonly ordered: readonly RuleIR[]; readonly others: readonly RuleIR[] } {
  const unsafe = diagnostics.filter(({ code }) => code === "E0204");
  if (unsafe.length === 0) return { ordered: rules, others: [] };
  const isUnsafe = startsWithin(unsafe);
  const [others, ordered] = [true, false].map((wanted) =>
    rules.filter(({ span }) => isUnsafe(span) === wanted),
  ) as [RuleIR[], RuleIR[]];
  return { ordered, others };
}

/** What names and bodies mean. */
function resolve(
  modules: readonly Module[],
  options: CheckOptions,
  diagnostics: Diagnostic[],
): {
  readonly index: RuleIndex;
  readonly names: ReadonlyMap<Module, ModuleNames>;
  /** As they are written. */
  readonly sources: ReadonlyMap<RuleIR, IndexedRule>;
  readonly rules: readonly RuleIR[];
} {
  const index = new RuleIndex(modules);
  diagnostics.push(...index.diagnostics);
  const names = new Map(
    modules.map((module) => [module, new ModuleNames(module, index, options, diagnostics)]),
  );
  const sources = lowerAll(index, names, diagnostics);
  return { index, names, sources, rules: [...sources.keys()] };
}

/** What is known of the input and the base documents everywhere. */
function documentTypes(
  base: Type,
  { inputSchema, vocabularies, dataSchemas = [] }: CheckOptions,
): DocumentTypes {
  return {
    input: inputSchema === undefined ? ANY : schemaType(inputSchema, vocabularies),
    data: dataSchemas.reduce<Type>(
      (type, { path, schema }) => replaceAt(type, path, schemaType(schema, vocabularies, "closed")),
      base,
    ),
  };
}

function emptyPackages(modules: readonly Module[]): readonly (readonly string[])[] {
  const paths = modules
    .filter((module) => module.rules.length === 0 && !isTestFile(module.file))
    .map((module) => module.package.path);
  return paths.sort((a, b) => compare(a.join("\u0000"), b.join("\u0000")));
}

function lowerAll(
  index: RuleIndex,
  names: ReadonlyMap<Module, ModuleNames>,
  diagnostics: Diagnostic[],
): ReadonlyMap<RuleIR, IndexedRule> {
  const ordered = [...index.rules].sort(
    (a, b) =>
      compare(a.path.join("\u0000"), b.path.join("\u0000")) ||
      compare(a.module.file, b.module.file) ||
      a.rule.span.start - b.rule.span.start,
  );
  const counts = new Map<string, number>();
  const lowered = ordered.map((indexed) => {
    const name = indexed.path.join(".");
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const moduleNames = names.get(indexed.module) as ModuleNames;
    return [lowerRule(indexed, `${name}#${count}`, moduleNames, diagnostics), indexed] as const;
  });
  return new Map(lowered);
}

/** A place is reported once, though one YAML rule may stand for several. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(
    diagnostics.map((found) => [
      `${found.code} ${found.primary.span.file} ${found.primary.span.start} ${found.title}`,
      found,
    ]),
  );
  return [...seen.values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
