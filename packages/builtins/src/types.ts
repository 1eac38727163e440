// What type a value has.

import type { Builtin, Value } from "@writ/evaluator";
import { any, boolean, define, kindOf, string } from "./define.ts";

const KINDS = ["array", "boolean", "null", "number", "object", "set", "string"] as const;

export const types: readonly Builtin[] = [
  define("type_name", [any], string, (value: Value) => kindOf(value)),
  // Undefined, not false, for other types: that is how Rego has it.
  ...KINDS.map((kind) =>
    define(`is_${kind}`, [any], boolean, (value: Value) =>
      kindOf(value) === kind ? true : undefined,
    ),
  ),
];
