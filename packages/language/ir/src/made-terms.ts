// Terms that lowering makes itself.

import type { Span } from "@writ/diagnostics";
import type { StatementIR, TermIR } from "./ir.ts";
import { ANY } from "./type-algebra.ts";

/** A `true` that stands for nothing written. */
export function trueAt(span: Span): TermIR {
  return { kind: "boolean", value: true, type: ANY, span };
}

/** A call that nobody wrote; infix operators are called by the names of their functions (`equal`, `internal.member_2`). */
export function builtinCall(name: string, args: readonly TermIR[], span: Span): TermIR {
  return { kind: "call", target: { kind: "builtin", name }, args, type: ANY, span };
}

/** That a reference is defined: it equals itself. */
export function isThere(reference: TermIR): StatementIR {
  const { span } = reference;
  return { kind: "expression", term: builtinCall("equal", [reference, reference], span), span };
}

const NONE: readonly TermIR[] = [];

/** The reference to a constant path below `input` or `data`. */
export function pathReference(path: readonly string[], span: Span): TermIR {
  const root = path[0] === "input" ? "input" : "data";
  const toPart = (value: string): TermIR => ({ kind: "string", value, type: ANY, span });
  const parts = path.length === 1 ? NONE : path.slice(1).map(toPart);
  return { kind: "ref", root, parts, type: ANY, span };
}

/** The keys of a reference whose parts are texts. */
export function constantPath(term: Extract<TermIR, { kind: "ref" }>): readonly string[] {
  return term.parts.map((part) => (part.kind === "string" ? part.value : ""));
}
