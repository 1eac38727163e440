// `sprintf` with more or fewer values than its format takes: it prints `%!d(MISSING)` or `%!(EXTRA …)` into the text.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import { alternatives, builtinCallsByName, type RuleIR, type TermIR } from "@writ/ir";

/** A verb takes one value, and one more for each `*`. */
const VERB = /%(?:%|[-+# 0]*(\*|\d+)?(?:\.(\*|\d+)?)?[a-zA-Z])/g;

export function findFormatMismatches(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const calls = builtinCallsByName(rules).get("sprintf") ?? [];
  return calls.flatMap(({ args, span }) => {
    const [format, values] = args;
    if (format === undefined || values?.kind !== "array") return [];
    const takes = valuesTaken(format);
    const given = values.items.length;
    return takes === undefined || takes === given
      ? []
      : [diagnostic("W0407", { takes, given }, span)];
  });
}

/** Undefined for a format that is not known, or that says by number which values it takes. */
function valuesTaken({ type }: TermIR): number | undefined {
  const [only, ...others] = alternatives(type);
  if (only?.kind !== "string" || others.length > 0 || only.values?.length !== 1) return undefined;
  const [format = ""] = only.values;
  if (format.includes("%[")) return undefined;
  return [...format.matchAll(VERB)]
    .filter(([verb]) => verb !== "%%")
    .reduce((count, [, ...sizes]) => count + 1 + sizes.filter((size) => size === "*").length, 0);
}
