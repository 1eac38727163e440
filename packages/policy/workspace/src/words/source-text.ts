// What stands at a place of a policy, on one line, for reports.

import type { Sources, Span } from "@writ/diagnostics";
import type { TextOf } from "./region-text.ts";

/** Cut when it is longer. A condition of YAML ends before the braces around it do: they are closed. */
export function sourceText({ file, start, end }: Span, sources: Sources, length: number): string {
  const text = sources.get(file)?.text.slice(start, end) ?? "";
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length > length) return `${line.slice(0, length - 1)}…`;
  const open = line.split("{").length - line.split("}").length;
  return line + " }".repeat(Math.max(0, open));
}

/** Of a condition in a report. */
const MAX_CONDITION = 120;

/** The texts of a policy set whose sources are at hand. */
export function textsOf(sources: Sources): TextOf {
  return ({ source }) => sourceText(source, sources, MAX_CONDITION) || undefined;
}
