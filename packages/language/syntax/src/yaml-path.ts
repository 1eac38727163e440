// Paths as YAML rules write them, `input.model.id`, and the references they stand for.

import type { Span } from "@writ/diagnostics";
import type { Term } from "./ast.ts";

/** `a.b.c`; undefined when it is no such path. */
export function readPath(text: string): readonly string[] | undefined {
  const path = text.split(".");
  return path.every((key) => /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)) ? path : undefined;
}

/** `input.a.b` as a reference whose parts all have the span of the text it was written in. */
export function pathTerm(path: readonly string[], span: Span): Term {
  const [root = "", ...keys] = path;
  const head: Term = { kind: "var", name: root, span };
  if (keys.length === 0) return head;
  const parts = keys.map((value) => ({
    term: { kind: "string", value, raw: false, span } as const,
    dot: true,
    span,
  }));
  return { kind: "ref", head, parts, span };
}
