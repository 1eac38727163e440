// Classifies every segment of a content and masks what a decision redacts. Shared by requests and
// responses.

import { type Classifier, type Finding, redact, UNINSPECTED } from "@writ/classifier";
import type { Content } from "@writ/protocol";
import type { ContentFindings } from "./call.ts";
import type { PlacedFinding } from "./decide.ts";

export function classifyContent(content: Content, classifier: Classifier): ContentFindings {
  const found = new Map<number, readonly Finding[]>();
  const add = (index: number, findings: readonly Finding[]): void => {
    if (findings.length > 0) found.set(index, merge(found.get(index) ?? [], findings));
  };
  for (const { index, text, pointer } of content.segments)
    add(index, classifyUnder(classifier, keyOf(pointer), text));
  for (const run of runsOfBlocks(content.segments)) {
    for (const [index, findings] of acrossBlocks(classifier, run)) add(index, findings);
  }
  return found;
}

/** A member of an object says what its value is: `"mrn": "12345678"` is read as `mrn: 12345678`, too. */
const MAX_KEYED_VALUE = 1_024;
const MAX_KEY = 128;
/** Members that every text is a value of say nothing. */
const PLAIN_KEYS = new Set([
  ..."text content prompt completion generation inputText outputText system bytes data".split(" "),
  ..."role type name id toolUseId tool_use_id format description stopReason".split(" "),
]);

function classifyUnder(
  classifier: Classifier,
  key: string | undefined,
  text: string,
): readonly Finding[] {
  const plain = classifier.classify(text);
  if (key === undefined || PLAIN_KEYS.has(key)) return plain;
  if (key.length > MAX_KEY || text.length > MAX_KEYED_VALUE) return plain;
  const lead = key.length + 2;
  const keyed = classifier
    .classify(`${key}: ${text}`)
    .filter(({ end }) => end > lead)
    .map((finding) => shift(finding, -lead, text.length));
  return merge(plain, keyed);
}

/** Everything in a JSON value: keys, and values under their keys. */
export function classifyJson(
  classifier: Classifier,
  value: unknown,
  key?: string,
): readonly Finding[] {
  if (typeof value === "string") return classifyUnder(classifier, key, value);
  if (typeof value === "number" || typeof value === "bigint")
    return classifyUnder(classifier, key, String(value));
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => classifyJson(classifier, item, key));
  return Object.entries(value).flatMap(([name, item]) => [
    ...classifier.classify(name),
    ...classifyJson(classifier, item, name),
  ]);
}

/** The member a segment is the value of, through arrays. */
function keyOf(pointer: string): string | undefined {
  const key = pointer.split("/").findLast((part) => part !== "" && !/^\d+$/.test(part));
  return key?.replaceAll("~1", "/").replaceAll("~0", "~");
}

function shift(finding: Finding, by: number, length: number): Finding {
  const start = Math.max(0, finding.start + by);
  return { ...finding, start, end: Math.min(length, finding.end + by) };
}

function merge(a: readonly Finding[], b: readonly Finding[]): readonly Finding[] {
  const key = ({ label, start, end }: Finding): string => `${label} ${start} ${end}`;
  const known = new Set(a.map(key));
  return [...a, ...b.filter((finding) => !known.has(key(finding)))];
}

type Segments = Content["segments"];

/** Text blocks of one message that follow each other: a model reads them as one text. */
function runsOfBlocks(segments: Segments): readonly Segments[] {
  const runs: Segments[number][][] = [];
  let list = "";
  for (const segment of segments) {
    const parent = /^(.*)\/\d+\/text$/.exec(segment.pointer)?.[1];
    if (parent === undefined) continue;
    if (parent === list) runs.at(-1)?.push(segment);
    else runs.push([segment]);
    list = parent;
  }
  return runs.filter((run) => run.length > 1);
}

/** What only shows when blocks are put together, as its part of each. */
function acrossBlocks(
  classifier: Classifier,
  run: Segments,
): readonly (readonly [index: number, findings: readonly Finding[]])[] {
  const joined = run.map(({ text }) => text).join("");
  const findings = classifier.classify(joined);
  let from = 0;
  return run.map(({ index, text }) => {
    const start = from;
    const end = start + text.length;
    from = end;
    const parts = findings
      .filter((finding) => finding.start < end && finding.end > start)
      .filter((finding) => finding.start < start || finding.end > end)
      .map((finding) => shift(finding, -start, text.length));
    return [index, parts] as const;
  });
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
