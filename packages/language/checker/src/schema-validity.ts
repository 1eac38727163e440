// Whether a schema that somebody wrote is one the checker can read. What it does not read is no mistake.

import type { JsonSchema } from "@writ/ir";

const TYPES = ["null", "boolean", "number", "integer", "string", "array", "object"];
const MAX_DEPTH = 100;

/** What is wrong with a schema; undefined when nothing is. */
export function schemaProblem(schema: unknown): string | undefined {
  if (!isMapping(schema)) return "a schema is a mapping";
  const definitions = {
    ...(isMapping(schema["definitions"]) ? schema["definitions"] : {}),
    ...(isMapping(schema["$defs"]) ? schema["$defs"] : {}),
  };
  return problemOf(schema, new Set(Object.keys(definitions)), 0);
}

function problemOf(node: unknown, defined: ReadonlySet<string>, depth: number): string | undefined {
  if (typeof node === "boolean") return undefined;
  if (!isMapping(node)) return "a schema is a mapping";
  if (depth > MAX_DEPTH) return `it is nested deeper than ${MAX_DEPTH} levels`;
  return (
    referenceProblem(node["$ref"], defined) ??
    typeProblem(node["type"]) ??
    shapeProblem(node) ??
    firstProblem(childrenOf(node), defined, depth + 1)
  );
}

function referenceProblem(reference: unknown, defined: ReadonlySet<string>): string | undefined {
  if (reference === undefined) return undefined;
  const [, name] = /^#\/(?:\$defs|definitions)\/(.+)$/.exec(String(reference)) ?? [];
  if (name !== undefined && defined.has(name)) return undefined;
  return `\`$ref\` must name one of its own \`$defs\`, not \`${String(reference)}\``;
}

function typeProblem(type: unknown): string | undefined {
  const types: readonly unknown[] = type === undefined ? [] : Array.isArray(type) ? type : [type];
  const unknown = types.find((each) => !TYPES.includes(each as string));
  return unknown === undefined ? undefined : `there is no type \`${String(unknown)}\``;
}

function shapeProblem(node: JsonSchema): string | undefined {
  for (const key of ["properties", "$defs", "definitions"])
    if (node[key] !== undefined && !isMapping(node[key])) return `\`${key}\` must be a mapping`;
  for (const key of ["required", "enum", "oneOf", "anyOf"])
    if (node[key] !== undefined && !Array.isArray(node[key])) return `\`${key}\` must be a list`;
  return undefined;
}

function childrenOf(node: JsonSchema): readonly unknown[] {
  const maps = ["properties", "$defs", "definitions"].flatMap((key) =>
    Object.values((node[key] ?? {}) as object),
  );
  const lists = ["oneOf", "anyOf"].flatMap((key) => (node[key] ?? []) as unknown[]);
  const single = ["items", "additionalProperties"].flatMap((key) =>
    node[key] === undefined ? [] : [node[key]],
  );
  return [...maps, ...lists, ...single];
}

function firstProblem(
  nodes: readonly unknown[],
  defined: ReadonlySet<string>,
  depth: number,
): string | undefined {
  for (const node of nodes) {
    const problem = problemOf(node, defined, depth);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isMapping(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
