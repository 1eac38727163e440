// Suppression: `# allow unused-import: reason` on the line of a finding or the line before it. The reason
// is required, and a suppression that suppresses nothing is a finding itself. Warnings can be suppressed,
// errors cannot: with them there is no policy.

import { type Diagnostic, diagnostic, type Sources, type Span } from "@writ/diagnostics";
import type { Module } from "@writ/syntax";

const FORM = /^#\s*allow\s+([a-z][a-z-]*)\s*(?::\s*(.*))?$/;

/** What a comment suppresses, and why. */
export function suppressionIn(
  comment: string,
): { readonly name: string; readonly reason: string } | undefined {
  const [, name, reason = ""] = FORM.exec(comment) ?? [];
  return name === undefined ? undefined : { name, reason };
}

/** The diagnostics that are not suppressed by a comment, and what is wrong with such comments. */
export function suppress(
  diagnostics: readonly Diagnostic[],
  modules: readonly Module[],
  sources: Sources,
): readonly Diagnostic[] {
  const lineOf = (span: Span): number => sources.get(span.file)?.position(span.start).line ?? 0;
  const kept = new Set(diagnostics);
  const about: Diagnostic[] = [];
  for (const { comments } of modules) {
    for (const comment of comments) {
      const [, name, reason] = FORM.exec(comment.text) ?? [];
      if (name === undefined) continue;
      if (reason === undefined || reason.trim() === "") {
        about.push(
          diagnostic("W0602", { name }, comment.span, { help: `write \`# allow ${name}: why\`` }),
        );
        continue;
      }
      const line = lineOf(comment.span);
      const matched = diagnostics.filter(({ name: found, severity, primary }) => {
        const at = lineOf(primary.span);
        return (
          severity === "warning" &&
          found === name &&
          primary.span.file === comment.span.file &&
          (at === line || at === line + 1)
        );
      });
      for (const each of matched) kept.delete(each);
      if (matched.length === 0)
        about.push(diagnostic("W0601", { name }, comment.span, { help: "remove the comment" }));
    }
  }
  return [...kept, ...about];
}
