// Texts of YAML rules in which `{input.model.id}` stands for the value at that path, and `{$name}` for what a
// variable stands for.

import { diagnostic } from "@writ/diagnostics";
import type { Node } from "yaml";
import type { Body, Term } from "./ast.ts";
import type { YamlContext } from "./yaml-context.ts";
import { pathTerm, readPath } from "./yaml-path.ts";
import { YamlReader } from "./yaml-reader.ts";
import { variableTerm } from "./yaml-variables.ts";

export function interpolate(text: string, node: Node, context: YamlContext): Term {
  const span = new YamlReader(context).span(node);
  const parts: (string | Body)[] = [];
  let last = 0;
  for (const match of text.matchAll(/\{([^{}]*)\}/g)) {
    const term = insertedTerm(match[1] ?? "", node, context);
    if (term === undefined) continue;
    if (match.index > last) parts.push(text.slice(last, match.index));
    parts.push([{ kind: "statement", expression: term, withs: [], span }]);
    last = match.index + match[0].length;
  }
  if (parts.length === 0) return { kind: "string", value: text, raw: false, span };
  if (last < text.length) parts.push(text.slice(last));
  return { kind: "template", parts, raw: false, span };
}

function insertedTerm(written: string, node: Node, context: YamlContext): Term | undefined {
  const span = new YamlReader(context).span(node);
  const before = context.diagnostics.length;
  if (written.startsWith("$")) {
    const term = variableTerm(written, node, context);
    if (term !== undefined || context.diagnostics.length > before) return term;
  }
  const path = readPath(written);
  if (path?.[0] === "input" || path?.[0] === "data") return pathTerm(path, span);
  const expected = "a path such as `{input.model.id}`";
  context.diagnostics.push(diagnostic("E0123", { what: `\`{${written}}\``, expected }, span));
  return undefined;
}
