// Whole texts: each alone, and all of them joined. They are read in windows, so that what is kept while
// reading does not grow with them.

import { Detector } from "./detector.ts";
import { type Finding, FindingList } from "./findings.ts";
import { Groups } from "./groups.ts";
import type { LinkedRecogniser } from "./linked.ts";

const WINDOW = 65_536;

/** The findings of each text. One that reaches over several is part of each; it is counted in the first. */
export function classifyTexts(
  recognisers: readonly LinkedRecogniser[],
  texts: readonly string[],
  hash: (value: string) => string,
): readonly (readonly Finding[])[] {
  const lists = texts.map(() => new FindingList(hash));
  const ends: number[] = [];
  for (const { length } of texts) ends.push((ends.at(-1) ?? 0) + length);
  let current = 0;
  const groups = new Groups((finding) => {
    while ((ends[current] ?? Number.POSITIVE_INFINITY) <= finding.start) current += 1;
    for (let index = current; index < texts.length; index += 1) {
      const from = index === 0 ? 0 : (ends[index - 1] ?? 0);
      if (from >= finding.end) return;
      const end = Math.min(finding.end, ends[index] ?? 0);
      const start = Math.max(finding.start, from);
      if (start < end) lists[index]?.add(finding, start - from, end - from, finding.start < from);
    }
  });
  const detector = (offset: number): Detector =>
    new Detector(recognisers, (finding) => groups.add(finding), offset);
  if (texts.length === 1) readAll(detector(0), texts[0] ?? "", (settled) => groups.settle(settled));
  else readJoined(texts, detector, groups);
  groups.settle(Number.POSITIVE_INFINITY);
  return lists.map((list) => list.finish());
}

function readAll(detector: Detector, text: string, settle: (offset: number) => void): void {
  let at = 0;
  for (; text.length - at > WINDOW; at += WINDOW) {
    detector.push(text.slice(at, at + WINDOW));
    settle(detector.settled);
  }
  detector.end(at === 0 ? text : text.slice(at));
}

function readJoined(
  texts: readonly string[],
  detector: (offset: number) => Detector,
  groups: Groups,
): void {
  const across = detector(0);
  let start = 0;
  let small: string[] = [];
  let size = 0;
  const flush = (): void => {
    across.push(small.join(""));
    small = [];
    size = 0;
  };
  for (const text of texts) {
    const alone = detector(start);
    start += text.length;
    if (text.length <= WINDOW) {
      alone.end(text);
      small.push(text);
      size += text.length;
      if (size >= WINDOW) flush();
    } else {
      flush();
      for (let at = 0; at < text.length; at += WINDOW) {
        const window = text.slice(at, at + WINDOW);
        alone.push(window);
        across.push(window);
        groups.settle(Math.min(alone.settled, across.settled));
      }
      alone.end();
    }
    groups.settle(Math.min(alone.settled, across.settled));
  }
  across.end(small.join(""));
}
