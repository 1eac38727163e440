// Text to tokens, in one pass. Written by hand rather than with a generator because templates nest the
// whole language inside strings and the grammar is sensitive to line ends and to what touches what.
// Never throws; what cannot be read is reported and skipped.

import { type Diagnostic, diagnostic, type SourceFile, type Span } from "@writ/diagnostics";
import type { Comment } from "./ast.ts";
import type { Token, TokenKind } from "./token.ts";

export interface Lexed {
  /** Ends with a token of kind `end`. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const OPERATOR = /:=|==|!=|<=|>=|[-+*/%&|<>=.,;:()[\]{}]/y;
const SPACE = /[ \t\r\f\v\u00a0\ufeff]+/y;
const COMMENT = /#[^\n]*/y;
/** What stands for itself between double quotes; in a template an expression may begin. */
const QUOTED = /[^"\\\n]+/y;
const QUOTED_IN_TEMPLATE = /[^"\\\n{]+/y;
const MAX_TEMPLATE_DEPTH = 20;

export function lex(source: SourceFile): Lexed {
  const lexer = new Lexer(source);
  const tokens = lexer.tokens(false, 0);
  return { tokens, comments: lexer.comments, diagnostics: lexer.diagnostics };
}

class Lexer {
  readonly comments: Comment[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: string;
  readonly #text: string;
  /** Most words stand in a text many times: one text of each is kept. */
  readonly #known = new Map<string, string>();
  #at = 0;
  #newline = false;

  constructor({ file, text }: SourceFile) {
    this.#file = file;
    this.#text = text;
  }

  /** Up to the end of the text or, inside a template, up to the brace that closes the expression. */
  tokens(inTemplate: boolean, depth: number): Token[] {
    const tokens: Token[] = [];
    let braces = 0;
    while (this.#at < this.#text.length) {
      if (this.#skip()) continue;
      const character = this.#text[this.#at];
      if (inTemplate && character === "}" && braces === 0) break;
      if (inTemplate && character === "{") braces += 1;
      if (inTemplate && character === "}") braces -= 1;
      const token = this.#token(depth);
      if (token !== undefined) tokens.push(token);
    }
    tokens.push(this.#make("end", "", this.#at));
    return tokens;
  }

  /** Space, line ends and comments. */
  #skip(): boolean {
    if (this.#text[this.#at] === "\n") {
      this.#newline = true;
      this.#at += 1;
      return true;
    }
    const start = this.#at;
    if (this.#text[start] !== "#") return this.#match(SPACE) !== undefined;
    const comment = this.#match(COMMENT) ?? "";
    this.comments.push({ text: comment.trimEnd(), span: this.#span(start) });
    return true;
  }

  #token(depth: number): Token | undefined {
    const start = this.#at;
    const character = this.#text[start] as string;
    if (character === '"') return this.#string(start);
    if (character === "`") return this.#rawString(start);
    const next = this.#text[start + 1];
    if (character === "$" && (next === '"' || next === "`"))
      return this.#template(start, next, depth);
    const name = this.#match(NAME);
    if (name !== undefined) return this.#make("name", name, start);
    const number = this.#match(NUMBER);
    if (number !== undefined) {
      const tail = this.#match(NAME);
      const help = isTooBig(number) ? { help: `it may have at most ${MAX_DIGITS} digits` } : {};
      if (tail !== undefined || isTooBig(number))
        this.diagnostics.push(
          diagnostic("E0109", { text: shortened(number + (tail ?? "")) }, this.#span(start), help),
        );
      return this.#make("number", number, start);
    }
    const operator = this.#match(OPERATOR);
    if (operator !== undefined) return this.#make("operator", operator, start);
    const code = this.#text.codePointAt(start) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    this.diagnostics.push(
      diagnostic("E0104", { character: String.fromCodePoint(code) }, this.#span(start)),
    );
    return undefined;
  }

  #string(start: number): Token {
    this.#at += 1;
    const { text, closed } = this.#quoted('"', false);
    if (!closed)
      this.#unterminated(
        start,
        "a string ends on the line it begins; for more lines use backticks",
      );
    // Half of a pair alone is no character; OPA reads U+FFFD, too.
    return this.#make("string", text.toWellFormed(), start);
  }

  #rawString(start: number): Token {
    const end = this.#text.indexOf("`", start + 1);
    const text = this.#text.slice(start + 1, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    if (end < 0) this.#unterminated(start, "close it with a backtick");
    return this.#make("string", text, start, { raw: true });
  }

  #template(start: number, quote: string, depth: number): Token {
    this.#at += 2;
    const raw = quote === "`";
    const newline = this.#newline;
    const parts: (string | readonly Token[])[] = [];
    let closed = false;
    while (!closed && this.#at < this.#text.length) {
      const piece = raw ? this.#rawPiece() : this.#quoted(quote, true);
      if (piece.text !== "") parts.push(piece.text);
      closed = piece.closed;
      if (closed || this.#text[this.#at] !== "{") break;
      this.#at += 1;
      if (depth >= MAX_TEMPLATE_DEPTH) {
        this.diagnostics.push(
          diagnostic("E0106", { limit: MAX_TEMPLATE_DEPTH }, this.#span(start)),
        );
        this.#at = this.#text.length;
        break;
      }
      parts.push(this.tokens(true, depth + 1));
      if (this.#at < this.#text.length) this.#at += 1;
    }
    if (!closed) this.#unterminated(start, "close the template with the quote it began with");
    this.#newline = newline;
    return this.#make("template", "", start, { raw, parts });
  }

  /** Text with escapes up to the quote, the end of the line or (in templates) an opening brace. */
  #quoted(quote: string, inTemplate: boolean): { text: string; closed: boolean } {
    let text = "";
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] as string;
      if (character === quote) {
        this.#at += 1;
        return { text, closed: true };
      }
      if (character === "\n" || (inTemplate && character === "{")) return { text, closed: false };
      if (character === "\\") text += this.#escape(inTemplate);
      else text += this.#match(inTemplate ? QUOTED_IN_TEMPLATE : QUOTED) ?? "";
    }
    return { text, closed: false };
  }

  #rawPiece(): { text: string; closed: boolean } {
    let text = "";
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] as string;
      if (character === "{") return { text, closed: false };
      if (character === "\\" && this.#text[this.#at + 1] === "{") {
        text += "{";
        this.#at += 2;
        continue;
      }
      this.#at += 1;
      if (character === "`") return { text, closed: true };
      text += character;
    }
    return { text, closed: false };
  }

  #escape(inTemplate: boolean): string {
    const start = this.#at;
    const letter = this.#text[start + 1] ?? "";
    const simple = ESCAPES[letter] ?? (inTemplate && letter === "{" ? "{" : undefined);
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const unicode = /\\u([0-9a-fA-F]{4})/y;
    unicode.lastIndex = start;
    const hex = unicode.exec(this.#text)?.[1];
    if (hex !== undefined) {
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    this.#at += 2;
    this.diagnostics.push(
      diagnostic("E0103", { escape: `\\${letter}` }, this.#span(start), {
        help: "write the backslash twice, or use a raw string in backticks",
      }),
    );
    return "";
  }

  #unterminated(start: number, help: string): void {
    this.diagnostics.push(
      diagnostic("E0102", {}, { file: this.#file, start, end: start + 1 }, { help }),
    );
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return undefined;
    const found = this.#text.slice(this.#at, pattern.lastIndex);
    this.#at = pattern.lastIndex;
    const known = this.#known.get(found);
    if (known !== undefined) return known;
    this.#known.set(found, found);
    return found;
  }

  #make(kind: TokenKind, text: string, start: number, more?: Partial<Token>): Token {
    const newlineBefore = this.#newline;
    this.#newline = false;
    const token = { kind, text, raw: false, start, end: this.#at, newlineBefore };
    return more === undefined ? token : { ...token, ...more };
  }

  #span(start: number): Span {
    return { file: this.#file, start, end: this.#at };
  }
}

const ESCAPES: { readonly [letter: string]: string | undefined } = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** What no evaluation works with: the power counts as digits do. */
const MAX_DIGITS = 10_000;

function isTooBig(number: string): boolean {
  const [digits = "", power = "0"] = number.split(/[eE]/);
  const fraction = digits.split(".")[1] ?? "";
  return digits.length > MAX_DIGITS || Math.abs(Number(power) - fraction.length) > MAX_DIGITS;
}

const MAX_SHOWN = 40;

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
