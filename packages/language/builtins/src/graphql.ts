// GraphQL: parsing queries and schemas, and whether a query is valid for a schema, by the reference
// implementation.

import { type Builtin, BuiltinError, type Value } from "@writ/evaluator";
import type { DocumentNode, GraphQLError, GraphQLSchema } from "graphql";
import { perCharacter, plus } from "./cost.ts";
import { anyObject, boolean, define, oneOf, string, tupleOf } from "./define.ts";
import { queryObject, schemaObject } from "./graphql-ast.ts";
import { queryText, schemaText } from "./graphql-text.ts";
import { lazily } from "./lazy.ts";

const document = oneOf(string, anyObject);
const library = lazily<typeof import("graphql")>("graphql");
/** Reading, and the rules of validation. */
const GRAPHQL = plus(2_000, perCharacter(50));
const MAX_TOKENS = 20_000;

export const graphql: readonly Builtin[] = [
  define("graphql.parse_query", [string], anyObject, GRAPHQL, (text: string) =>
    queryObject(parseText(text)),
  ),
  define("graphql.parse_schema", [string], anyObject, GRAPHQL, (text: string) =>
    schemaObject(parseText(text)),
  ),
  define(
    "graphql.parse",
    [document, document],
    tupleOf(anyObject, anyObject),
    GRAPHQL,
    (query: Value, schema: Value) => {
      const { documents, errors } = check(query, schema);
      const [first] = errors;
      if (first !== undefined) throw new BuiltinError(first);
      return documents;
    },
  ),
  define(
    "graphql.parse_and_verify",
    [document, document],
    tupleOf(boolean, anyObject, anyObject),
    GRAPHQL,
    (query: Value, schema: Value) => {
      const found = attempt(() => check(query, schema));
      return found?.errors.length === 0 ? [true, ...found.documents] : [false, {}, {}];
    },
  ),
  define(
    "graphql.is_valid",
    [document, document],
    boolean,
    GRAPHQL,
    (query: Value, schema: Value) => {
      const found = attempt(() => check(query, schema));
      return found?.errors.length === 0;
    },
  ),
  define("graphql.schema_is_valid", [document], boolean, GRAPHQL, (schema: Value) => {
    return attempt(() => schemaOf(documentOf(schema, schemaText))) !== undefined;
  }),
];

function check(
  query: Value,
  schema: Value,
): { readonly documents: readonly [Value, Value]; readonly errors: readonly string[] } {
  const queryDocument = documentOf(query, queryText);
  const schemaDocument = documentOf(schema, schemaText);
  const built = schemaOf(schemaDocument);
  const isEmpty = queryDocument.definitions.length === 0;
  const errors = isEmpty
    ? []
    : library()
        .validate(built, queryDocument)
        .map(({ message }) => message);
  return {
    documents: [queryObject(queryDocument), schemaObject(schemaDocument)],
    errors,
  };
}

function documentOf(given: Value, textOf: (object: Value) => string): DocumentNode {
  return parseText(typeof given === "string" ? given : textOf(given));
}

/** A document of nothing but spaces and comments is an empty one. */
function parseText(text: string): DocumentNode {
  if (text.replace(/#[^\n\r]*/g, "").trim() === "")
    return { kind: library().Kind.DOCUMENT, definitions: [] };
  try {
    return library().parse(text, { maxTokens: MAX_TOKENS, allowLegacyFragmentVariables: true });
  } catch (error) {
    if (!(error instanceof library().GraphQLError)) throw error;
    throw new BuiltinError(syntaxMessage(text, error), { cause: error });
  }
}

/** A syntax error in the words of gqlparser, which policies written for OPA may match on. */
function syntaxMessage(text: string, error: GraphQLError): string {
  const { line = 1, column = 1 } = error.locations?.[0] ?? {};
  const at = (message: string, shift = 0): string =>
    `${message} in GraphQL string at location ${line}:${column + shift}`;
  const message = error.message
    .replace(/^Syntax Error: /, "")
    .replace(/\.$/, "")
    .replace(/"([^\w"]+)"/g, "$1");
  const before = text.slice(0, error.positions?.[0] ?? 0).trimEnd();
  if (/^Expected Name, found [})]$/.test(message) && before.endsWith("{"))
    return at(message.replace("Expected Name", "expected at least one definition"));
  if (message.startsWith("Unexpected variable")) return at("Unexpected $");
  if (message.startsWith("Unterminated string")) return at("Unexpected <Invalid>");
  if (message.startsWith("Unexpected String")) return at(message, 1);
  if (!message.startsWith("Unexpected description")) return at(message);
  const [description = '""'] = /"[^"]*"/.exec(text.slice(error.positions?.[0])) ?? [];
  return at(`Unexpected String ${description}`, 1);
}

/** Extensions of types that are not there define them; a schema without a query type is one too. */
function schemaOf({ definitions }: DocumentNode): GraphQLSchema {
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
  const document = { kind: library().Kind.DOCUMENT, definitions: complete } as DocumentNode;
  const built = readErrors(() => library().buildASTSchema(document));
  const [error] = library()
    .validateSchema(built)
    .filter(({ message }) => message !== "Query root type must be provided.");
  if (error !== undefined) throw new BuiltinError(error.message);
  return built;
}

/** What is wrong with a schema is thrown as plain errors. */
function readErrors<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw new BuiltinError((error as Error).message, { cause: error });
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
