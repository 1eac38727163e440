// Text that is classified as it comes. What may be released is everything that no recogniser can be in the
// middle of any more, up to the last place that cuts no group of overlapping findings.

import { Detector, type RawFinding } from "./detector.ts";
import { type Finding, FindingList } from "./findings.ts";
import { Groups } from "./groups.ts";
import type { LinkedRecogniser } from "./linked.ts";

/** A part of a stream that is wholly classified. */
export interface Settled {
  /** What no recogniser can be in the middle of any more. */
  readonly text: string;
  /** Offsets are relative to `text`. */
  readonly findings: readonly Finding[];
  /** More is held than may be: nothing after this can be trusted to be inspected in time. */
  readonly overflow: boolean;
}

/** A text that comes in chunks: each answer is what is settled since the one before. */
export interface ClassifierStream {
  push(chunk: string): Settled;
  /** The rest. */
  end(): Settled;
  /** How many characters are held back. */
  readonly held: number;
}

/** A settled part of one of several texts. */
export interface SettledPart extends Omit<Settled, "overflow"> {
  /** Which of the texts, from 0. */
  readonly index: number;
  /** Whether the text ends with this part. */
  readonly isLast: boolean;
}

/**
 * Texts that come one after another and that a reader may take for one: each is classified alone and joined
 * to its neighbours. Parts come in order; the end of a text may be settled only when the next has begun.
 */
export interface JoinedStream {
  push(chunk: string): readonly SettledPart[];
  /** The text is at its end; what is pushed from here on is the next. */
  next(): readonly SettledPart[];
  /** All that is left. */
  end(): readonly SettledPart[];
  /** How many characters are held back, of all the texts. */
  readonly held: number;
  /** More is held than may be: nothing after this can be trusted to be inspected in time. */
  readonly overflow: boolean;
}

export interface StreamOptions {
  readonly recognisers: readonly LinkedRecogniser[];
  readonly maxHeld: number;
  readonly hash: (value: string) => string;
}

/** One text is the case of several of which there is one, but for the second look. */
export function createStream(options: StreamOptions): ClassifierStream {
  const stream = new Joined(options, false);
  const only = (parts: readonly SettledPart[]): Settled => {
    const { text, findings } = parts[0] ?? { text: "", findings: [] };
    return { text, findings, overflow: stream.overflow };
  };
  return {
    push: (chunk) => only(stream.push(chunk)),
    end: () => only(stream.end()),
    get held() {
      return stream.held;
    },
  };
}

export function createJoinedStream(options: StreamOptions): JoinedStream {
  return new Joined(options, true);
}

/** What is looked at before a match. */
const LEFT_CONTEXT = 16;

interface HeldText {
  readonly index: number;
  /** Offsets in all the text there was. */
  readonly start: number;
  end: number | undefined;
}

class Joined implements JoinedStream {
  readonly #options: StreamOptions;
  readonly #groups = new Groups((finding) => this.#taken.push(finding));
  /** Over everything, as if it were one text. */
  readonly #across: Detector;
  /** Over the text that is coming, from the second on: the first is all there is. */
  #alone: Detector | undefined;
  readonly #isJoined: boolean;
  /** The end of what was released, which a match may not follow. */
  #context = "";
  /** In order, not released yet. */
  #taken: RawFinding[] = [];
  #texts: HeldText[] = [{ index: 0, start: 0, end: undefined }];
  #held = "";
  #released = 0;

  constructor(options: StreamOptions, isJoined: boolean) {
    this.#options = options;
    this.#across = this.#detector(0);
    this.#isJoined = isJoined;
  }

  get held(): number {
    return this.#held.length;
  }

  get overflow(): boolean {
    return this.#held.length > this.#options.maxHeld;
  }

  push(chunk: string): readonly SettledPart[] {
    this.#held += chunk;
    this.#across.push(chunk);
    this.#alone?.push(chunk);
    return this.#release();
  }

  next(): readonly SettledPart[] {
    const at = this.#endText();
    this.#alone = this.#detector(at);
    const index = (this.#texts.at(-1)?.index ?? -1) + 1;
    const parts = this.#release();
    this.#texts.push({ index, start: at, end: undefined });
    return parts;
  }

  end(): readonly SettledPart[] {
    this.#endText();
    this.#across.end();
    return this.#release();
  }

  #detector(offset: number): Detector {
    return new Detector(this.#options.recognisers, (finding) => this.#groups.add(finding), offset);
  }

  #endText(): number {
    if (this.#alone !== undefined) this.#alone.end();
    else if (this.#isJoined) this.#endFirst();
    const at = this.#released + this.#held.length;
    const last = this.#texts.at(-1);
    if (last !== undefined) last.end = at;
    return at;
  }

  /** The first text by itself: what is held of it is looked at once more, as its end. */
  #endFirst(): void {
    if (this.#held === "") return;
    const from = this.#released;
    const detector = new Detector(
      this.#options.recognisers,
      (finding) => {
        if (finding.start >= from) this.#groups.add(finding);
      },
      from - this.#context.length,
    );
    detector.end(this.#context + this.#held);
  }

  #release(): readonly SettledPart[] {
    const { settled } = this.#across;
    const to = this.#groups.settle(Math.min(settled, this.#alone?.settled ?? settled));
    const count = this.#taken.findIndex(({ end }) => end > to);
    const findings = this.#taken.splice(0, count < 0 ? this.#taken.length : count);
    const from = this.#released;
    const text = this.#held.slice(0, to - from);
    this.#held = this.#held.slice(to - from);
    if (this.#isJoined && text !== "") this.#context = (this.#context + text).slice(-LEFT_CONTEXT);
    this.#released = to;
    const parts = this.#texts
      .filter(({ start, end }) => start < to || (end !== undefined && end <= to))
      .map(({ index, start, end }) => {
        const first = Math.max(start, from);
        const last = Math.min(end ?? to, to);
        const part = text.slice(first - from, last - from);
        const isLast = end !== undefined && end <= to;
        return {
          index,
          text: part,
          isLast,
          findings: this.#within(findings, start, first, last),
        };
      });
    this.#texts = this.#texts.filter(({ end }) => end === undefined || end > to);
    return parts.filter(({ text: part, isLast }) => part !== "" || isLast);
  }

  /** What of the findings lies in a part of a text that begins at `start`. */
  #within(
    findings: readonly RawFinding[],
    start: number,
    first: number,
    last: number,
  ): readonly Finding[] {
    const list = new FindingList(this.#options.hash);
    for (const finding of findings) {
      if (finding.start >= last || finding.end <= first) continue;
      const end = Math.min(finding.end, last) - first;
      list.add(finding, Math.max(finding.start, first) - first, end, finding.start < start);
    }
    return list.finish();
  }
}
