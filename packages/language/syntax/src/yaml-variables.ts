// `variables` of YAML rules: names for a path of the input, a base document or a constant that several
// conditions use. A rule may have its own. They are put in where they are named; what is read is as if it
// had been written there.

import { diagnostic, suggest } from "@writ/diagnostics";
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import type { Term } from "./ast.ts";
import type { Variables, YamlContext } from "./yaml-context.ts";
import { pathTerm, readPath } from "./yaml-path.ts";
import { entriesOf, YamlReader } from "./yaml-reader.ts";

/** In a file, variables stand for no more values than this, all uses together. */
export const MAX_VARIABLE_VALUES = 100_000;

export const noVariables: Variables = {
  ofFile: new Map(),
  ofRule: new Map(),
  budget: { left: MAX_VARIABLE_VALUES },
  used: new Set(),
};

const NAME = /^[A-Za-z_]\w*$/;
const EXPECTED = "a constant, `{ input: path }` or `{ data: path }`";

/** The variables a file or a rule declares. */
export function readVariables(map: YAMLMap, reader: YamlReader): ReadonlyMap<string, Node> {
  const node = reader.get(map, "variables");
  if (node === undefined) return new Map();
  if (!isMap(node)) {
    reader.wrongType(node, "`variables`", "a mapping from names to values");
    return new Map();
  }
  const read = entriesOf(node).flatMap(({ key, keyNode, value }) => {
    if (!NAME.test(key))
      reader.wrongType(keyNode, `\`${key}\``, "a name of letters, digits and `_`");
    else if (value === undefined || (isMap(value) && pathOf(value) === undefined))
      reader.wrongType(value ?? keyNode, `the variable \`${key}\``, EXPECTED);
    else return [[key, value] as const];
    return [];
  });
  return new Map(read);
}

/** The variables that nothing names. */
export function reportUnused(
  declared: ReadonlyMap<string, Node>,
  { used }: Variables,
  context: YamlContext,
): void {
  const reader = new YamlReader(context);
  for (const [name, node] of declared) {
    if (used.has(node)) continue;
    const help = "remove it";
    context.diagnostics.push(diagnostic("W0202", { name }, reader.span(node), { help }));
  }
}

/** What a name stands for; a diagnostic when it stands for nothing. */
export function findVariable(name: string, at: Node, context: YamlContext): Node | undefined {
  const { variables = noVariables } = context;
  const found = variables.ofRule.get(name) ?? variables.ofFile.get(name);
  const reader = new YamlReader(context);
  if (found === undefined) {
    const near = suggest(name, [...variables.ofRule.keys(), ...variables.ofFile.keys()]);
    const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
    reader.wrongType(at, `\`${name}\``, `a name from \`variables\`${hint}`);
    return undefined;
  }
  variables.used.add(found);
  const before = variables.budget.left;
  variables.budget.left -= isSeq(found) ? found.items.length : 1;
  if (variables.budget.left >= 0) return found;
  if (before >= 0)
    reader.wrongType(
      at,
      "a file",
      `one whose variables stand for at most ${MAX_VARIABLE_VALUES} values`,
    );
  return undefined;
}

/** The name in `{ var: name }`. */
export function variableName(node: Node): string | undefined {
  const [entry, ...others] = isMap(node) ? entriesOf(node) : [];
  const isReference = entry?.key === "var" && others.length === 0 && isScalar(entry.value);
  return isReference ? String((entry.value as { readonly value: unknown }).value) : undefined;
}

/** `input.a.b`, or `$name` and `$name.b` for a path that has a name; undefined when it is none. */
export function resolvePath(
  written: string,
  at: Node,
  context: YamlContext,
): readonly string[] | undefined {
  if (!written.startsWith("$")) return readPath(written);
  const [name = "", ...keys] = readPath(written.slice(1)) ?? [];
  if (name === "") return undefined;
  const found = findVariable(name, at, context);
  const path = found === undefined ? undefined : pathOf(found);
  if (found !== undefined && path === undefined)
    new YamlReader(context).wrongType(at, `\`$${name}\``, "a variable that names a path");
  return path === undefined ? undefined : [...path, ...keys];
}

/** What `{$name}` in a text stands for. */
export function variableTerm(written: string, at: Node, context: YamlContext): Term | undefined {
  const [name = "", ...keys] = readPath(written.slice(1)) ?? [];
  const found = name === "" ? undefined : findVariable(name, at, context);
  if (found === undefined) return undefined;
  const reader = new YamlReader(context);
  const path = pathOf(found);
  if (path !== undefined) return pathTerm([...path, ...keys], reader.span(at));
  if (keys.length === 0) return reader.term(found);
  reader.wrongType(at, `\`$${name}\``, "a variable that names a path");
  return undefined;
}

/** The path in `{ input: model.id }` or `{ data: settings.models }`. */
function pathOf(node: Node): readonly string[] | undefined {
  const [entry, ...others] = isMap(node) ? entriesOf(node) : [];
  if (entry === undefined || others.length > 0 || !isScalar(entry.value)) return undefined;
  return ["input", "data"].includes(entry.key)
    ? readPath(`${entry.key}.${String(entry.value.value)}`)
    : undefined;
}
