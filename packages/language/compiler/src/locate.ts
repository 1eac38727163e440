// From spans to what the plan and the trees carry: a file, offsets, and a line and column for people.

import type { Span } from "@writ/diagnostics";
import type { SourceRef } from "@writ/evaluator";

/** Line and column of an offset, both from 1. */
export type Locate = (span: Span) => { readonly line: number; readonly column: number };

export function toSourceRef(span: Span, locate: Locate): SourceRef {
  const { line, column } = locate(span);
  return { file: span.file, start: span.start, end: span.end, line, column };
}
