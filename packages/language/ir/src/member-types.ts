// What lies under a key of a value of a type.

import type { Type } from "./type.ts";
import { ANY, alternatives, overlaps, STRING, unionOf } from "./type-algebra.ts";

/** The type under a key; undefined when a value of the type can have no such key. */
export function propertyOf(type: Type, key: string): Type | undefined {
  if (type.kind === "object") return type.properties.get(key)?.type ?? type.rest;
  const found = alternatives(type).flatMap((option): readonly Type[] => {
    if (option.kind === "any") return [ANY];
    if (option.kind === "set") return overlaps(option.items, STRING) ? [STRING] : [];
    if (option.kind !== "object") return [];
    const property = option.properties.get(key);
    if (property !== undefined) return [property.type];
    return option.rest === undefined ? [] : [option.rest];
  });
  return found.length === 0 ? undefined : unionOf(found);
}

/** As propertyOf, of a document whose every key is known. */
export function ownProperty(type: Type, key: string): Type | undefined {
  if (type.kind === "any") return ANY;
  return type.kind === "object" ? type.properties.get(key)?.type : undefined;
}

/** The keys of a document at a path, as far as they are known. */
export function dataKeys(type: Type, path: readonly string[]): readonly string[] {
  let at: Type | undefined = type;
  for (const key of path) at = at === undefined ? undefined : ownProperty(at, key);
  return at?.kind === "object" ? [...at.properties.keys()] : [];
}
