// Rego that reads as if it said something else: `!=` over the members of a collection, and `=` where a
// value is given or compared. Regal's `not-equals-in-loop` and the advice of OPA's style guide.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { Body, Module, Name, Rule, Term } from "@writ/syntax";
import { bodiesOf, childrenOf } from "./bodies.ts";
import type { RuleIndex } from "./rule-index.ts";
import { collectPattern, declaredNames } from "./scope.ts";

export function findWrittenTraps(
  modules: readonly Module[],
  index: RuleIndex,
): readonly Diagnostic[] {
  return modules
    .filter(({ form }) => form === "rego")
    .flatMap((module) =>
      module.rules.flatMap((rule) => [
        ...unequalToSome(rule),
        ...ambiguousEquals(rule, module, index),
        ...emptyBody(rule),
        ...unsaidDefault(rule),
      ]),
    );
}

/** OPA reads the braces of `allow if {}` as an object, which always holds. */
function emptyBody({ body = [] }: Rule): readonly Diagnostic[] {
  const [only] = body;
  const isEmpty = body.length === 1 && only?.expression.kind === "object";
  if (!isEmpty || only.expression.entries.length > 0) return [];
  return [diagnostic("E0110", {}, only.span)];
}

/** To OPA `default allow` is `default allow := true`. */
function unsaidDefault({ isDefault, head }: Rule): readonly Diagnostic[] {
  const [first] = head.ref;
  if (!isDefault || head.value !== undefined || first?.term.kind !== "var") return [];
  const { name } = first.term;
  const help = `write \`default ${name} := false\``;
  return [diagnostic("E0111", { name }, head.span, { help })];
}

/** In a comprehension each difference counts, which is what is asked there. */
function unequalToSome(rule: Rule): readonly Diagnostic[] {
  return bodiesOf(rule)
    .filter(({ isCollected }) => !isCollected)
    .flatMap(({ body }) => body)
    .flatMap(({ expression }) => {
      if (expression.kind !== "infix" || expression.operator !== "!=") return [];
      if (!hasWildcard(expression.left) && !hasWildcard(expression.right)) return [];
      const help =
        "write `not value in collection` when none may be equal, or `some x in collection` and `x != value` when one that differs is enough";
      return [diagnostic("W0403", {}, expression.span, { help })];
    });
}

function hasWildcard(term: Term): boolean {
  if (term.kind === "var") return term.name === "_";
  return !("body" in term) && childrenOf(term).some(hasWildcard);
}

function ambiguousEquals(rule: Rule, module: Module, index: RuleIndex): readonly Diagnostic[] {
  const bodies = bodiesOf(rule).map(({ body }) => body);
  const found = bodies.flatMap(unifications);
  if (found.length === 0) return [];
  const params: Name[] = [];
  for (const arg of rule.head.args ?? []) collectPattern(arg, params);
  const known = new Set([...params, ...bodies.flatMap(declaredNames)].map(({ name }) => name));
  const isDocument = (name: string): boolean =>
    index.startsRule(module.package.path, name) ||
    module.imports.some(({ alias, path }) => (alias ?? path.at(-1)) === name);
  return found.map(({ name, span }) => {
    const help = known.has(name)
      ? "it has a value here: to compare, write `==`"
      : isDocument(name)
        ? `\`${name}\` is defined outside this rule: to compare, write \`==\``
        : "to give it a value, write `:=`";
    return diagnostic("W0404", { name }, span, { help });
  });
}

/** `x = term` and `term = x`. Patterns on both sides are what `=` is for. */
function unifications(body: Body): readonly Extract<Term, { kind: "var" }>[] {
  return body.flatMap(({ expression }) => {
    if (expression.kind !== "unify") return [];
    const { left, right } = expression;
    const [name] = [left, right].filter((side) => side.kind === "var" && side.name !== "_");
    return name?.kind === "var" ? [name] : [];
  });
}
