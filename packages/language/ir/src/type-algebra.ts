// What types have in common, and how they are shown.

import type { Type } from "./type.ts";

/** The types of which no more is known than their kind, if that. */
export const ANY: Type = { kind: "any" };
export const NULL: Type = { kind: "null" };
export const BOOLEAN: Type = { kind: "boolean" };
export const NUMBER: Type = { kind: "number" };
export const STRING: Type = { kind: "string" };

/** A union without nesting; any swallows everything, none is any. */
export function unionOf(types: readonly Type[]): Type {
  if (types.length === 1) return types[0] as Type;
  const flat = types.flatMap((type) => (type.kind === "union" ? type.of : [type]));
  if (flat.length === 1) return flat[0] as Type;
  if (flat.length === 0 || flat.some(({ kind }) => kind === "any")) return ANY;
  const unique = [...new Map(flat.map((type) => [typeKey(type), type])).values()];
  return unique.length === 1 ? (unique[0] as Type) : { kind: "union", of: unique };
}

/** The alternatives of a type: itself unless it is a union. */
export function alternatives(type: Type): readonly Type[] {
  return type.kind === "union" ? type.of : [type];
}

/** Whether some value is of both types. When in doubt, yes. */
export function overlaps(a: Type, b: Type): boolean {
  if (a.kind !== "union" && b.kind !== "union") return pairOverlaps(a, b);
  return alternatives(a).some((left) => alternatives(b).some((right) => pairOverlaps(left, right)));
}

function pairOverlaps(a: Type, b: Type): boolean {
  if (a.kind === "any" || b.kind === "any") return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === "string" && b.kind === "string") return shareValue(a.values, b.values);
  // One number may be written in several ways.
  if (a.kind === "number" && b.kind === "number")
    return shareValue(a.values?.map(Number), b.values?.map(Number));
  if (a.kind === "boolean" && b.kind === "boolean") return shareValue(a.values, b.values);
  return true;
}

function shareValue<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): boolean {
  return a === undefined || b === undefined || a.some((value) => b.includes(value));
}

/** The same type without closed values: what kind of thing it is. */
export function widen(type: Type): Type {
  if (type.kind === "string") return STRING;
  if (type.kind === "number") return NUMBER;
  if (type.kind === "boolean") return BOOLEAN;
  return type.kind === "union" ? unionOf(type.of.map(widen)) : type;
}

/** What iterating over a value of the type yields: keys and items. Undefined when it has no members. */
export function membersOf(type: Type): { readonly key: Type; readonly item: Type } | undefined {
  const members = alternatives(type).map(memberOf);
  const known = members.filter((member) => member !== undefined);
  if (known.length === 0) return undefined;
  return {
    key: unionOf(known.map(({ key }) => key)),
    item: unionOf(known.map(({ item }) => item)),
  };
}

function memberOf(type: Type): { readonly key: Type; readonly item: Type } | undefined {
  switch (type.kind) {
    case "any":
      return { key: ANY, item: ANY };
    case "array":
      return {
        key: NUMBER,
        item: type.prefix === undefined ? type.items : unionOf([...type.prefix, type.items]),
      };
    case "set":
      return { key: type.items, item: type.items };
    case "object": {
      const items = [...type.properties.values()].map((property) => property.type);
      if (type.rest !== undefined)
        return { key: type.keys ?? STRING, item: unionOf([...items, type.rest]) };
      return { key: { kind: "string", values: [...type.properties.keys()] }, item: unionOf(items) };
    }
    default:
      return undefined;
  }
}

/** As a diagnostic says it. */
export function showType(type: Type): string {
  switch (type.kind) {
    case "union":
      return type.of.map(showType).join(" or ");
    case "string":
    case "number":
    case "boolean":
      return type.values?.length === 1 ? showConstant(type.values[0]) : `a ${type.kind}`;
    case "array":
    case "object":
      return `an ${type.kind}`;
    case "any":
      return "anything";
    default:
      return type.kind === "null" ? "null" : `a ${type.kind}`;
  }
}

/** Numbers are kept as their digits. */
function showConstant(value: string | boolean | undefined): string {
  return `\`${typeof value === "string" && !/^-?\d/.test(value) ? JSON.stringify(value) : value}\``;
}

const keys = new WeakMap<Type, string>();

/** Equal types have equal keys. Types are large (the whole input) and many share parts, so keys are kept. */
function typeKey(type: Type): string {
  // Of one text it is soon said, and sets are made of hundreds of them; other keys begin with a brace.
  if (type.kind === "string" && type.values?.length === 1) return `"${type.values[0]}`;
  const known = keys.get(type);
  if (known !== undefined) return known;
  const key = JSON.stringify(type, (_key, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
  keys.set(type, key);
  return key;
}
