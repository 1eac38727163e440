// From the JSON Schema of the input to the shape the evaluator checks inputs against. The schema is
// ours (`schemas/input.schema.json`), so a keyword this does not know is a bug and throws.

import { type InputPath, type Shape, shapeAt } from "@writ/evaluator";
import type { JsonSchema, Vocabularies } from "@writ/ir";

/** Keywords that say nothing about what fits. */
const IGNORED = new Set(["$schema", "$id", "$defs", "title", "description", "examples", "default"]);
const KNOWN = new Set([
  "type",
  "const",
  "enum",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "uniqueItems",
  "minimum",
  "oneOf",
  "$ref",
  "x-vocabulary",
  "allOf",
]);

const known = new WeakMap<Vocabularies, { readonly schema: JsonSchema; readonly shape: Shape }>();

/** The shape of what fits a schema, the same object for the same two. Throws on a keyword that has no shape. */
export function compileShape(schema: JsonSchema, vocabularies: Vocabularies): Shape {
  const before = known.get(vocabularies);
  if (before?.schema === schema) return before.shape;
  const shape = makeShape(schema, vocabularies);
  known.set(vocabularies, { schema, shape });
  return shape;
}

function makeShape(schema: JsonSchema, vocabularies: Vocabularies): Shape {
  const definitions = (schema["$defs"] ?? {}) as { readonly [name: string]: JsonSchema };
  const lower = (node: JsonSchema): Shape => {
    for (const keyword of Object.keys(node)) {
      if (!IGNORED.has(keyword) && !KNOWN.has(keyword)) {
        throw new Error(`the input schema uses \`${keyword}\`, which has no shape`);
      }
    }
    const reference = node["$ref"];
    if (typeof reference === "string") {
      return lower(definitions[reference.replace("#/$defs/", "")] as JsonSchema);
    }
    if (Array.isArray(node["oneOf"])) {
      return { kind: "one-of", shapes: (node["oneOf"] as JsonSchema[]).map(lower) };
    }
    if (Array.isArray(node["type"])) {
      const shapes = (node["type"] as string[]).map((type) => lower({ ...node, type }));
      return { kind: "one-of", shapes };
    }
    return lowerType(node, vocabularies, lower);
  };
  return lower(schema);
}

function lowerType(
  node: JsonSchema,
  vocabularies: Vocabularies,
  lower: (node: JsonSchema) => Shape,
): Shape {
  switch (node["type"]) {
    case undefined:
      return { kind: "any" };
    case "null":
    case "boolean":
    case "number":
      return { kind: node["type"] };
    case "integer":
      return typeof node["minimum"] === "number"
        ? { kind: "integer", minimum: node["minimum"] }
        : { kind: "integer" };
    case "string": {
      const values = stringValues(node, vocabularies);
      return values === undefined ? { kind: "string" } : { kind: "string", values };
    }
    case "array": {
      const items = lower((node["items"] ?? {}) as JsonSchema);
      return node["uniqueItems"] === true
        ? { kind: "array", items, unique: true }
        : { kind: "array", items };
    }
    case "object":
      return lowerObject(node, lower);
    default:
      throw new Error("the input schema has a type that has no shape");
  }
}

function stringValues(node: JsonSchema, vocabularies: Vocabularies): readonly string[] | undefined {
  if (typeof node["const"] === "string") return [node["const"]];
  if (Array.isArray(node["enum"])) return node["enum"] as string[];
  const name = node["x-vocabulary"];
  return typeof name === "string" ? vocabularies[name] : undefined;
}

function lowerObject(node: JsonSchema, lower: (node: JsonSchema) => Shape): Shape {
  const properties: { [key: string]: Shape } = {};
  for (const [key, property] of Object.entries(
    (node["properties"] ?? {}) as { [key: string]: JsonSchema },
  )) {
    properties[key] = lower(property);
  }
  const required = (node["required"] ?? []) as readonly string[];
  const conditions = ((node["allOf"] ?? []) as readonly Condition[]).map(lowerCondition);
  const requiredWhen = conditions.length === 0 ? {} : { requiredWhen: conditions };
  const rest = node["additionalProperties"];
  if (rest === false) return { kind: "object", properties, required, ...requiredWhen };
  const restShape = lower(typeof rest === "object" ? (rest as JsonSchema) : {});
  return { kind: "object", properties, required, ...requiredWhen, rest: restShape };
}

/** The one form of `allOf` there is a shape for: if a property has a constant, then others are required. */
interface Condition {
  readonly if: { readonly properties: { readonly [property: string]: { readonly const: string } } };
  readonly then: { readonly required: readonly string[] };
}

function lowerCondition(condition: Condition) {
  const [entry] = Object.entries(condition.if.properties);
  if (entry === undefined) throw new Error("a condition of the input schema names no property");
  const [property, { const: equals }] = entry;
  return { property, equals, required: condition.then.required };
}

/** Whether everything that fits the shape has, at this path, nothing or a number. */
export function isNumericAt(shape: Shape, path: InputPath): boolean {
  const kind = shapeAt(shape, path)?.kind;
  return kind === "number" || kind === "integer";
}

/** Whether every input that fits has something at a path. */
export function isAlwaysThere(shape: Shape, path: readonly string[]): boolean {
  let at: Shape | undefined = shape;
  for (const key of path) {
    if (at?.kind !== "object" || !at.required.includes(key)) return false;
    at = Object.hasOwn(at.properties, key) ? at.properties[key] : at.rest;
  }
  return true;
}
