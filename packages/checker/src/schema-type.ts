// From the JSON Schema of the input to the type the checker reasons with.

import type { PropertyType, Type } from "./type.ts";
import { ANY, BOOLEAN, NULL, NUMBER, STRING, unionOf } from "./type-algebra.ts";

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export interface Vocabularies {
  readonly [name: string]: readonly string[];
}

export function schemaType(schema: JsonSchema, vocabularies: Vocabularies): Type {
  const definitions = (schema["$defs"] ?? {}) as { readonly [name: string]: JsonSchema };
  const lower = (node: JsonSchema): Type => {
    const reference = node["$ref"];
    if (typeof reference === "string")
      return lower(definitions[reference.replace("#/$defs/", "")] ?? {});
    if (Array.isArray(node["oneOf"])) return unionOf((node["oneOf"] as JsonSchema[]).map(lower));
    if (Array.isArray(node["type"]))
      return unionOf((node["type"] as string[]).map((type) => lower({ ...node, type })));
    switch (node["type"]) {
      case "null":
        return NULL;
      case "boolean":
        return BOOLEAN;
      case "number":
      case "integer":
        return NUMBER;
      case "string":
        return stringType(node, vocabularies);
      case "array":
        return { kind: "array", items: lower((node["items"] ?? {}) as JsonSchema) };
      case "object":
        return objectType(node, lower);
      default:
        return ANY;
    }
  };
  return lower(schema);
}

function stringType(node: JsonSchema, vocabularies: Vocabularies): Type {
  const name = node["x-vocabulary"];
  const values =
    (node["enum"] as string[] | undefined) ??
    (typeof name === "string" ? vocabularies[name] : undefined);
  return values === undefined ? STRING : { kind: "string", values };
}

function objectType(node: JsonSchema, lower: (node: JsonSchema) => Type): Type {
  const required = (node["required"] ?? []) as readonly string[];
  const properties = new Map<string, PropertyType>();
  for (const [key, property] of Object.entries(
    (node["properties"] ?? {}) as { [key: string]: JsonSchema },
  )) {
    properties.set(key, { type: lower(property), optional: !required.includes(key) });
  }
  const rest = node["additionalProperties"];
  if (rest === false) return { kind: "object", properties };
  return {
    kind: "object",
    properties,
    rest: typeof rest === "object" ? lower(rest as JsonSchema) : ANY,
  };
}

/** The type of a document that is known, such as a base document: its shape, not its values. */
export function valueType(value: unknown): Type {
  if (value === null) return NULL;
  if (Array.isArray(value))
    return { kind: "array", items: value.length > 100 ? ANY : unionOf(value.map(valueType)) };
  switch (typeof value) {
    case "boolean":
      return BOOLEAN;
    case "number":
      return NUMBER;
    case "string":
      return STRING;
    default: {
      // A number that no JavaScript number stands for is an object of a class of its own.
      if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return NUMBER;
      const properties = new Map<string, PropertyType>();
      for (const [key, item] of Object.entries(value as object)) {
        properties.set(key, { type: valueType(item), optional: false });
      }
      return { kind: "object", properties, rest: ANY };
    }
  }
}
