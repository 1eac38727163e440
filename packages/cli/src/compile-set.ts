// From a policy set to something that can be evaluated: the checker and compiler, with our input schema,
// the classifier's labels and the company's own.

import { readFileSync } from "node:fs";
import { check, findNondeterministic, type Program, suppress } from "@writ/checker";
import { labelCatalogue } from "@writ/classifier";
import { compile, findHiding, type JsonSchema, type Vocabularies } from "@writ/compiler";
import { type Diagnostic, sortDiagnostics } from "@writ/diagnostics";
import type { CompiledPolicy } from "@writ/evaluator";
import { builtins } from "./builtins.ts";
import type { PolicySet } from "./policy-set.ts";

export const inputSchema: JsonSchema = JSON.parse(
  readFileSync(new URL("../../../schemas/input.schema.json", import.meta.url), "utf8"),
);

export interface CompiledSet {
  /** Only when there are no errors. */
  readonly compiled?: CompiledPolicy;
  readonly diagnostics: readonly Diagnostic[];
}

export function vocabulariesOf(set: PolicySet): Vocabularies {
  const known = labelCatalogue.map(({ label }) => label);
  return { labels: [...new Set([...known, ...set.labels])].sort() };
}

/** Everything that is wrong with a set, and its program when nothing stands in the way of compiling it. */
export interface CheckSetOptions {
  /** What OPA checks and no more: for policies about another input than a gateway's. */
  readonly likeOpa?: boolean | undefined;
  readonly keepPrint?: boolean;
}

export function checkSet(
  set: PolicySet,
  { likeOpa, keepPrint }: CheckSetOptions = {},
): {
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { modules, sources, data } = set;
  const vocabularies = vocabulariesOf(set);
  if (set.diagnostics.some(({ severity }) => severity === "error")) {
    // What could not be read would make names unknown that are not: only what was read wrongly is said.
    return { diagnostics: sortDiagnostics(set.diagnostics) };
  }
  const base = { vocabularies, builtins, sources, ...(keepPrint === true ? { keepPrint } : {}) };
  const checked = check(
    modules,
    likeOpa === true ? { ...base, likeOpa } : { ...base, inputSchema, data },
  );
  if (checked.program === undefined) {
    return {
      diagnostics: sortDiagnostics(
        suppress([...set.diagnostics, ...checked.diagnostics], modules, sources),
      ),
    };
  }
  const hiding =
    likeOpa === true ? [] : findHiding(checked.program, { inputSchema, vocabularies, data });
  const outside = likeOpa === true ? [] : findNondeterministic(checked.program, builtins);
  const found = [...set.diagnostics, ...checked.diagnostics, ...outside, ...hiding];
  const diagnostics = sortDiagnostics(suppress(found, modules, sources));
  const isSound = diagnostics.every(({ severity }) => severity !== "error");
  return isSound ? { program: checked.program, diagnostics } : { diagnostics };
}

export function compileSet(
  set: PolicySet,
  options: { readonly includeTests: boolean } & Pick<CheckSetOptions, "likeOpa">,
): CompiledSet {
  const { sources, data } = set;
  const { likeOpa, includeTests } = options;
  const { program, diagnostics } = checkSet(set, { likeOpa, keepPrint: includeTests });
  if (program === undefined) return { diagnostics };
  const compiled = compile(program, {
    inputSchema: likeOpa === true ? {} : inputSchema,
    vocabularies: vocabulariesOf(set),
    data,
    locate: ({ file, start }) => sources.get(file)?.position(start) ?? { line: 1, column: 1 },
    includeTests,
  });
  return { compiled, diagnostics };
}
