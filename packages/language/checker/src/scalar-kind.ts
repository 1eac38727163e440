// Where a schema says that there is a number, or a text, if there is anything.

import { alternatives, type JsonSchema, propertyOf, type Type } from "@writ/ir";
import { schemaType } from "./schema-type.ts";

/** By path: the one kind that every value there has; undefined where it may have another. */
export function scalarKindAt(
  schema: JsonSchema,
): (path: readonly string[]) => "number" | "string" | undefined {
  const whole = schemaType(schema, {});
  return (path) => {
    let at: Type | undefined = whole;
    for (const key of path) at = at === undefined ? undefined : propertyOf(at, key);
    const kinds = new Set(at === undefined ? [] : alternatives(at).map(({ kind }) => kind));
    const [kind] = kinds;
    return kinds.size === 1 && (kind === "number" || kind === "string") ? kind : undefined;
  };
}
