// What is put in the place of text that a decision redacts.

import type { Finding } from "@writ/classifier";
import type { Content, Edits, Replacement } from "@writ/protocol";
import type { ContentFindings } from "./call.ts";

export type MaskResult =
  | { readonly ok: true; readonly count: number; readonly edits: Edits }
  /** Something that must be masked stands where nothing can be rewritten. */
  | { readonly ok: false; readonly why: NotMaskable };

/** `place`: a name of a member, say. `thinking`: it is signed as a whole, and one that is altered is worthless. */
export type NotMaskable = "place" | "thinking";

/** Replacements for the findings with these labels; those that overlap are masked as one. */
export function maskFindings(
  findings: readonly Finding[],
  labels: ReadonlySet<string>,
): readonly Replacement[] {
  const masked = findings
    .filter(({ label }) => labels.has(label))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: { start: number; end: number; text: string }[] = [];
  for (const { start, end, label } of masked) {
    const last = merged.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end, text: `[REDACTED:${label}]` });
  }
  return merged;
}

/** What masking the findings with these labels changes in a content. */
export function maskContent(
  content: Pick<Content, "segments">,
  found: ContentFindings,
  labels: ReadonlySet<string>,
): MaskResult {
  const edits = new Map<number, readonly Replacement[]>();
  let count = 0;
  for (const [index, findings] of found) {
    const segment = content.segments[index];
    const number = findings.reduce((sum, { label }) => sum + (labels.has(label) ? 1 : 0), 0);
    if (segment === undefined || number === 0) continue;
    if (segment.role === "thinking") return { ok: false, why: "thinking" };
    if (!segment.rewritable) return { ok: false, why: "place" };
    edits.set(index, maskFindings(findings, labels));
    count += number;
  }
  return { ok: true, count, edits };
}
