// Source text with a line index: from offsets to lines and columns, for people.

/** A file as its author names it, and what it says. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** A place as people count. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

/** The text of a file, with its lines. */
export class Source {
  readonly file: string;
  readonly text: string;
  readonly #starts: readonly number[];

  constructor({ file, text }: SourceFile) {
    this.file = file;
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] as number) + 1 };
  }

  /** Without its line end. */
  lineText(line: number): string {
    const start = this.#starts[line - 1] ?? 0;
    const end = this.#starts[line] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, "");
  }
}

/** The sources of a policy set, by file. */
export type Sources = ReadonlyMap<string, Source>;

/** The files by name; of two of one name the last. */
export function makeSources(files: readonly SourceFile[]): Sources {
  return new Map(files.map((file) => [file.file, new Source(file)]));
}
