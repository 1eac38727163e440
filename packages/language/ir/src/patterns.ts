// Terms that a value is matched against.

import type { TermIR, VarId } from "./ir.ts";
import { walk } from "./walk.ts";

/** What a value can be matched against as it stands: variables, and terms without any. */
export function isPattern(term: TermIR): boolean {
  if (term.kind === "array") return term.items.every(isPattern);
  if (term.kind === "object")
    return term.entries.every(([key, value]) => !hasVars(key) && isPattern(value));
  return term.kind === "var" || !hasVars(term);
}

function hasVars(term: TermIR): boolean {
  let isFound = false;
  walk(term, ({ kind }) => {
    isFound ||= kind === "var" || kind === "comprehension" || kind === "template";
  });
  return isFound;
}

/** The variables that matching a pattern binds. */
export function patternVars(term: TermIR): readonly VarId[] {
  if (term.kind === "var") return [term.id];
  if (term.kind === "array") return term.items.flatMap(patternVars);
  return term.kind === "object" ? term.entries.flatMap(([, value]) => patternVars(value)) : [];
}
