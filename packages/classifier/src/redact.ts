// Masking: what was found gives way to its label.

import type { Finding } from "./classifier.ts";

/** The text with the findings of these labels masked as `[REDACTED:label]`; overlapping ones by one mask. */
export function redact(
  text: string,
  findings: readonly Finding[],
  labels: ReadonlySet<string>,
): string {
  const masked = findings
    .filter(({ label }) => labels.has(label))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let out = "";
  let at = 0;
  for (let index = 0; index < masked.length; ) {
    const { start, label } = masked[index] as Finding;
    let { end } = masked[index] as Finding;
    for (index += 1; index < masked.length && (masked[index] as Finding).start < end; index += 1) {
      end = Math.max(end, (masked[index] as Finding).end);
    }
    out += `${text.slice(at, start)}[REDACTED:${label}]`;
    at = end;
  }
  return out + text.slice(at);
}
