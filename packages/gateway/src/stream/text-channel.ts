// A text of a streamed answer as it comes: the answer's words, its thinking, or what goes on under some other
// name. It runs through all blocks of its kind, since clients put them together, and each block is classified by
// itself as well, since clients show them one by one. What is settled can be in no match any more, by either
// reading. Places are counted from the beginning of the whole.

import type { Classifier, ClassifierStream, Finding, Settled } from "@writ/classifier";

/** What a recogniser may look at before a match. */
const LEFT_CONTEXT = 16;

export class TextChannel {
  readonly #classifier: Classifier;
  /** Through all blocks. */
  readonly #joined: ClassifierStream;
  #joinedTo = 0;
  /** Of the block that is open, from the second on: the first is the joined text so far. */
  #alone: ClassifierStream | undefined;
  #aloneTo = 0;
  #length = 0;
  #blockStart = 0;
  #isFirstBlock = true;
  #hasOverflowed = false;
  #hasEnded = false;
  /** The end of the text, as far as it is not settled, and its left context. */
  #recent = "";
  /** Findings that reach beyond what has been forgotten, in the order they were made. */
  #findings: Finding[] = [];
  #fresh: Finding[] = [];

  constructor(classifier: Classifier) {
    this.#classifier = classifier;
    this.#joined = classifier.stream();
  }

  get length(): number {
    return this.#length;
  }

  /** More is held back than a classifier holds. */
  get hasOverflowed(): boolean {
    return this.#hasOverflowed;
  }

  /** How far everything is known. */
  get settledTo(): number {
    return this.#alone === undefined ? this.#joinedTo : Math.min(this.#joinedTo, this.#aloneTo);
  }

  /** Where the newest block begins. */
  get blockStart(): number {
    return this.#blockStart;
  }

  startBlock(): void {
    this.#blockStart = this.#length;
    if (this.#length === 0) return;
    this.#isFirstBlock = false;
    this.#alone = this.#classifier.stream();
    this.#aloneTo = this.#length;
  }

  push(text: string): void {
    this.#length += text.length;
    this.#take(this.#joined.push(text), "joined");
    if (this.#alone !== undefined) this.#take(this.#alone.push(text), "alone");
    if (this.#isFirstBlock)
      this.#recent = (this.#recent + text).slice(-(this.#joined.held + LEFT_CONTEXT));
  }

  /** What else is known of the text just pushed: findings with places in it. */
  add(start: number, findings: readonly Finding[]): void {
    for (const finding of findings) this.#add(finding, start);
  }

  endBlock(): void {
    if (this.#alone !== undefined) this.#take(this.#alone.end(), "alone");
    else if (this.#isFirstBlock) this.#endFirst();
    this.#alone = undefined;
    this.#isFirstBlock = false;
  }

  /** No more will come, to any block. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.endBlock();
    this.#take(this.#joined.end(), "joined");
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
      this.#findings = this.#findings.filter(({ end }) => end > before);
  }

  /** The first block by itself is the joined text, ended here: what is held of it is classified as its end. */
  #endFirst(): void {
    if (this.#joined.held === 0) return;
    const offset = this.#length - this.#recent.length;
    for (const finding of this.#classifier.classify(this.#recent)) {
      if (finding.end + offset > this.#joinedTo) this.#add(finding, offset);
    }
  }

  #take(settled: Settled, from: "joined" | "alone"): void {
    if (settled.overflow) this.#hasOverflowed = true;
    const offset = from === "joined" ? this.#joinedTo : this.#aloneTo;
    for (const finding of settled.findings) this.#add(finding, offset);
    if (from === "joined") this.#joinedTo += settled.text.length;
    else this.#aloneTo += settled.text.length;
  }

  /** Both readings find most things: each counts once. */
  #add(found: Finding, offset: number): void {
    const finding = { ...found, start: found.start + offset, end: found.end + offset };
    const isKnown = this.#findings.some(
      ({ label, start, end, recogniser }) =>
        label === finding.label &&
        start === finding.start &&
        end === finding.end &&
        recogniser === finding.recogniser,
    );
    if (isKnown) return;
    this.#findings.push(finding);
    this.#fresh.push(finding);
  }
}
