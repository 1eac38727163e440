// Functions that Rego v1 does away with. OPA refuses them, so a policy that calls them would not be Rego.

import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import { builtinCallsByName, type RuleIR } from "@writ/ir";

const INSTEAD: ReadonlyMap<string, string> = new Map([
  ["any", "write `true in …`"],
  ["all", "write `every x in … { x }`"],
  ["re_match", "write `regex.match`"],
  ["net.cidr_overlap", "write `net.cidr_contains`"],
  ["set_diff", "write `a - b`"],
  ["cast_array", "write `[x | some x in …]`"],
  ["cast_set", "write `{x | some x in …}`"],
  ["cast_string", "write `is_string(…)` to ask for the type"],
  ["cast_boolean", "write `is_boolean(…)` to ask for the type"],
  ["cast_null", "write `is_null(…)` to ask for the type"],
  ["cast_object", "write `is_object(…)` to ask for the type"],
]);

export function findDeprecated(rules: readonly RuleIR[]): readonly Diagnostic[] {
  const calls = builtinCallsByName(rules);
  return [...INSTEAD].flatMap(([name, help]) =>
    (calls.get(name) ?? []).map(({ span }) => diagnostic("E0219", { name }, span, { help })),
  );
}
