// What type a value has.

import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  isArray,
  makeSet,
  RegoSet,
  regoText,
  spend,
  type Value,
} from "@writ/evaluator";
import { CONSTANT, COUNTED_SUPERLINEAR, LINEAR } from "./cost.ts";
import { any, anyArray, arrayOf, boolean, define, kindOf, setOf, string } from "./define.ts";

const KINDS = ["array", "boolean", "null", "number", "object", "set", "string"] as const;

/** Casts of OPA's early days: all but arrays and sets must be what they are cast to. */
const CASTS = KINDS.filter((kind) => kind !== "number");

/** Each argument is the set of its values: none when it is undefined, several when it has them. */
function print(args: readonly RegoSet[], context: BuiltinContext): boolean {
  if (context.print === undefined) return true;
  const lines = args.reduce<readonly string[]>(
    (before, { items }) => {
      const texts = items.map((item) => (typeof item === "string" ? item : regoText(item)));
      const shown = texts.length === 0 ? ["<undefined>"] : texts;
      spend(before.length * shown.length);
      return before.flatMap((line) =>
        shown.map((text) => (line === "" ? text : `${line} ${text}`)),
      );
    },
    [""],
  );
  for (const line of lines) context.print(line);
  return true;
}

export const types: readonly Builtin[] = [
  // Notes for a trace of OPA's, which nobody reads here.
  define("trace", [string], boolean, CONSTANT, () => true),
  define("internal.print", [arrayOf(setOf(any))], boolean, COUNTED_SUPERLINEAR, print),
  // A test with keys says which it tries.
  define(
    "internal.test_case",
    [anyArray],
    boolean,
    CONSTANT,
    (keys: readonly Value[], context: BuiltinContext) => {
      context.noteCase?.(keys);
      return true;
    },
  ),
  define("type_name", [any], string, CONSTANT, (value: Value) => kindOf(value)),
  ...KINDS.map((kind) =>
    define(`is_${kind}`, [any], boolean, CONSTANT, (value: Value) => kindOf(value) === kind),
  ),
  ...CASTS.map((kind) =>
    define(`cast_${kind}`, [any], { type: "any" }, LINEAR, (value: Value) => {
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
