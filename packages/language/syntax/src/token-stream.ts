// A position in a list of tokens, with what every part of the grammar asks of it. A mismatch is thrown as
// a ParseFailure, which the parser catches where it can go on (the next statement, the next rule); it
// never leaves this package.

import { type Diagnostic, type DiagnosticDetails, diagnostic, type Span } from "@writ/diagnostics";
import type { Token } from "./token.ts";

export class ParseFailure extends Error {
  readonly diagnostic: Diagnostic;

  constructor(found: Diagnostic) {
    super(found.title);
    this.diagnostic = found;
  }
}

/** Deep enough for any policy written by a person, far from the end of the stack. */
const MAX_DEPTH = 200;
/** Trees this high can be walked by recursion. */
const MAX_HEIGHT = 1000;

export class TokenStream {
  readonly file: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;
  /** How high the tree of the term being read is so far. */
  #height = 0;

  constructor(file: string, tokens: readonly Token[]) {
    this.file = file;
    this.#tokens = tokens;
  }

  get index(): number {
    return this.#index;
  }

  /** Back to a position that `index` gave. */
  rewind(index: number): void {
    this.#index = index;
  }

  peek(ahead = 0): Token {
    return (this.#tokens[this.#index + ahead] ?? this.#tokens.at(-1)) as Token;
  }

  /** The last token taken. */
  get previous(): Token {
    return this.#tokens[Math.max(0, this.#index - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (this.#index < this.#tokens.length - 1) this.#index += 1;
    return token;
  }

  /** The first of the words that stands anywhere by itself, not as a part of a path. */
  firstName(words: readonly string[]): string | undefined {
    const isAlone = ({ kind, text }: Token, index: number): boolean =>
      kind === "name" && words.includes(text) && this.#tokens[index - 1]?.text !== ".";
    return this.#tokens.find(isAlone)?.text;
  }

  isAtEnd(): boolean {
    return this.peek().kind === "end";
  }

  isOperator(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "operator" && token.text === text;
  }

  /** Whether a keyword comes next. One that a dot touches is the name of a rule: `default.x`. */
  isName(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "name" && token.text === text && !this.isDotted(ahead);
  }

  isDotted(ahead = 0): boolean {
    return this.isOperator(".", ahead + 1) && this.peek(ahead + 1).start === this.peek(ahead).end;
  }

  /** Whether the next token touches the last one: no space, comment or line end between them. */
  isAdjacent(): boolean {
    return this.peek().start === this.previous.end;
  }

  takeOperator(text: string): Token | undefined {
    return this.isOperator(text) ? this.next() : undefined;
  }

  takeName(text: string): Token | undefined {
    return this.isName(text) ? this.next() : undefined;
  }

  expectOperator(text: string, details: DiagnosticDetails = {}): Token {
    return this.takeOperator(text) ?? this.fail(`\`${text}\``, details);
  }

  spanFrom(start: number): Span {
    return { file: this.file, start, end: Math.max(start, this.previous.end) };
  }

  fail(expected: string, details: DiagnosticDetails = {}): never {
    throw this.failure(expected, details);
  }

  failure(expected: string, details: DiagnosticDetails = {}): ParseFailure {
    const token = this.peek();
    const found = describe(token);
    return new ParseFailure(
      diagnostic(
        "E0101",
        { expected, found },
        { file: this.file, start: token.start, end: Math.max(token.end, token.start + 1) },
        details,
      ),
    );
  }

  /** Runs a part of the grammar that may contain itself. */
  nested<T>(parse: () => T): T {
    if (this.#depth >= MAX_DEPTH) this.#tooDeep(MAX_DEPTH);
    const heightBefore = this.#height;
    this.#depth += 1;
    this.#height = 0;
    try {
      return parse();
    } finally {
      this.#depth -= 1;
      this.#height = Math.max(heightBefore, this.#height + 1);
    }
  }

  /** One more link in a chain (`a + b + c`), which nests to the left without the parser nesting. */
  deepen(): void {
    this.#height += 1;
    if (this.#height > MAX_HEIGHT) this.#tooDeep(MAX_HEIGHT);
  }

  #tooDeep(limit: number): never {
    const { start, end } = this.peek();
    throw new ParseFailure(diagnostic("E0106", { limit }, { file: this.file, start, end }));
  }
}

function describe(token: Token): string {
  switch (token.kind) {
    case "end":
      return "the end of the text";
    case "string":
      return "a string";
    case "template":
      return "a template";
    case "number":
    case "name":
    case "operator":
      return `\`${token.text}\``;
  }
}
