// Everything that is wrong with a policy set: its errors, and what is proved of it when it has none: denies that
// hiding an attribute silences, rules that change nothing or allow everything, words that no rule says.

import { findHiding } from "@writ/analysis";
import type { Diagnostic } from "@writ/diagnostics";
import type { Program } from "@writ/ir";
import type { PolicySet } from "../read/policy-set.ts";
import { compareVocabulary } from "../read/vocabulary.ts";
import { type CheckSetOptions, checkSet, vocabulariesOf } from "./check-set.ts";
import { compileProgram } from "./compile-set.ts";
import { idleRules } from "./idle-rules.ts";
import { openAllows } from "./open-allows.ts";

/** Errors, and warnings with and without proofs. */
export function checkAndProve(
  set: PolicySet,
  options: CheckSetOptions = {},
): readonly Diagnostic[] {
  return checkSet(set, options, proveProgram).diagnostics;
}

function proveProgram(program: Program, set: PolicySet): readonly Diagnostic[] {
  const { inputSchema, builtins } = set.environment;
  const compiled = compileProgram(program, set, { includeTests: false });
  return [
    ...findHiding(program, { inputSchema, vocabularies: vocabulariesOf(set), data: set.data }),
    ...idleRules(compiled, builtins),
    ...openAllows(program, set),
    ...compareVocabulary(compiled, set.vocabularies),
  ];
}
