// Variables of a rule that nothing reads: what `:=` gives a value, arguments, and what `some` and `every`
// declare. The last two OPA refuses; the others it refuses when it is strict.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { Name, Rule } from "@writ/syntax";
import { bodiesOf } from "./bodies.ts";
import { collectPattern, type LocalVariable } from "./scope.ts";

type Declaration = "assigned" | "argument" | "some" | "some-in" | "every";

/** How often a variable that is only declared counts as used: a pattern is lowered like what reads it. */
const OWN_USES: { readonly [D in Declaration]: number } = {
  assigned: 1,
  argument: 1,
  some: 0,
  "some-in": 1,
  every: 0,
};

/** `exempt`: whether a name that begins with `_` says that it is not read. */
export function unusedVariables(
  rule: Rule,
  variables: readonly LocalVariable[],
  { exempt }: { readonly exempt: boolean },
): readonly Diagnostic[] {
  if (variables.length === 0) return [];
  const declarations = declarationsOf(rule);
  return variables.flatMap((variable) => {
    const { name, span, uses } = variable;
    const declared = declarations.get(span.start);
    if (declared === undefined || name === "_" || uses > OWN_USES[declared]) return [];
    if (declared === "some" || declared === "every")
      return [diagnostic("E0217", { name }, span, { help: "remove it" })];
    if (exempt && name.startsWith("_")) return [];
    return unread(declared, variable, { rule, exempt });
  });
}

function unread(
  declared: Exclude<Declaration, "some" | "every">,
  { name, span }: LocalVariable,
  { rule, exempt }: { readonly rule: Rule; readonly exempt: boolean },
): readonly Diagnostic[] {
  if (declared === "assigned")
    return [diagnostic("W0202", { name }, span, { help: `remove it, or call it \`_${name}\`` })];
  if (declared === "some-in")
    return exempt ? [diagnostic("W0202", { name }, span, { help: "write `_`" })] : [];
  // What a default takes is read by nobody.
  return rule.isDefault ? [] : [diagnostic("W0203", { name }, span, { help: "call it `_`" })];
}

function declarationsOf(rule: Rule): ReadonlyMap<number, Declaration> {
  const found = new Map<number, Declaration>();
  const note = (kind: Declaration, names: readonly Name[]): void => {
    for (const { span } of names) found.set(span.start, kind);
  };
  const pattern = (...terms: readonly (Parameters<typeof collectPattern>[0] | undefined)[]) => {
    const names: Name[] = [];
    for (const term of terms) if (term !== undefined) collectPattern(term, names);
    return names;
  };
  note("argument", pattern(...(rule.head.args ?? [])));
  for (const { body } of bodiesOf(rule)) {
    for (const { expression } of body) {
      if (expression.kind === "assign") note("assigned", pattern(expression.left));
      if (expression.kind === "some") note("some", expression.names);
      if (expression.kind === "some-in") note("some-in", pattern(expression.key, expression.value));
      if (expression.kind === "every")
        note("every", [
          expression.value,
          ...(expression.key === undefined ? [] : [expression.key]),
        ]);
    }
  }
  return found;
}
