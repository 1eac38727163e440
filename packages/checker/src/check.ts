// The checker's one entry: modules in, a typed program and everything that is wrong with them out.

import type { BuiltinTable } from "@writ/builtins";
import { type Diagnostic, type Sources, sortDiagnostics } from "@writ/diagnostics";
import type { Module } from "@writ/syntax";
import { checkDecisionRules } from "./decision-rules.ts";
import { inferRule } from "./infer.ts";
import type { Program, RuleIR } from "./ir.ts";
import { lowerRule } from "./lower-rule.ts";
import { ModuleNames } from "./module-names.ts";
import { findRecursion } from "./recursion.ts";
import { isTestFile, RuleIndex } from "./rule-index.ts";
import { type JsonSchema, schemaType, type Vocabularies, valueType } from "./schema-type.ts";
import { ANY } from "./type-algebra.ts";

export interface CheckOptions {
  /** Absent: nothing is known about the input. */
  readonly inputSchema?: JsonSchema;
  /** Closed vocabularies by name; `labels` is what `redact` may contain. */
  readonly vocabularies: Vocabularies;
  /** The base documents. Absent: nothing is known about them, so nothing in `data` is unknown. */
  readonly data?: unknown;
  readonly builtins: BuiltinTable;
  readonly sources: Sources;
  /** Checks what OPA checks and no more: no types, no decision rules. For running OPA's own cases. */
  readonly likeOpa?: boolean;
  /** Keep `print`: for tests and queries. Decisions print nothing. */
  readonly keepPrint?: boolean;
}

export interface CheckResult {
  /** Only when there are no errors. */
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
}

export function check(modules: readonly Module[], options: CheckOptions): CheckResult {
  const diagnostics: Diagnostic[] = [];
  const index = new RuleIndex(modules);
  diagnostics.push(...index.diagnostics);
  const names = new Map(
    modules.map((module) => [module, new ModuleNames(module, index, options, diagnostics)]),
  );
  const rules = lowerAll(index, names, diagnostics);
  for (const moduleNames of names.values()) diagnostics.push(...moduleNames.unusedImports());
  diagnostics.push(...findRecursion(rules));

  const input =
    options.inputSchema === undefined ? ANY : schemaType(options.inputSchema, options.vocabularies);
  const data = options.data === undefined ? ANY : valueType(options.data);
  // Types of a body whose variables have no order would be about nothing.
  if (options.likeOpa !== true && !diagnostics.some(({ code }) => code === "E0204")) {
    for (const rule of rules)
      inferRule(rule, { input, data, index, builtins: options.builtins, diagnostics });
    diagnostics.push(...checkDecisionRules(rules, options.vocabularies["labels"]));
  }
  const all = sortDiagnostics(unique(diagnostics));
  const isSound = all.every(({ severity }) => severity !== "error");
  if (!isSound) return { diagnostics: all };
  return { program: { rules, packages: emptyPackages(modules) }, diagnostics: all };
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
): readonly RuleIR[] {
  const ordered = [...index.rules].sort(
    (a, b) =>
      compare(a.path.join("\u0000"), b.path.join("\u0000")) ||
      compare(a.module.file, b.module.file) ||
      a.rule.span.start - b.rule.span.start,
  );
  const counts = new Map<string, number>();
  return ordered.map((indexed) => {
    const name = indexed.path.join(".");
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return lowerRule(
      indexed,
      `${name}#${count}`,
      names.get(indexed.module) as ModuleNames,
      diagnostics,
    );
  });
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
