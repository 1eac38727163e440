// A diagnostic: one thing wrong with a policy, where, why and what to do about it.

import { catalog, type DiagnosticCode, type DiagnosticParams } from "./catalog.ts";
import type { Span } from "./span.ts";

/** A place and what is to be said of it. */
export interface Label {
  readonly span: Span;
  /** Why, beside the caret; may be empty. */
  readonly text: string;
}

/** One thing wrong with a policy. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** The name by which a policy can suppress it. */
  readonly name: string;
  readonly severity: "error" | "warning";
  readonly title: string;
  readonly primary: Label;
  readonly related: readonly Label[];
  /** What to do. */
  readonly help?: string;
}

/** What a diagnostic may say beside its title; `label` stands at its place. */
export interface DiagnosticDetails {
  readonly label?: string;
  readonly related?: readonly Label[];
  readonly help?: string | undefined;
}

/** Makes a diagnostic; the code decides which parameters its title needs. */
export function diagnostic<Code extends DiagnosticCode>(
  code: Code,
  params: DiagnosticParams<Code>,
  span: Span,
  details: DiagnosticDetails = {},
): Diagnostic {
  const { name, title } = catalog[code];
  const { label = "", related = [], help } = details;
  return {
    code,
    name,
    severity: code.startsWith("E") ? "error" : "warning",
    // SAFETY: the parameters are those of this code's title; the union of titles cannot say so.
    title: (title as (params: unknown) => string)(params),
    primary: { span, text: label },
    related,
    ...(help === undefined ? {} : { help }),
  };
}

/** By file, position and code. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compare(a.primary.span.file, b.primary.span.file) ||
      a.primary.span.start - b.primary.span.start ||
      compare(a.code, b.code),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
