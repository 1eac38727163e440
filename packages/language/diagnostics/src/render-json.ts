// Diagnostics as one JSON document, for tools: the same facts as the text, with lines and columns.

import type { Diagnostic, Label } from "./diagnostic.ts";
import { visibleJson } from "./printable.ts";
import type { Sources } from "./source.ts";

/** `{ version: 1, diagnostics: [...], summary: { errors, warnings } }`. */
export function renderJson(diagnostics: readonly Diagnostic[], sources: Sources): string {
  const place = ({ span, text }: Label) => {
    const position = sources.get(span.file)?.position(span.start) ?? { line: 1, column: 1 };
    return { file: span.file, start: span.start, end: span.end, ...position, text };
  };
  const document = {
    version: 1,
    diagnostics: diagnostics.map(({ code, name, severity, title, primary, related, help }) => ({
      code,
      name,
      severity,
      title,
      primary: place(primary),
      related: related.map(place),
      ...(help === undefined ? {} : { help }),
    })),
    summary: {
      errors: diagnostics.filter(({ severity }) => severity === "error").length,
      warnings: diagnostics.filter(({ severity }) => severity === "warning").length,
    },
  };
  return `${visibleJson(document)}\n`;
}
