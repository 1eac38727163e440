// Paths into documents, as json.filter, json.remove and json.patch take them.

import { BuiltinError, isArray, type Value } from "@writ/evaluator";
import { kindOf } from "./define.ts";

/** `a/b/0` with the escapes of JSON pointers, or the keys themselves. */
export function pathOf(given: Value): readonly Value[] {
  if (isArray(given)) return given;
  if (typeof given !== "string")
    throw new BuiltinError(
      `operand 2 must be one of {set, array} containing string paths or array of path segments but got ${kindOf(given)}`,
      { code: "eval_type_error" },
    );
  if (given === "") return [];
  return given
    .replace(/^\/+/, "")
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
