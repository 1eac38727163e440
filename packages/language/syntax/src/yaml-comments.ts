// Every comment of a YAML text, on a line of its own or behind something. YAML's own lexer tells them from
// texts that hold a `#`.

import { Lexer } from "yaml";

/** What the lexer says before a scalar; of no length in the text, like its other marks. */
const SCALAR = "\u001f";
const MARKS = ["\u0002", "\u0018", SCALAR];

interface YamlComment {
  readonly text: string;
  readonly start: number;
}

/** The comments of a text, to be taken in order. */
export class YamlComments {
  readonly #source: string;
  readonly #left: YamlComment[];

  constructor(source: string) {
    this.#source = source;
    this.#left = readComments(source);
  }

  /** Those that begin on the lines up to this offset and were not taken yet, as lines of Rego. */
  takeUpTo(offset: number): readonly string[] {
    const newline = this.#source.indexOf("\n", Math.max(0, offset - 1));
    const end = newline < 0 ? Number.POSITIVE_INFINITY : newline;
    const count = this.#left.findIndex(({ start }) => start > end);
    const taken = this.#left.splice(0, count < 0 ? this.#left.length : count);
    return taken.map(({ text }) => `${text}\n`);
  }
}

function readComments(source: string): YamlComment[] {
  const found: YamlComment[] = [];
  let at = 0;
  let before = "";
  for (const token of new Lexer().lex(source)) {
    if (before !== SCALAR && token.startsWith("#"))
      found.push({ text: token.trimEnd(), start: at });
    if (before === SCALAR || !MARKS.includes(token)) at += token.length;
    before = token;
  }
  return found;
}
