// Rego's function library, by family. The evaluator is handed the table; the checker reads the types.

import type { Builtin, BuiltinTable } from "@writ/evaluator";
import { collections } from "./collections.ts";
import { comparison } from "./comparison.ts";
import { numbers } from "./numbers.ts";
import { sets } from "./sets.ts";
import { strings } from "./strings.ts";
import { types } from "./types.ts";

export type { Builtin, BuiltinTable, BuiltinType } from "@writ/evaluator";

const families: readonly (readonly Builtin[])[] = [
  comparison,
  numbers,
  sets,
  collections,
  strings,
  types,
];

/** Every built-in function by its Rego name; operators by OPA's internal names (`plus`, `internal.member_2`). */
export const builtins: BuiltinTable = new Map(
  families.flat().map((builtin): [string, Builtin] => [builtin.name, builtin]),
);
