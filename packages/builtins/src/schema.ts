// `json.match_schema` and `json.verify_schema`, by Ajv.

import {
  type Builtin,
  BuiltinError,
  isPlainObject,
  parseJson,
  toJson,
  type Value,
} from "@writ/evaluator";
import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from "ajv";
import { anyObject, arrayOf, boolean, define, oneOf, string, tupleOf } from "./define.ts";

const document = oneOf(string, anyObject);

export const schema: readonly Builtin[] = [
  define(
    "json.match_schema",
    [document, document],
    tupleOf(boolean, arrayOf(anyObject)),
    (given: Value, schemaText: Value) => {
      const validate = compile(schemaText);
      const isValid = validate(documentOf(given));
      return [isValid, isValid ? [] : (validate.errors ?? []).map(describe)];
    },
  ),
  define(
    "json.verify_schema",
    [document],
    tupleOf(boolean, oneOf(string, { type: "null" })),
    (given: Value) => {
      try {
        compile(given);
        return [true, null];
      } catch (error) {
        if (!(error instanceof BuiltinError)) throw error;
        return [false, error.message];
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
    throw new BuiltinError("jsonschema: a schema must be an object");
  try {
    const { $schema: _, ...schemaObject } = document as { readonly [key: string]: unknown };
    return new Ajv({ allErrors: true, strict: false, logger: false }).compile(
      schemaObject as AnySchema,
    );
  } catch (error) {
    throw new BuiltinError(`jsonschema: ${(error as Error).message}`, { cause: error });
  }
}

/** Ajv's error in the members OPA's library uses. */
function describe({ instancePath, keyword, message = "", params }: ErrorObject): Value {
  const missing = (params as { readonly missingProperty?: string }).missingProperty;
  const path = instancePath.slice(1).replaceAll("/", ".");
  const field = path === "" ? "(root)" : path;
  const desc = missing === undefined ? message : `${missing} is required`;
  return { desc, error: `${field}: ${desc}`, field, type: keyword };
}
