// What type a value has.

import { type Builtin, BuiltinError, isArray, makeSet, RegoSet, type Value } from "@writ/evaluator";
import { any, boolean, define, kindOf, string } from "./define.ts";

const KINDS = ["array", "boolean", "null", "number", "object", "set", "string"] as const;

/** Casts of OPA's early days: all but arrays and sets must be what they are cast to. */
const CASTS = KINDS.filter((kind) => kind !== "number");

export const types: readonly Builtin[] = [
  define("type_name", [any], string, (value: Value) => kindOf(value)),
  ...KINDS.map((kind) =>
    define(`is_${kind}`, [any], boolean, (value: Value) => kindOf(value) === kind),
  ),
  ...CASTS.map((kind) =>
    define(`cast_${kind}`, [any], { type: "any" }, (value: Value) => {
      const from = value instanceof RegoSet ? value.items : isArray(value) ? value : undefined;
      if (kind === "array" && from !== undefined) return from;
      if (kind === "set" && from !== undefined) return makeSet(from);
      if (kindOf(value) === kind) return value;
      throw new BuiltinError(`operand 1 must be ${kind} but got ${kindOf(value)}`, {
        code: "eval_type_error",
      });
    }),
  ),
];
