// Names that mean something everywhere: `input` and `data`, which nothing may be called, and functions of the
// library, which a rule of the same name hides.

import type { BuiltinTable } from "@writ/builtins";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { Module, Name, Rule, Term } from "@writ/syntax";
import { bodiesOf } from "./bodies.ts";
import { collectPattern } from "./scope.ts";

/** Imports, rules, arguments and what `:=` or `every` declares that are called `input` or `data`. */
export function findTakenNames(modules: readonly Module[]): readonly Diagnostic[] {
  return modules.flatMap(({ imports, rules }) => {
    const aliases = imports.flatMap(({ alias, span }) =>
      alias === undefined ? [] : [{ name: alias, span }],
    );
    return [...aliases, ...rules.flatMap(declaredBy)]
      .filter(({ name }) => name === "input" || name === "data")
      .map(({ name, span }) => diagnostic("E0218", { name }, span, { help: "use another name" }));
  });
}

/** `startswith(a, b)` at the margin defines nothing: it is a condition that has lost its body. */
export function findLostConditions(
  modules: readonly Module[],
  builtins: BuiltinTable,
): readonly Diagnostic[] {
  return modules.flatMap(({ rules }) =>
    rules.flatMap(({ head, body }) => {
      if (body !== undefined || head.value !== undefined || head.args === undefined) return [];
      const name = head.ref.map(({ term }) => nameOf(term)).join(".");
      return builtins.has(name) ? [diagnostic("E0111", { name }, head.span)] : [];
    }),
  );
}

/** A rule called `count` makes `count(…)` in its package something else. */
export function findHiddenFunctions(
  modules: readonly Module[],
  builtins: BuiltinTable,
): readonly Diagnostic[] {
  const named = [...builtins.keys()].filter((name) => !name.startsWith("internal."));
  const taken = new Set(named.map((name) => name.split(".")[0] ?? ""));
  const seen = new Set<string>();
  return modules.flatMap((module) =>
    module.rules.flatMap(({ head }) => {
      const first = head.ref[0]?.term;
      if (first?.kind !== "var" || !taken.has(first.name)) return [];
      const path = [...module.package.path, first.name].join("\u0000");
      if (seen.has(path)) return [];
      seen.add(path);
      return [diagnostic("W0204", { name: first.name }, first.span, { help: "use another name" })];
    }),
  );
}

function declaredBy(rule: Rule): readonly Name[] {
  const names: Name[] = [];
  const first = rule.head.ref[0]?.term;
  if (first?.kind === "var") names.push(first);
  for (const arg of rule.head.args ?? []) collectPattern(arg, names);
  for (const { body } of bodiesOf(rule))
    for (const { expression } of body)
      if (expression.kind === "assign") collectPattern(expression.left, names);
      else if (expression.kind === "every")
        names.push(expression.value, ...(expression.key === undefined ? [] : [expression.key]));
  return names;
}

function nameOf(term: Term): string {
  if (term.kind === "var") return term.name;
  return term.kind === "string" ? term.value : "";
}
