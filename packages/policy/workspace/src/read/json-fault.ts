// Where a text stops being JSON (RFC 8259), as an author wants to hear it; and what JSON leaves open and nobody who
// reads a policy's data should have to guess: an object with one name twice, a number that cannot be computed with.

import { parseNumber } from "@writ/evaluator";

/** Why a text is no JSON, and where. */
export interface JsonFault {
  readonly reason: string;
  readonly start: number;
}

const MAX_DEPTH = 100;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/** What stands in a string as it is. U+007F to U+009F are control characters elsewhere, not to JSON. */
const PLAIN = /(?:[^"\\\p{Cc}]|[\u007f-\u009f]){1,1000}/uy;

/** The first of them; undefined for a text that is one JSON value and nothing else. */
export function findJsonFault(text: string): JsonFault | undefined {
  const scan = new JsonScan(text);
  if (scan.value(0)) scan.end();
  return scan.fault;
}

/** Each part says whether it stands here, and leaves what is behind it. */
class JsonScan {
  fault: JsonFault | undefined;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): boolean {
    this.#take(SPACE);
    const start = this.#at;
    const first = this.#text[start];
    if (depth >= MAX_DEPTH && (first === "{" || first === "["))
      return this.#found(`it is nested deeper than ${MAX_DEPTH} levels`, start);
    if (first === "{") {
      const names = new Set<string>();
      return this.#list("}", () => this.#member(names, depth));
    }
    if (first === "[") return this.#list("]", () => this.value(depth + 1));
    if (first === '"') return this.#string();
    if (this.#take(WORD)) return true;
    if (!this.#take(NUMBER)) return this.#expected("a value");
    const isNumber = parseNumber(this.#text.slice(start, this.#at)) !== undefined;
    return isNumber || this.#found("this number has too many digits", start);
  }

  end(): boolean {
    this.#take(SPACE);
    return this.#at === this.#text.length || this.#expected("nothing more");
  }

  #list(close: string, item: () => boolean): boolean {
    this.#at += 1;
    if (this.#next(close)) return true;
    for (;;) {
      if (!item()) return false;
      if (this.#next(close)) return true;
      if (!this.#next(",")) return this.#expected(`\`,\` or \`${close}\``);
    }
  }

  #member(names: Set<string>, depth: number): boolean {
    this.#take(SPACE);
    const start = this.#at;
    if (this.#text[start] !== '"') return this.#expected("a name in double quotes");
    if (!this.#string()) return false;
    const written = this.#text.slice(start, this.#at);
    const name = written.includes("\\") ? JSON.stringify(JSON.parse(written)) : written;
    if (names.has(name)) return this.#found(`the object has ${name} already`, start);
    names.add(name);
    return this.#next(":") ? this.value(depth + 1) : this.#expected("`:`");
  }

  #string(): boolean {
    const start = this.#at;
    this.#at += 1;
    // Piece by piece: a pattern for all of a long text would run out of room.
    while (this.#take(PLAIN) || this.#take(ESCAPE));
    if (this.#text[this.#at] !== '"')
      return this.#found("this text has no end, or a character that must be escaped", start);
    this.#at += 1;
    return true;
  }

  #next(mark: string): boolean {
    this.#take(SPACE);
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #expected(what: string): false {
    return this.#found(`expected ${what}`, this.#at);
  }

  #found(reason: string, start: number): false {
    this.fault = { reason, start };
    return false;
  }
}
