// Values as other libraries take them: ordinary objects with the prototype of all objects, numbers of JavaScript.

import {
  isArray,
  isNumber,
  jsonText,
  memberCount,
  objectEntries,
  RegoSet,
  setProperty,
  spend,
  type Value,
} from "@writ/evaluator";

/** What JSON libraries know: nothing of Rego's classes, and no object without a prototype. */
export type PlainJson =
  | null
  | boolean
  | number
  | string
  | readonly PlainJson[]
  | { readonly [key: string]: PlainJson };

/** A set is a sorted array, a key that is no string is its JSON text, as OPA writes results. */
export function plainJson(value: Value): PlainJson {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (isNumber(value)) return Number(value);
  spend(1 + ((memberCount(value) ?? 0) >> 3));
  if (isArray(value)) return value.map(plainJson);
  if (value instanceof RegoSet) return value.items.map(plainJson);
  const object: { [key: string]: PlainJson } = {};
  for (const [key, item] of objectEntries(value) ?? [])
    setProperty(object, typeof key === "string" ? key : jsonText(key), plainJson(item));
  return object;
}
