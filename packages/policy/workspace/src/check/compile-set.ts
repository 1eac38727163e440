// From a policy set to something that can be evaluated.

import { type CompileOptions, compile } from "@writ/compiler";
import type { Diagnostic } from "@writ/diagnostics";
import type { CompiledPolicy } from "@writ/evaluator";
import type { Program } from "@writ/ir";
import type { PolicySet } from "../read/policy-set.ts";
import { type CheckSetOptions, checkSet, vocabulariesOf } from "./check-set.ts";

/** A set, compiled. */
export interface CompiledSet {
  /** Both only when there are no errors. */
  readonly compiled?: CompiledPolicy;
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks and compiles. Warnings that need a proof are `checkAndProve`'s. */
export function compileSet(
  set: PolicySet,
  options: { readonly includeTests: boolean } & Omit<CheckSetOptions, "strict" | "keepPrint">,
): CompiledSet {
  const { includeTests, ...asked } = options;
  const { program, diagnostics } = checkSet(set, { ...asked, keepPrint: includeTests });
  if (program === undefined) return { diagnostics };
  return { compiled: compileProgram(program, set, options), program, diagnostics };
}

/** Compiles a program of a set, which `checkSet` gives. */
export function compileProgram(
  program: Program,
  set: PolicySet,
  { likeOpa, includeTests }: Parameters<typeof compileSet>[1],
): CompiledPolicy {
  const asked = likeOpa === true ? { inputSchema: {} } : {};
  return compile(program, { ...optionsOf(set), ...asked, includeTests });
}

/** What compiling a set needs beside its program. */
export function optionsOf(set: PolicySet): CompileOptions {
  const { sources, data, environment } = set;
  return {
    inputSchema: environment.inputSchema,
    vocabularies: vocabulariesOf(set),
    data,
    locate: ({ file, start }) => sources.get(file)?.position(start) ?? { line: 1, column: 1 },
  };
}
