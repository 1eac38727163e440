// What rules oblige the gateway to, and it does not know.

import { type Diagnostic, diagnostic, suggest } from "@writ/diagnostics";
import { alternatives, type RuleIR, type TermIR, type Type } from "@writ/ir";

/** `known`: by name, which is a text that is the obligation, or its `type`. */
export function findUnknownObligations(
  rules: readonly RuleIR[],
  known: readonly string[],
): readonly Diagnostic[] {
  return rules.flatMap((rule) => {
    const { path, package: inPackage, element, isTest } = rule;
    const isDeciding = path.length === inPackage.length + 1 && path.at(-1) === "oblige" && !isTest;
    if (!isDeciding || element === undefined) return [];
    return alternatives(element.type).flatMap((type) => unknown(type, element, known) ?? []);
  });
}

function unknown(type: Type, { span }: TermIR, known: readonly string[]): Diagnostic | undefined {
  const names = namesOf(type);
  const wrong = names?.find((name) => !known.includes(name));
  // What is not said in the policy may be one that is known, if there are any.
  if (names === undefined ? known.length > 0 : wrong === undefined) return undefined;
  const near = wrong === undefined ? undefined : suggest(wrong, known);
  const help =
    near !== undefined
      ? `did you mean \`${near}\`?`
      : known.length === 0
        ? "it knows none yet: deny instead, or leave the rule out"
        : `it knows ${known.join(", ")}`;
  const what = wrong ? `\`${wrong}\`` : "of this rule";
  return diagnostic("W0421", { what }, span, { help });
}

/** The names that it may have; undefined where that is not known, none where it can have none. */
function namesOf(type: Type): readonly string[] | undefined {
  if (type.kind === "string") return type.values;
  if (type.kind !== "object") return type.kind === "any" ? undefined : [""];
  const named = type.properties.get("type")?.type ?? type.rest;
  if (named === undefined) return [""];
  const all = alternatives(named).map((each) => (each.kind === "string" ? each.values : undefined));
  return all.includes(undefined) ? undefined : all.flatMap((values) => values ?? []);
}
