// Classifies every segment of a content and masks what a decision redacts. Shared by requests and
// responses.

import { type Classifier, type Finding, redact, UNINSPECTED } from "@writ/classifier";
import type { Content } from "@writ/protocol";
import type { ContentFindings } from "./call.ts";
import type { PlacedFinding } from "./decide.ts";

export function classifyContent(content: Content, classifier: Classifier): ContentFindings {
  const found = new Map<number, readonly Finding[]>();
  for (const { index, text } of content.segments) {
    const findings = classifier.classify(text);
    if (findings.length > 0) found.set(index, findings);
  }
  return found;
}

export function placeFindings(content: Content, found: ContentFindings): readonly PlacedFinding[] {
  const placed: PlacedFinding[] = [];
  for (const [index, findings] of found) {
    const where = content.segments[index]?.role ?? "other";
    for (const finding of findings) placed.push({ finding, where });
  }
  return placed;
}

export function opaqueLabels(content: Content): readonly string[] {
  return content.opaque.length > 0 ? [UNINSPECTED] : [];
}

export type MaskResult =
  | { readonly ok: true; readonly count: number }
  /** Something that must be masked stands where nothing can be rewritten (a key of an object). */
  | { readonly ok: false };

/** Masks the findings with these labels in place. */
export function maskContent(
  content: Content,
  found: ContentFindings,
  labels: ReadonlySet<string>,
): MaskResult {
  const edits = new Map<number, string>();
  let count = 0;
  for (const [index, findings] of found) {
    const segment = content.segments[index];
    const masked = findings.filter(({ label }) => labels.has(label));
    if (segment === undefined || masked.length === 0) continue;
    if (!segment.rewritable) return { ok: false };
    edits.set(index, redact(segment.text, findings, labels));
    count += masked.length;
  }
  content.rewrite(edits);
  return { ok: true, count };
}
