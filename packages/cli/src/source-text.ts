// What stands at a place of a policy, on one line, for reports.

import type { Sources, Span } from "@writ/diagnostics";

/** Cut when it is longer. A condition of YAML ends before the braces around it do: they are closed. */
export function sourceText({ file, start, end }: Span, sources: Sources, length: number): string {
  const text = sources.get(file)?.text.slice(start, end) ?? "";
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length > length) return `${line.slice(0, length - 1)}…`;
  const open = line.split("{").length - line.split("}").length;
  return line + " }".repeat(Math.max(0, open));
}
