// Rules at whose path a base document stands: what a reference comes to would depend on how far it goes at once.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { RuleIndex } from "./rule-index.ts";

export function findRulesOverData(index: RuleIndex, data: unknown): readonly Diagnostic[] {
  if (!hasMembers(data)) return [];
  return [...index.entries()].flatMap(({ path, span }) => {
    if (!isThere(data, path)) return [];
    const help = "give the rule or the data another name";
    return [diagnostic("E0604", { path: path.join(".") }, span, { help })];
  });
}

function isThere(data: unknown, path: readonly string[]): boolean {
  let at = data;
  for (const key of path) {
    if (!hasMembers(at) || !Object.hasOwn(at, key)) return false;
    at = at[key];
  }
  return true;
}

function hasMembers(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
