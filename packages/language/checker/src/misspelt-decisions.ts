// Rules that nearly have the name of one that decides, and that nobody asks for.

import { type Diagnostic, diagnostic, suggest } from "@writ/diagnostics";
import { partsOf, type RuleIR } from "@writ/ir";
import { DECISION_RULES } from "./decision-rules.ts";

export function findMisspeltDecisions(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const near = rules.flatMap((rule) => {
    const name = rule.path[rule.package.length] ?? "";
    const isCandidate = !rule.isTest && !DECISION_RULES.includes(name);
    const meant = isCandidate ? suggest(name, DECISION_RULES) : undefined;
    return meant === undefined ? [] : [{ rule, name, meant }];
  });
  if (near.length === 0) return [];
  const uses = rules.flatMap(usedPaths);
  const known = new Map<string, boolean>();
  const isAsked = (path: readonly string[]): boolean => {
    const key = path.join("\u0000");
    const asked = known.get(key) ?? uses.some((used) => begins(used, path) || begins(path, used));
    known.set(key, asked);
    return asked;
  };
  return near.flatMap(({ rule, name, meant }) => {
    if (isAsked(rule.path.slice(0, rule.package.length + 1))) return [];
    const help = `did you mean \`${meant}\`?`;
    return [diagnostic("W0409", { name }, rule.headSpan, { help })];
  });
}

/** As far as they are constant; who asks for a package asks for all its rules. */
function usedPaths(rule: RuleIR): readonly (readonly string[])[] {
  return partsOf(rule).uses.flatMap((use) => {
    if (use.kind === "call") return use.target.kind === "function" ? [use.target.path] : [];
    const at = use.parts.findIndex(({ kind }) => kind !== "string");
    const constant = at < 0 ? use.parts : use.parts.slice(0, at);
    return [constant.flatMap((part) => (part.kind === "string" ? [part.value] : []))];
  });
}

function begins(path: readonly string[], other: readonly string[]): boolean {
  return other.every((key, index) => path[index] === key);
}
