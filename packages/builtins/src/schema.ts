// `json.match_schema` and `json.verify_schema`, by Ajv.

import {
  type Builtin,
  BuiltinError,
  isPlainObject,
  parseJson,
  toJson,
  type Value,
} from "@writ/evaluator";
import type { AnySchema, ErrorObject, ValidateFunction } from "ajv";
import { anyObject, arrayOf, boolean, define, oneOf, string, tupleOf } from "./define.ts";
import { lazily } from "./lazy.ts";

const ajv = lazily<typeof import("ajv")>("ajv");
const documentType = oneOf(string, anyObject);

export const schema: readonly Builtin[] = [
  define(
    "json.match_schema",
    [documentType, documentType],
    tupleOf(boolean, arrayOf(anyObject)),
    (given: Value, schemaText: Value) => {
      const validate = compile(schemaText);
      const document = documentOf(given);
      const isValid = validate(document);
      const errors = isValid ? [] : (validate.errors ?? []);
      return [isValid, errors.map((error) => describe(error, document))];
    },
  ),
  define(
    "json.verify_schema",
    [documentType],
    tupleOf(boolean, oneOf(string, { type: "null" })),
    (given: Value) => {
      try {
        compile(given);
        return [true, null];
      } catch (error) {
        if (!(error instanceof BuiltinError)) throw error;
        return [false, `jsonschema: ${error.message}`];
      }
    },
  ),
];

function documentOf(given: Value): unknown {
  if (typeof given !== "string") return toJson(given);
  try {
    return parseJson(given);
  } catch (error) {
    throw new BuiltinError("invalid JSON string", { cause: error });
  }
}

function compile(given: Value): ValidateFunction {
  const document = documentOf(given);
  if (!isPlainObject(document as Value) && typeof document !== "boolean")
    throw new BuiltinError("a schema must be an object");
  const unknown = unknownType(document);
  if (unknown !== undefined) throw new BuiltinError(unknown);
  try {
    const { $schema: _, ...schemaObject } = document as { readonly [key: string]: unknown };
    return new (ajv().Ajv)({ allErrors: true, strict: false, logger: false }).compile(
      schemaObject as AnySchema,
    );
  } catch (error) {
    throw new BuiltinError(`${(error as Error).message}`, { cause: error });
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

function describe(error: ErrorObject, document: unknown): Value {
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
