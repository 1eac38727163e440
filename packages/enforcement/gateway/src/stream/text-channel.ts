// A text of a streamed answer as it comes: the answer's words, its thinking, or what goes on under some other
// name. It runs through all blocks of its kind: clients show blocks one by one and put them together, so it is
// classified both ways. Places are counted from the beginning of the whole.

import {
  type Classifier,
  type Finding,
  type JoinedStream,
  moveFinding,
  type SettledPart,
} from "@writ/classifier";

export class TextChannel {
  readonly #stream: JoinedStream;
  #length = 0;
  #settledTo = 0;
  #blockStart = 0;
  #hasEnded = false;
  /** Findings that reach beyond what has been forgotten, in the order they were made. */
  #findings: Finding[] = [];
  readonly #known = new Set<string>();
  #fresh: Finding[] = [];

  constructor(classifier: Classifier) {
    this.#stream = classifier.joinedStream();
  }

  get length(): number {
    return this.#length;
  }

  /** Where the newest block begins. */
  get blockStart(): number {
    return this.#blockStart;
  }

  /** More is held back than a classifier holds. */
  get hasOverflowed(): boolean {
    return this.#stream.overflow;
  }

  /** How far everything is known. */
  get settledTo(): number {
    return this.#settledTo;
  }

  /** Text before the first that is no part of the answer. */
  lead(text: string): void {
    if (text === "") return;
    this.push(text);
    this.#blockStart = this.#length;
  }

  push(text: string): void {
    this.#length += text.length;
    this.#take(this.#stream.push(text));
  }

  /** What else is known of the text just pushed: findings with places in it. */
  add(start: number, findings: readonly Finding[]): void {
    for (const finding of findings) this.#add(finding, start);
  }

  /** The block has ended; what is pushed from here on is of the next. */
  endBlock(): void {
    if (this.#hasEnded || this.#blockStart === this.#length) return;
    this.#blockStart = this.#length;
    this.#take(this.#stream.next());
  }

  /** No more will come, to any block. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#take(this.#stream.end());
  }

  /** Findings since the last time. */
  takeFresh(): readonly Finding[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** Findings that reach into a part. */
  within(start: number, end: number): readonly Finding[] {
    return this.#findings.filter((finding) => finding.start < end && finding.end > start);
  }

  /** What ends before this has left and is not asked for again. */
  forget(before: number): void {
    if (this.#findings.length > 0)
      this.#findings = this.#findings.filter((finding) => {
        if (finding.end > before) return true;
        this.#known.delete(nameOf(finding));
        return false;
      });
  }

  #take(parts: readonly SettledPart[]): void {
    for (const { text, findings } of parts) {
      for (const finding of findings) this.#add(finding, this.#settledTo);
      this.#settledTo += text.length;
    }
  }

  #add(found: Finding, offset: number): void {
    const finding = moveFinding(found, offset, Number.MAX_SAFE_INTEGER);
    if (finding === undefined) return;
    const name = nameOf(finding);
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.#findings.push(finding);
    this.#fresh.push(finding);
  }
}

function nameOf({ label, start, end }: Finding): string {
  return `${label} ${start} ${end}`;
}
