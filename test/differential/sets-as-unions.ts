// To OPA a set with a variable in it, `{x, 0}`, has as many members as are written, also where two of them
// are the same, if it is looked into as it stands. Written as `or({x}, {0})` it has each once.

import { parseRego, type Term } from "@writ/syntax";
import type { Program } from "./programs.ts";

export function withSetsAsUnions(program: Program): Program {
  const modules = program.modules.map((module) => ({ ...module, text: rewrite(module.text) }));
  return { ...program, modules };
}

function rewrite(text: string): string {
  const { module } = parseRego({ file: "m.rego", text });
  // One at a time, since they stand in each other.
  const [set] = wideSets(module.rules);
  if (set === undefined) return text;
  const sides = [set.items.slice(0, 1), set.items.slice(1)].map((items) => {
    const [first, last] = [items[0] as Term, items.at(-1) as Term];
    return `{${text.slice(first.span.start, last.span.end)}}`;
  });
  const { start, end } = set.span;
  return rewrite(`${text.slice(0, start)}or(${sides.join(", ")})${text.slice(end)}`);
}

type SetTerm = Extract<Term, { kind: "set" }>;

function* wideSets(node: unknown): Generator<SetTerm> {
  if (typeof node !== "object" || node === null) return;
  if ("kind" in node && node.kind === "set") {
    const set = node as SetTerm;
    if (set.items.length > 1 && /"kind":"var"/.test(JSON.stringify(set))) yield set;
  }
  for (const child of Object.values(node)) yield* wideSets(child);
}
