// What is put in the place of text that a decision redacts.

import { masksFor } from "@writ/classifier";
import type { Content, Edits, Replacement } from "@writ/surface";
import type { ContentFindings } from "./call.ts";

export type MaskResult =
  | { readonly ok: true; readonly count: number; readonly edits: Edits }
  /** Something that must be masked stands where nothing can be rewritten. */
  | { readonly ok: false; readonly why: NotMaskable };

/**
 * `place`: a name of a member, say. `thinking`: it is signed as a whole, and one that is altered is worthless.
 * `too_many`: more than this gateway masks in one content.
 */
export type NotMaskable = "place" | "thinking" | "too_many";

/** Masks in one content: each is kept until the text is put together. */
const MAX_MASKS = 100_000;

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
    const masked = findings.filter(({ label }) => labels.has(label));
    if (segment === undefined || masked.length === 0) continue;
    count += masked.reduce((sum, finding) => sum + finding.count, 0);
    if (count > MAX_MASKS) return { ok: false, why: "too_many" };
    if (segment.role === "thinking") return { ok: false, why: "thinking" };
    if (!segment.rewritable) return { ok: false, why: "place" };
    // An answer's own words are masked as they are in a stream, where nobody knows yet what they will be.
    const text = segment.role === "assistant" ? "" : segment.text;
    edits.set(index, masksFor(masked, labels, text));
  }
  return { ok: true, count, edits };
}
