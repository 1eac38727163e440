// Constants of the plan, to and from values. JSON cannot say set, or object with other keys than
// strings; those are written as objects with one key starting with `$` (see plan.ts).

import { makeObject, makeSet } from "./collection.ts";
import { parseNumber, RegoNumber } from "./number.ts";
import type { Constant } from "./plan.ts";
import { isPlainObject, objectEntries, RegoSet, type Value } from "./value.ts";

/** The value a constant stands for. Throws on a tag it does not know. */
export function decodeConstant(constant: Constant): Value {
  if (Array.isArray(constant)) return constant.map(decodeConstant);
  if (typeof constant !== "object" || constant === null) return constant;
  const keys = Object.keys(constant);
  const [only] = keys;
  if (keys.length === 1 && only !== undefined && only.startsWith("$")) {
    return decodeTagged(only, (constant as { [key: string]: Constant })[only] as Constant);
  }
  return makeObject(
    keys.map((key) => [
      key,
      decodeConstant((constant as { [key: string]: Constant })[key] as Constant),
    ]),
  );
}

/** The constant that stands for a value; `decodeConstant` gives an equal value back. */
export function encodeConstant(value: Value): Constant {
  if (Array.isArray(value)) return value.map(encodeConstant);
  if (value instanceof RegoNumber) return { $number: value.toString() };
  if (value instanceof RegoSet) return { $set: value.items.map(encodeConstant) };
  if (typeof value !== "object" || value === null) return value;
  const entries = objectEntries(value) ?? [];
  if (isPlainObject(value) && !entries.some(([key]) => (key as string).startsWith("$"))) {
    const out: { [key: string]: Constant } = Object.create(null);
    for (const [key, item] of entries) out[key as string] = encodeConstant(item);
    return out;
  }
  return { $object: entries.map(([key, item]) => [encodeConstant(key), encodeConstant(item)]) };
}

function decodeTagged(tag: string, content: Constant): Value {
  switch (tag) {
    case "$set":
      return makeSet((content as readonly Constant[]).map(decodeConstant));
    case "$object":
      return makeObject(
        (content as readonly (readonly [Constant, Constant])[]).map(
          ([key, value]) => [decodeConstant(key), decodeConstant(value)] as const,
        ),
      );
    case "$number":
      return parseNumber(String(content)) ?? 0;
    default:
      throw new Error(`unknown constant tag ${tag}`);
  }
}
