// Classifies everything a content says: each text by itself, under the name it has, and together with the texts
// that a model reads on from it. Shared by requests, responses and tool calls.

import {
  type Classifier,
  type Finding,
  moveFinding,
  type SettledPart,
  UNINSPECTED,
} from "@writ/classifier";
import type { Content, Segment } from "@writ/surface";
import type { ContentFindings } from "./call.ts";
import { FindingTally } from "./tally.ts";
import { TURN, Turns } from "./turns.ts";

/** What looking at a text costs beside its length. */
const WORK_PER_TEXT = 512;

export async function classifyContent(
  segments: Content["segments"],
  classifier: Classifier,
): Promise<ContentFindings> {
  const found = new Map<number, readonly Finding[]>();
  const turns = new Turns();
  for (const run of runsOf(segments)) {
    const read = classifyRun(run, classifier, turns);
    const joined = read instanceof Promise ? await read : read;
    for (const [at, { index, key, text }] of run.entries()) {
      const findings = merge(joined[at] ?? [], classifyKeyed(classifier, key, text));
      if (findings.length > 0) found.set(index, findings);
      const pause = turns.spend(WORK_PER_TEXT);
      if (pause !== undefined) await pause;
    }
  }
  return found;
}

type RunFindings = readonly (readonly Finding[])[];

function classifyRun(
  run: readonly Segment[],
  classifier: Classifier,
  turns: Turns,
): RunFindings | Promise<RunFindings> {
  const length = run.reduce((sum, { text }) => sum + text.length, 0);
  if (length > TURN) return classifyLong(run, classifier, turns);
  const pause = turns.spend(length);
  const read = (): RunFindings =>
    run.length === 1
      ? [classifier.classify(run[0]?.text ?? "")]
      : classifier.classifyJoined(run.map(({ text }) => text));
  return pause === undefined ? read() : pause.then(read);
}

/** The same, a part at a time. */
async function classifyLong(
  run: readonly Segment[],
  classifier: Classifier,
  turns: Turns,
): Promise<RunFindings> {
  const stream = classifier.joinedStream();
  const found: Finding[][] = run.map(() => []);
  const settledTo = run.map(() => 0);
  const take = (parts: readonly SettledPart[]): void => {
    for (const { index, text, findings } of parts) {
      const by = settledTo[index] ?? 0;
      settledTo[index] = by + text.length;
      for (const finding of findings) {
        const moved = moveFinding(finding, by, Number.MAX_SAFE_INTEGER);
        if (moved !== undefined) found[index]?.push(moved);
      }
    }
  };
  for (const [index, { text }] of run.entries()) {
    for (let at = 0; at < text.length; at += TURN) {
      take(stream.push(text.slice(at, at + TURN)));
      await turns.spend(TURN);
    }
    take(index === run.length - 1 ? stream.end() : stream.next());
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
  return merge(classifier.classify(text), classifyKeyed(classifier, key, text));
}

function classifyKeyed(
  classifier: Classifier,
  key: string | undefined,
  text: string,
): readonly Finding[] {
  const lead = leadOf(key);
  if (lead === "") return [];
  return classifier
    .classify(lead + text.slice(0, MAX_KEYED_VALUE))
    .flatMap((finding) => moveFinding(finding, -lead.length, text.length) ?? []);
}

/** What stands before a value for its name; nothing where the name says nothing. */
export function leadOf(key: string | undefined): string {
  // The end of the name and the beginning of the value stand side by side.
  return key === undefined || PLAIN_KEYS.has(key) ? "" : `${key.slice(-MAX_KEY)}: `;
}

function merge(a: readonly Finding[], b: readonly Finding[]): readonly Finding[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const nameOf = ({ label, start, end }: Finding): string => `${label} ${start} ${end}`;
  const known = new Set(a.map(nameOf));
  return [...a, ...b.filter((finding) => !known.has(nameOf(finding)))];
}

/** Texts of one speaker's turn, those of each role together, which a model reads as one; all others by themselves. */
function runsOf(segments: Content["segments"]): readonly (readonly Segment[])[] {
  const runs: Segment[][] = [];
  let speaker: string | undefined;
  let open = new Map<string, Segment[]>();
  for (const segment of segments) {
    if (!segment.continues) {
      runs.push([segment]);
      continue;
    }
    if (speakerOf(segment) !== speaker) open = new Map();
    speaker = speakerOf(segment);
    const run = open.get(segment.role);
    if (run !== undefined) {
      run.push(segment);
      continue;
    }
    const started = [segment];
    open.set(segment.role, started);
    runs.push(started);
  }
  return runs;
}

function speakerOf({ role }: Segment): string {
  return role === "thinking" || role === "other" ? "assistant" : role;
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

export function opaqueLabels(content: Pick<Content, "opaque">): readonly string[] {
  return content.opaque.length > 0 ? [UNINSPECTED] : [];
}
