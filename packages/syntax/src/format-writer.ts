// Lines, indentation and comments of formatted text. A comment on a line of its own stays on one; a comment
// after something stays after it.

import type { Comment } from "./ast.ts";

interface PlacedComment {
  readonly text: string;
  readonly row: number;
}

export class FormatWriter {
  #out = "";
  #level = 0;
  /** To be written at the end of the line that is being written. */
  #trailing: string | undefined;
  readonly #comments: PlacedComment[];
  readonly #lineStarts: readonly number[];
  readonly #text: string;

  constructor(text: string, comments: readonly Comment[]) {
    this.#text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    this.#comments = comments
      .map((comment) => ({ text: comment.text.trimEnd(), row: this.row(comment.span.start) }))
      .sort((a, b) => a.row - b.row);
  }

  get text(): string {
    return this.#out;
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
    if (this.#out.endsWith("\n") || this.#out === "") this.#out += "\t".repeat(this.#level);
    this.#out += text;
  }

  get isAtLineStart(): boolean {
    return this.#out === "" || this.#out.endsWith("\n");
  }

  endLine(): void {
    if (this.#trailing !== undefined) this.#out += ` ${this.#trailing}`;
    this.#trailing = undefined;
    this.#out += "\n";
  }

  /** At most one, and none at the beginning. */
  blankLine(): void {
    if (!this.isAtLineStart) this.endLine();
    if (this.#out !== "" && !this.#out.endsWith("\n\n")) this.#out += "\n";
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
    while (this.#comments[0] !== undefined && this.#comments[0].row < row) {
      const comment = this.#comments.shift() as PlacedComment;
      if (!this.isAtLineStart) this.endLine();
      if (last !== undefined && comment.row - last > 1) this.blankLine();
      this.write(comment.text);
      this.#out += "\n";
      last = comment.row;
    }
    if (last !== undefined && row - last > 1 && row !== Number.POSITIVE_INFINITY) this.blankLine();
    if (this.#comments[0]?.row === row && this.#trailing === undefined)
      this.#trailing = (this.#comments.shift() as PlacedComment).text;
  }

  hasCommentBefore(row: number): boolean {
    return this.#comments[0] !== undefined && this.#comments[0].row < row;
  }
}
