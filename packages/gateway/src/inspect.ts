// Classifies everything a content says: each text by itself, under the name it has, and together with the texts
// that a model reads on from it. Shared by requests, responses and tool calls.

import { type Classifier, type Finding, UNINSPECTED } from "@writ/classifier";
import type { Content, Segment } from "@writ/protocol";
import type { ContentFindings } from "./call.ts";
import { FindingTally } from "./tally.ts";

export function classifyContent(
  segments: Content["segments"],
  classifier: Classifier,
): ContentFindings {
  const found = new Map<number, readonly Finding[]>();
  const add = (index: number, findings: readonly Finding[]): void => {
    if (findings.length === 0) return;
    const known = found.get(index);
    found.set(index, known === undefined ? findings : merge(known, findings));
  };
  for (const { index, text, key } of segments) add(index, classifyUnder(classifier, key, text));
  for (const run of runsOf(segments)) {
    for (const [index, findings] of acrossSegments(classifier, run)) add(index, findings);
  }
  return found;
}

/** A member of an object says what its value is: `"mrn": "12345678"` is read as `mrn: 12345678`, too. */
const MAX_KEYED_VALUE = 1_024;
const MAX_KEY = 128;
/** Members that every text is a value of say nothing. */
const PLAIN_KEYS = new Set([
  ..."text content prompt completion generation inputText outputText system bytes data".split(" "),
  ..."role type name id toolUseId tool_use_id format description stopReason thinking".split(" "),
]);

/** A whole text, and the name it is the value of. */
export function classifyUnder(
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
    .map((finding) => within(finding, lead, lead + text.length));
  return merge(plain, keyed);
}

/** A finding as its part of a piece of the text. */
function within(finding: Finding, start: number, end: number): Finding {
  return {
    ...finding,
    start: Math.max(finding.start, start) - start,
    end: Math.min(finding.end, end) - start,
  };
}

function merge(a: readonly Finding[], b: readonly Finding[]): readonly Finding[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const nameOf = ({ label, start, end }: Finding): string => `${label} ${start} ${end}`;
  const known = new Set(a.map(nameOf));
  return [...a, ...b.filter((finding) => !known.has(nameOf(finding)))];
}

/** Texts of one role that follow each other: a model reads them as one text. */
function runsOf(segments: Content["segments"]): readonly (readonly Segment[])[] {
  const runs: Segment[][] = [];
  let role: string | undefined;
  for (const segment of segments) {
    if (!segment.continues) continue;
    if (segment.role === role) runs.at(-1)?.push(segment);
    else runs.push([segment]);
    role = segment.role;
  }
  return runs.filter((run) => run.length > 1);
}

/** What the texts of a run say together, as its part of each. A name may stand in one, and its value in the next. */
function acrossSegments(
  classifier: Classifier,
  run: readonly Segment[],
): ReadonlyMap<number, readonly Finding[]> {
  const starts: number[] = [];
  let length = 0;
  for (const { text } of run) {
    starts.push(length);
    length += text.length;
  }
  const parts = new Map<number, Finding[]>();
  for (const finding of classifier.classify(run.map(({ text }) => text).join(""))) {
    let at = lastAtOrBefore(starts, finding.start);
    for (; at < run.length && (starts[at] ?? length) < finding.end; at += 1) {
      const [segment, start] = [run[at], starts[at]];
      if (segment === undefined || start === undefined) break;
      const list = parts.get(segment.index) ?? [];
      parts.set(segment.index, list);
      list.push(within(finding, start, start + segment.text.length));
    }
  }
  return parts;
}

/** The last of ascending numbers that is not greater. */
function lastAtOrBefore(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Counts findings by the role of the text they are in. */
export function tallyFindings(
  content: Pick<Content, "segments">,
  found: ContentFindings,
): FindingTally {
  const tally = new FindingTally();
  for (const [index, findings] of found)
    tally.add(content.segments[index]?.role ?? "other", findings);
  return tally;
}

export function opaqueLabels(content: Content): readonly string[] {
  return content.opaque.length > 0 ? [UNINSPECTED] : [];
}
