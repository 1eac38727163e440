// `json.match_schema` and `json.verify_schema`, by Ajv.

import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  parseJson,
  spend,
  type Value,
} from "@writ/evaluator";
import type { ErrorObject } from "ajv";
import { COUNTED_SUPERLINEAR } from "./cost.ts";
import { anyObject, arrayOf, boolean, define, oneOf, string, tupleOf } from "./define.ts";
import { compileSchema, schemaSteps, type Validate } from "./json-schema.ts";
import { type PlainJson, plainJson } from "./plain-json.ts";

const documentType = oneOf(string, anyObject);

export const schema: readonly Builtin[] = [
  define(
    "json.match_schema",
    [documentType, documentType],
    tupleOf(boolean, arrayOf(anyObject)),
    COUNTED_SUPERLINEAR,
    (given: Value, schemaText: Value, context: BuiltinContext) => {
      const validate = compile(schemaText, context);
      const document = documentOf(given);
      const errors = validate(document);
      return [errors.length === 0, errors.map((error) => describe(error, document))];
    },
  ),
  define(
    "json.verify_schema",
    [documentType],
    tupleOf(boolean, oneOf(string, { type: "null" })),
    COUNTED_SUPERLINEAR,
    (given: Value, context: BuiltinContext) => {
      try {
        compile(given, context);
        return [true, null];
      } catch (error) {
        if (!(error instanceof BuiltinError)) throw error;
        return [false, `jsonschema: ${error.message}`];
      }
    },
  ),
];

function documentOf(given: Value): PlainJson {
  if (typeof given !== "string") return plainJson(given);
  spend(given.length);
  try {
    return plainJson(parseJson(given));
  } catch (error) {
    throw new BuiltinError("invalid JSON string", { cause: error });
  }
}

/** Compiled schemas by the text or the value they were given as: kept as long as that, or as long as there is room. */
const byText = new Map<string, Validate>();
const byValue = new WeakMap<object, Validate>();
const MAX_KEPT = 200;

function compile(given: Value, context: BuiltinContext): Validate {
  const document = documentOf(given);
  if (
    typeof document !== "boolean" &&
    (document === null || typeof document !== "object" || Array.isArray(document))
  )
    throw new BuiltinError("a schema must be an object");
  payOnce(given, document, context);
  const unknown = unknownType(document);
  if (unknown !== undefined) throw new BuiltinError(unknown);
  const known = typeof given === "string" ? byText.get(given) : byValue.get(given as object);
  if (known !== undefined) return known;
  const made = compileNew(document);
  if (typeof given === "string") {
    if (byText.size >= MAX_KEPT) byText.clear();
    byText.set(given, made);
  } else byValue.set(given as object, made);
  return made;
}

/** Once an evaluation, whether the schema was compiled before or not: what a decision costs depends on itself alone. */
function payOnce(given: Value, document: PlainJson, context: BuiltinContext): void {
  const paid = (context.cache.get("json schemas") ?? new Set()) as Set<Value>;
  if (paid.has(given)) return;
  context.cache.set("json schemas", paid.add(given));
  context.step(schemaSteps(document));
}

function compileNew(document: PlainJson): Validate {
  const { $schema: _, ...own } = document as { readonly [key: string]: PlainJson };
  try {
    return compileSchema(typeof document === "boolean" ? document : own, "7");
  } catch (error) {
    throw new BuiltinError(error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

/** Ajv's words, and those of OPA's library, for what policies match on. */
const KEYWORDS: {
  readonly [keyword: string]:
    | { readonly type: string; readonly desc: (params: Params, given: string) => string }
    | undefined;
} = {
  type: {
    type: "invalid_type",
    desc: ({ type }, given) => `Invalid type. Expected: ${String(type)}, given: ${given}`,
  },
  required: { type: "required", desc: ({ missingProperty }) => `${missingProperty} is required` },
  additionalProperties: {
    type: "additional_property_not_allowed",
    desc: ({ additionalProperty }) => `Additional property ${additionalProperty} is not allowed`,
  },
  minLength: {
    type: "string_gte",
    desc: ({ limit }) => `String length must be greater than or equal to ${limit}`,
  },
  maxLength: {
    type: "string_lte",
    desc: ({ limit }) => `String length must be less than or equal to ${limit}`,
  },
  minimum: {
    type: "number_gte",
    desc: ({ limit }) => `Must be greater than or equal to ${limit}`,
  },
  maximum: { type: "number_lte", desc: ({ limit }) => `Must be less than or equal to ${limit}` },
  pattern: { type: "pattern", desc: ({ pattern }) => `Does not match pattern '${pattern}'` },
  format: { type: "format", desc: ({ format }) => `Does not match format '${format}'` },
};

interface Params {
  readonly [name: string]: string | number | readonly string[] | undefined;
}

function describe(error: ErrorObject, document: PlainJson): Value {
  spend(4);
  const path = error.instancePath.slice(1).replaceAll("/", ".");
  const field = path === "" ? "(root)" : path;
  const known = Object.hasOwn(KEYWORDS, error.keyword) ? KEYWORDS[error.keyword] : undefined;
  const given = typeAt(document, error.instancePath);
  const desc = known?.desc(error.params as Params, given) ?? error.message ?? "";
  return { desc, error: `${field}: ${desc}`, field, type: known?.type ?? error.keyword };
}

function typeAt(document: unknown, pointer: string): string {
  const keys = pointer.split("/").slice(1);
  const value = keys.reduce<unknown>(
    (at, key) =>
      (at as { readonly [key: string]: unknown } | undefined)?.[
        key.replaceAll("~1", "/").replaceAll("~0", "~")
      ],
    document,
  );
  if (value === null || Array.isArray(value)) return value === null ? "null" : "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

const TYPES = ["array", "boolean", "integer", "number", "null", "object", "string"];

/** A type that there is not, the way OPA's library says it. */
function unknownType(schemaObject: unknown): string | undefined {
  spend(1);
  if (typeof schemaObject !== "object" || schemaObject === null) return undefined;
  const { type } = schemaObject as { readonly type?: unknown };
  if (typeof type === "string" && !TYPES.includes(type))
    return `has a primitive type that is NOT VALID -- given: /${type}/ Expected valid values are:[${TYPES.join(" ")}]`;
  for (const child of Object.values(schemaObject)) {
    const found = unknownType(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
