// A place in a source file. Offsets are UTF-16 code units, half open.

/** A range of a source file: `file` names it as the author does (relative to the policy set). */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}
