// From a JSON Schema to the type the checker reasons with.

import {
  ANY,
  BOOLEAN,
  type JsonSchema,
  NULL,
  NUMBER,
  type PropertyType,
  STRING,
  type Type,
  unionOf,
  type Vocabularies,
} from "@writ/ir";

/** Of an object that lists its properties and does not say whether there are others. */
type Unlisted = "open" | "closed";

/** What of JSON Schema types can say; the rest of it narrows nothing. */
export function schemaType(
  schema: JsonSchema,
  vocabularies: Vocabularies,
  unlisted: Unlisted = "open",
): Type {
  return new SchemaReading(schema, vocabularies, unlisted).type(schema);
}

class SchemaReading {
  readonly #definitions: { readonly [name: string]: JsonSchema };
  readonly #vocabularies: Vocabularies;
  readonly #unlisted: Unlisted;
  /** Definitions that were read; one that contains itself is anything there. */
  readonly #known = new Map<string, Type>();

  constructor(schema: JsonSchema, vocabularies: Vocabularies, unlisted: Unlisted) {
    this.#definitions = {
      ...(schema["definitions"] as object | undefined),
      ...(schema["$defs"] as object | undefined),
    };
    this.#vocabularies = vocabularies;
    this.#unlisted = unlisted;
  }

  type(node: JsonSchema): Type {
    const reference = node["$ref"];
    if (typeof reference === "string") return this.#definition(reference);
    const options = node["oneOf"] ?? node["anyOf"];
    if (Array.isArray(options))
      return unionOf((options as JsonSchema[]).map((each) => this.type(each)));
    if (Array.isArray(node["type"]))
      return unionOf((node["type"] as string[]).map((type) => this.type({ ...node, type })));
    switch (node["type"]) {
      case "null":
        return NULL;
      case "boolean":
        return BOOLEAN;
      case "number":
      case "integer":
        return NUMBER;
      case "string":
        return stringType(node, this.#vocabularies);
      case "array":
        return { kind: "array", items: this.type((node["items"] ?? {}) as JsonSchema) };
      case "object":
        return this.#object(node);
      default:
        return node["properties"] === undefined ? ANY : this.#object(node);
    }
  }

  #definition(reference: string): Type {
    const name = reference.replace(/^#\/(?:\$defs|definitions)\//, "");
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, ANY);
    const type = Object.hasOwn(this.#definitions, name)
      ? this.type(this.#definitions[name] ?? {})
      : ANY;
    this.#known.set(name, type);
    return type;
  }

  #object(node: JsonSchema): Type {
    const required = (node["required"] ?? []) as readonly string[];
    const listed = node["properties"] as { readonly [key: string]: JsonSchema } | undefined;
    const properties = new Map<string, PropertyType>();
    for (const [key, property] of Object.entries(listed ?? {})) {
      properties.set(key, { type: this.type(property), optional: !required.includes(key) });
    }
    const isClosed = listed !== undefined && this.#unlisted === "closed";
    const rest = node["additionalProperties"] ?? !isClosed;
    if (rest === false) return { kind: "object", properties };
    return {
      kind: "object",
      properties,
      rest: typeof rest === "object" ? this.type(rest as JsonSchema) : ANY,
    };
  }
}

function stringType(node: JsonSchema, vocabularies: Vocabularies): Type {
  const name = node["x-vocabulary"];
  const values =
    (typeof node["const"] === "string" ? [node["const"]] : undefined) ??
    (node["enum"] as string[] | undefined) ??
    (typeof name === "string" ? vocabularies[name] : undefined);
  return values === undefined ? STRING : { kind: "string", values };
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
