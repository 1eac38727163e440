// Lines, indentation and comments of formatted text. A comment on a line of its own stays on one; a comment
// after something stays after it.

import type { Comment } from "./ast.ts";

interface PlacedComment {
  readonly text: string;
  readonly start: number;
  readonly row: number;
}

export class FormatWriter {
  /** Pieces of text: to look at the end of one long string would copy the whole of it, at every write. */
  readonly #out: string[] = [];
  /** Of the line ends that the text ends with: two are a blank line. */
  #lineEnds = 0;
  #level = 0;
  /** To be written at the end of the line that is being written. */
  #trailing: string | undefined;
  readonly #comments: PlacedComment[];
  #nextComment = 0;
  /** Where comments begin that are not for what is being written. */
  commentsEnd: number = Number.POSITIVE_INFINITY;
  readonly #lineStarts: readonly number[];
  readonly #text: string;

  constructor(text: string, comments: readonly Comment[]) {
    this.#text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    this.#comments = comments
      .map(({ text: written, span: { start } }) => ({
        text: written.trimEnd(),
        start,
        row: this.row(start),
      }))
      .sort((a, b) => a.row - b.row);
  }

  get text(): string {
    return this.#out.join("");
  }

  /** The source between two offsets. */
  source(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  /** The line of an offset, from zero. */
  row(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  write(text: string): void {
    if (this.isAtLineStart) this.#out.push("\t".repeat(this.#level));
    this.#out.push(text);
    this.#lineEnds = 0;
  }

  get isAtLineStart(): boolean {
    return this.#out.length === 0 || this.#lineEnds > 0;
  }

  /** `keepsComment`: what stands behind this line goes behind the next. */
  endLine({ keepsComment = false }: { readonly keepsComment?: boolean } = {}): void {
    if (!keepsComment) {
      if (this.#trailing !== undefined) this.write(` ${this.#trailing}`);
      this.#trailing = undefined;
    }
    this.#breakLine();
  }

  /** At most one, and none at the beginning. */
  blankLine(): void {
    if (!this.isAtLineStart) this.endLine();
    if (this.#out.length > 0 && this.#lineEnds < 2) this.#breakLine();
  }

  #breakLine(): void {
    this.#out.push("\n");
    this.#lineEnds += 1;
  }

  indent(): void {
    this.#level += 1;
  }

  outdent(): void {
    this.#level -= 1;
  }

  /** Comments on lines before a row, where a line begins; one on the row itself waits for the line's end. */
  commentsUpTo(row: number): void {
    let last: number | undefined;
    for (let next = this.#comment; next !== undefined && next.row < row; next = this.#comment) {
      // Within a line none can stand: it goes behind it, or below.
      if (!this.isAtLineStart) {
        this.commentAfter(next.row);
        return;
      }
      this.#nextComment += 1;
      if (last !== undefined && next.row - last > 1) this.blankLine();
      this.write(next.text);
      this.#breakLine();
      last = next.row;
    }
    if (last !== undefined && row - last > 1 && row !== Number.POSITIVE_INFINITY) this.blankLine();
    this.commentAfter(row);
  }

  /** One on the row on which something ends stays behind it, as a text of several lines may do. */
  commentAfter(row: number): void {
    const comment = this.#comment;
    if (comment?.row !== row || comment.start > this.commentsEnd) return;
    if (this.#trailing !== undefined) return;
    this.#trailing = comment.text;
    this.#nextComment += 1;
  }

  /** Takes the comment on a row out of those to be written. */
  takeCommentOn(row: number): string | undefined {
    const at = this.#indexOn(row);
    return at < 0 ? undefined : this.#comments.splice(at, 1)[0]?.text;
  }

  hasCommentOn(row: number): boolean {
    return this.#indexOn(row) >= 0;
  }

  #indexOn(row: number): number {
    for (let at = this.#nextComment; at < this.#comments.length; at += 1) {
      const found = this.#comments[at]?.row ?? 0;
      if (found >= row) return found === row ? at : -1;
    }
    return -1;
  }

  hasCommentBefore(row: number): boolean {
    return this.#comment !== undefined && this.#comment.row < row;
  }

  /** The first that is not written yet. */
  get #comment(): PlacedComment | undefined {
    return this.#comments[this.#nextComment];
  }
}
