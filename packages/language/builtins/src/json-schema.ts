// JSON Schema by Ajv, in bounded time: whatever takes time grows in steps of the meter that runs. Patterns are
// RE2's; each schema that is applied to a part of a document is counted, since schemas that refer to each other
// twice at every level double with each; what is compared is compared by our own comparison, which counts.

import { equalValues, makeSet, spend, type Value } from "@writ/evaluator";
import type { Ajv, AnySchema, ErrorObject, FuncKeywordDefinition, Options } from "ajv";
import { lazily } from "./lazy.ts";
import type { PlainJson } from "./plain-json.ts";
import { compileOnce, matchesSome } from "./regex.ts";

const ajv = lazily<typeof import("ajv")>("ajv");
const ajv2020 = lazily<typeof import("ajv/dist/2020.js")>("ajv/dist/2020.js");

export type { PlainJson };

export type Draft = "7" | "2020-12";
interface SchemaObject {
  readonly [key: string]: PlainJson;
}
/** What is wrong with a document; nothing when it fits. */
export type Validate = (document: PlainJson) => readonly ErrorObject[];

/** Compiling takes code for each schema within. */
const STEPS_TO_COMPILE = 300;

/** What compiling a schema costs; more than once is for nothing, where the result is kept. */
export function schemaSteps(schema: PlainJson): number {
  if (typeof schema !== "object" || schema === null) return 0;
  let steps = STEPS_TO_COMPILE;
  for (const child of Object.values(schema)) steps += schemaSteps(child);
  return steps;
}

/** Throws an Error that says why for what is no schema. */
export function compileSchema(schema: PlainJson, draft: Draft): Validate {
  if (typeof schema === "boolean") return compileSchema(schema ? {} : { not: {} }, draft);
  const compiler = compilerFor(draft);
  const counted = withCounter(schema as SchemaObject) as AnySchema;
  try {
    const validate = compiler.compile(counted);
    return (document) => (validate(document) ? [] : (validate.errors ?? []));
  } finally {
    compiler.removeSchema(counted);
  }
}

const compilers = new Map<Draft, Ajv>();

function compilerFor(draft: Draft): Ajv {
  const known = compilers.get(draft);
  if (known !== undefined) return known;
  const made = draft === "7" ? new (ajv().Ajv)(OPTIONS) : new (ajv2020().Ajv2020)(OPTIONS);
  for (const definition of KEYWORDS) {
    made.removeKeyword(definition.keyword as string);
    made.addKeyword(definition);
  }
  compilers.set(draft, made);
  return made;
}

const OPTIONS: Options = {
  allErrors: true,
  strict: false,
  logger: false,
  validateFormats: false,
  inlineRefs: false,
  addUsedSchema: false,
  code: {
    regExp: Object.assign(
      (pattern: string) => {
        const expression = compileOnce(pattern);
        return {
          test: (text: string) => matchesSome(expression, text),
          toString: () => pattern,
        };
      },
      { code: "re2" },
    ) as unknown as NonNullable<NonNullable<Options["code"]>["regExp"]>,
  },
};

const COUNTER = "x-writ-step";

const KEYWORDS: readonly FuncKeywordDefinition[] = [
  {
    keyword: COUNTER,
    errors: false,
    validate: () => {
      spend(4);
      return true;
    },
  },
  comparing(
    "uniqueItems",
    "must NOT have duplicate items",
    (isAsked, data) =>
      isAsked !== true || !Array.isArray(data) || makeSet(data).items.length === data.length,
  ),
  comparing("enum", "must be equal to one of the allowed values", (allowed, data) =>
    (allowed as readonly Value[]).some((each) => equalValues(each, data)),
  ),
  comparing("const", "must be equal to constant", (wanted, data) => equalValues(wanted, data)),
];

function comparing(
  keyword: string,
  message: string,
  fits: (wanted: Value, data: Value) => boolean,
): FuncKeywordDefinition {
  const validate = (wanted: Value, data: Value): boolean => {
    spend(1 + (Array.isArray(wanted) ? wanted.length >> 2 : 0));
    return fits(wanted, data);
  };
  return { keyword, errors: false, validate, error: { message } } as FuncKeywordDefinition;
}

/** Keywords with a schema, a list of schemas, or schemas by name. */
const ONE = [
  "not",
  "if",
  "then",
  "else",
  "contains",
  "propertyNames",
  "additionalProperties",
  "additionalItems",
  "unevaluatedProperties",
  "unevaluatedItems",
];
const LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAPS = [
  "properties",
  "patternProperties",
  "definitions",
  "$defs",
  "dependentSchemas",
  "dependencies",
];

/** The schema with each schema within it saying that it is to be counted. */
function withCounter(schema: PlainJson): PlainJson {
  if (!isRecord(schema)) return schema;
  const counted: { [key: string]: PlainJson } = { ...schema, [COUNTER]: true };
  for (const [key, value] of Object.entries(schema)) {
    if (ONE.includes(key)) counted[key] = withCounter(value);
    else if (key === "items" || LISTS.includes(key))
      counted[key] = Array.isArray(value) ? value.map(withCounter) : withCounter(value);
    else if (MAPS.includes(key) && isRecord(value))
      counted[key] = Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, withCounter(each)]),
      );
  }
  return counted;
}

function isRecord(value: PlainJson): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
