// From a policy set to something that can be evaluated: the checker and compiler, with our input schema,
// the classifier's labels and the company's own.

import { readFileSync } from "node:fs";
import { check, findNondeterministic, type Program, suppress } from "@writ/checker";
import { labelCatalogue } from "@writ/classifier";
import { compile, findHiding, type JsonSchema, type Vocabularies } from "@writ/compiler";
import { type Diagnostic, sortDiagnostics } from "@writ/diagnostics";
import type { CompiledPolicy } from "@writ/evaluator";
import { builtins } from "./builtins.ts";
import { idleRules } from "./idle-rules.ts";
import type { PolicySet } from "./policy-set.ts";
import { compareVocabulary } from "./vocabulary.ts";

export const inputSchema: JsonSchema = JSON.parse(
  readFileSync(new URL("../../../schemas/input.schema.json", import.meta.url), "utf8"),
);

export interface CompiledSet {
  /** Both only when there are no errors. */
  readonly compiled?: CompiledPolicy;
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
}

const vocabularies = new WeakMap<PolicySet, Vocabularies>();

export function vocabulariesOf(set: PolicySet): Vocabularies {
  let found = vocabularies.get(set);
  if (found === undefined) {
    found = readVocabularies(set);
    vocabularies.set(set, found);
  }
  return found;
}

function readVocabularies(set: PolicySet): Vocabularies {
  const known = labelCatalogue.map(({ label }) => label);
  const own = set.vocabularies.flatMap(({ labels }) => labels);
  const models = set.vocabularies.flatMap((each) => each.models ?? []);
  return {
    labels: [...new Set([...known, ...own])].sort(),
    ...(models.length === 0 ? {} : { models: [...new Set(models)].sort() }),
  };
}

export interface CheckSetOptions {
  /** What OPA checks and no more: for policies about another input than a gateway's. */
  readonly likeOpa?: boolean | undefined;
  /** With `likeOpa`: what `opa check --strict` checks. */
  readonly strict?: boolean | undefined;
  readonly keepPrint?: boolean;
  /** Looks for rules that change nothing, too. */
  readonly prove?: boolean;
  /** What only matters to decisions is not looked into: whether hiding an attribute gains access, and the like. */
  readonly forQuery?: boolean | undefined;
}

/** Everything that is wrong with a set, and its program when nothing stands in the way of compiling it. */
export function checkSet(
  set: PolicySet,
  { likeOpa, strict, keepPrint, prove, forQuery }: CheckSetOptions = {},
): {
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { modules, sources, data, schemas, dataSchemas } = set;
  const vocabularies = vocabulariesOf(set);
  if (set.diagnostics.some(({ severity }) => severity === "error")) {
    // What could not be read would make names unknown that are not: only what was read wrongly is said.
    return { diagnostics: sortDiagnostics(set.diagnostics) };
  }
  const base = { vocabularies, builtins, sources, ...(keepPrint === true ? { keepPrint } : {}) };
  const checked = check(
    modules,
    likeOpa === true
      ? { ...base, likeOpa, strict: strict === true }
      : {
          ...base,
          inputSchema,
          data,
          ...(schemas === undefined ? {} : { schemas }),
          ...(dataSchemas === undefined ? {} : { dataSchemas }),
        },
  );
  if (checked.program === undefined) {
    return {
      diagnostics: sortDiagnostics(
        suppress([...set.diagnostics, ...checked.diagnostics], modules, sources),
      ),
    };
  }
  const isPlain = likeOpa === true || forQuery === true;
  const hiding = isPlain ? [] : findHiding(checked.program, { inputSchema, vocabularies, data });
  const outside = isPlain ? [] : findNondeterministic(checked.program, builtins);
  const found = [...set.diagnostics, ...checked.diagnostics, ...outside, ...hiding];
  const isClean = found.every(({ severity }) => severity !== "error");
  if (prove === true && likeOpa !== true && isClean) {
    const compiled = compileProgram(checked.program, set, { includeTests: false });
    found.push(...idleRules(compiled, found), ...compareVocabulary(compiled, set.vocabularies));
  }
  const diagnostics = sortDiagnostics(suppress(found, modules, sources));
  const isSound = diagnostics.every(({ severity }) => severity !== "error");
  return isSound ? { program: checked.program, diagnostics } : { diagnostics };
}

export function compileSet(
  set: PolicySet,
  options: { readonly includeTests: boolean } & Pick<CheckSetOptions, "likeOpa" | "forQuery">,
): CompiledSet {
  const { likeOpa, forQuery, includeTests } = options;
  const { program, diagnostics } = checkSet(set, { likeOpa, forQuery, keepPrint: includeTests });
  if (program === undefined) return { diagnostics };
  return { compiled: compileProgram(program, set, options), program, diagnostics };
}

export function compileProgram(
  program: Program,
  set: PolicySet,
  { likeOpa, includeTests }: Parameters<typeof compileSet>[1],
): CompiledPolicy {
  const { sources, data } = set;
  return compile(program, {
    inputSchema: likeOpa === true ? {} : inputSchema,
    vocabularies: vocabulariesOf(set),
    data,
    locate: ({ file, start }) => sources.get(file)?.position(start) ?? { line: 1, column: 1 },
    includeTests,
  });
}
