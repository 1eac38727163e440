// GraphQL: parsing queries and schemas, and whether a query is valid for a schema, by the reference
// implementation.

import { type Builtin, BuiltinError, type Value } from "@writ/evaluator";
import {
  buildASTSchema,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
  validateSchema,
} from "graphql";
import { anyObject, boolean, define, oneOf, string, tupleOf } from "./define.ts";
import { queryObject, schemaObject } from "./graphql-ast.ts";
import { queryText, schemaText } from "./graphql-text.ts";

const document = oneOf(string, anyObject);
const MAX_TOKENS = 20_000;

export const graphql: readonly Builtin[] = [
  define("graphql.parse_query", [string], anyObject, (text: string) =>
    queryObject(parseText("graphql.parse_query", text)),
  ),
  define("graphql.parse_schema", [string], anyObject, (text: string) =>
    schemaObject(parseText("graphql.parse_schema", text)),
  ),
  define(
    "graphql.parse",
    [document, document],
    tupleOf(anyObject, anyObject),
    (query: Value, schema: Value) => {
      const { documents, errors } = check("graphql.parse", query, schema);
      const [first] = errors;
      if (first !== undefined) throw new BuiltinError(`graphql.parse: ${first}`);
      return documents;
    },
  ),
  define(
    "graphql.parse_and_verify",
    [document, document],
    tupleOf(boolean, anyObject, anyObject),
    (query: Value, schema: Value) => {
      const found = attempt(() => check("graphql.parse_and_verify", query, schema));
      return found?.errors.length === 0 ? [true, ...found.documents] : [false, {}, {}];
    },
  ),
  define("graphql.is_valid", [document, document], boolean, (query: Value, schema: Value) => {
    const found = attempt(() => check("graphql.is_valid", query, schema));
    return found?.errors.length === 0;
  }),
  define("graphql.schema_is_valid", [document], boolean, (schema: Value) => {
    const name = "graphql.schema_is_valid";
    return attempt(() => schemaOf(name, documentOf(name, schema, schemaText))) !== undefined;
  }),
];

function check(
  name: string,
  query: Value,
  schema: Value,
): { readonly documents: readonly [Value, Value]; readonly errors: readonly string[] } {
  const queryDocument = documentOf(name, query, queryText);
  const schemaDocument = documentOf(name, schema, schemaText);
  const built = schemaOf(name, schemaDocument);
  const isEmpty = queryDocument.definitions.length === 0;
  const errors = isEmpty ? [] : validate(built, queryDocument).map(({ message }) => message);
  return { documents: [queryObject(queryDocument), schemaObject(schemaDocument)], errors };
}

function documentOf(name: string, given: Value, textOf: (object: Value) => string): DocumentNode {
  return parseText(name, typeof given === "string" ? given : textOf(given));
}

/** A document of nothing but spaces and comments is an empty one. */
function parseText(name: string, text: string): DocumentNode {
  if (text.replace(/#[^\n\r]*/g, "").trim() === "") return { kind: Kind.DOCUMENT, definitions: [] };
  try {
    return parse(text, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line = 1, column = 1 } = error.locations?.[0] ?? {};
    const message = error.message.replace(/^Syntax Error: /, "").replace(/\.$/, "");
    throw new BuiltinError(`${name}: ${message} in GraphQL string at location ${line}:${column}`, {
      cause: error,
    });
  }
}

/** Extensions of types that are not there define them; a schema without a query type is one too. */
function schemaOf(name: string, { definitions }: DocumentNode): GraphQLSchema {
  const defined = new Set(
    definitions.flatMap((node) =>
      /TypeDefinition$/.test(node.kind) && "name" in node ? [node.name?.value] : [],
    ),
  );
  const complete = definitions.map((node) => {
    if (!/TypeExtension$/.test(node.kind) || !("name" in node)) return node;
    if (defined.has(node.name?.value)) return node;
    defined.add(node.name?.value);
    return { ...node, kind: node.kind.replace("Extension", "Definition") };
  });
  // SAFETY: an extension has the members of its definition.
  const document = { kind: Kind.DOCUMENT, definitions: complete } as DocumentNode;
  const built = readErrors(name, () => buildASTSchema(document));
  const [error] = validateSchema(built).filter(
    ({ message }) => message !== "Query root type must be provided.",
  );
  if (error !== undefined) throw new BuiltinError(`${name}: ${error.message}`);
  return built;
}

/** What is wrong with a schema is thrown as plain errors. */
function readErrors<T>(name: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw new BuiltinError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}
