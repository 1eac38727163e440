// What Tab completes: commands, documents below `data`, paths of the input as its schema has them, names of
// the session, built-in functions.

import { isPlainObject, type Value } from "@writ/evaluator";
import type { JsonSchema } from "@writ/ir";
import { KEYWORDS } from "@writ/syntax";
import { builtins } from "../builtins.ts";
import { environment } from "../environment.ts";
import { importName, type Session } from "./session.ts";

/** What the end of the line may go on as, and that end. As node:readline wants it. */
export type Completion = [candidates: string[], end: string];

const MAX_CANDIDATES = 500;

export function complete(line: string, session: Session, commands: readonly string[]): Completion {
  if (/^\s*:[a-z]*$/.test(line)) return matching(commands, line.trimStart());
  const [end = ""] = /[A-Za-z_][\w.]*$/.exec(line) ?? [];
  const dot = end.lastIndexOf(".");
  const imported = session.imports.map(importName);
  if (dot < 0) {
    const names = [...KEYWORDS, "data", "input", ...imported, ...session.ownNames()];
    return matching([...names, ...builtinNames()], end);
  }
  const before = end.slice(0, dot);
  const below = keysBelow(before.split("."), session).filter((key) => /^[A-Za-z_]\w*$/.test(key));
  return matching([...below.map((key) => `${before}.${key}`), ...builtinNames()], end);
}

function matching(candidates: readonly string[], end: string): Completion {
  const found = candidates.filter((each) => each.startsWith(end));
  return [[...new Set(found)].sort().slice(0, MAX_CANDIDATES), end];
}

function builtinNames(): readonly string[] {
  return [...builtins.keys()].filter((name) => !name.startsWith("internal."));
}

function keysBelow([root = "", ...path]: readonly string[], session: Session): readonly string[] {
  if (root === "input") {
    const schema = session.likeOpa ? [] : schemaKeys(environment.inputSchema, path);
    return [...schema, ...keysAt(session.input, path)];
  }
  if (root === "data") return documentKeys(path, session);
  const imported = session.imports.find((each) => importName(each) === root);
  if (imported !== undefined) return keysBelow([...imported.path, ...path], session);
  return session.ownNames().includes(root)
    ? documentKeys([...session.package, root, ...path], session)
    : [];
}

function schemaKeys(schema: JsonSchema, path: readonly string[]): readonly string[] {
  const definitions = (schema["$defs"] ?? {}) as { readonly [name: string]: JsonSchema };
  const resolve = (node: JsonSchema): JsonSchema => {
    const reference = node["$ref"];
    return typeof reference === "string"
      ? (definitions[reference.replace("#/$defs/", "")] ?? {})
      : node;
  };
  let at = resolve(schema);
  for (const key of path) at = resolve(propertiesOf(at)[key] ?? {});
  return Object.keys(propertiesOf(at));
}

function propertiesOf(schema: JsonSchema): { readonly [key: string]: JsonSchema } {
  return (schema["properties"] ?? {}) as { readonly [key: string]: JsonSchema };
}

function documentKeys(path: readonly string[], { set, definitions }: Session): readonly string[] {
  const modules = [...set.modules, ...definitions.map(({ module }) => module)];
  const paths = modules.flatMap((module) => [
    module.package.path,
    ...module.rules.map(({ head }) => [
      ...module.package.path,
      ...head.ref.map(({ term }) =>
        term.kind === "var" ? term.name : term.kind === "string" ? term.value : "",
      ),
    ]),
  ]);
  const below = paths.filter(
    (each) => each.length > path.length && path.every((key, index) => each[index] === key),
  );
  return [...below.map((each) => each[path.length] ?? ""), ...keysAt(set.data as Value, path)];
}

function keysAt(value: Value | undefined, path: readonly string[]): readonly string[] {
  let at: Value | undefined = value;
  for (const key of path) {
    at = at !== undefined && isPlainObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at !== undefined && isPlainObject(at) ? Object.keys(at) : [];
}
