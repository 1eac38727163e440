// Go's text/template, read: https://pkg.go.dev/text/template. Text, and actions between `{{` and `}}`.

import { BuiltinError } from "@writ/evaluator";

export interface GoInt {
  readonly int: number;
}
export interface GoFloat {
  readonly float: number;
}

export type Operand =
  | { readonly kind: "nil" | "dot" }
  | { readonly kind: "constant"; readonly value: string | boolean | GoInt | GoFloat }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "variable"; readonly name: string }
  /** The fields of what another operand is. */
  | { readonly kind: "field"; readonly of: Operand; readonly names: readonly string[] }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline };

export interface Pipeline {
  readonly variables: readonly string[];
  readonly isAssignment: boolean;
  readonly commands: readonly (readonly Operand[])[];
}

export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: Pipeline }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipeline: Pipeline;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: "break" | "continue" }
  | { readonly kind: "template"; readonly name: string; readonly pipeline: Pipeline | undefined };

export interface Template {
  readonly body: readonly Node[];
  readonly named: ReadonlyMap<string, readonly Node[]>;
}

type TokenKind = "string" | "char" | "number" | "field" | "variable" | "name" | "symbol";
interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly isAfterSpace: boolean;
}

type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly tokens: readonly Token[] };

const MAX_DEPTH = 100;
const LEXER: readonly (readonly [TokenKind | "space", RegExp])[] = [
  ["space", /\s+/y],
  ["string", /"(?:\\.|[^"\\\n])*"|`[^`]*`/y],
  ["char", /'(?:\\[^\n]|[^'\\\n])[^'\n]*'/y],
  [
    "number",
    /[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?)(?!\w)/y,
  ],
  ["field", /\.[A-Za-z_]\w*/y],
  ["variable", /\$\w*/y],
  ["name", /[A-Za-z_]\w*/y],
  ["symbol", /:=|[=|(),.]/y],
];

export function parseTemplate(text: string): Template {
  return new TemplateParser(readPieces(text)).parse();
}

/** Text and actions; a `-` beside the braces takes the blanks beyond it away. */
function readPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{{", at);
    const isTrimmed = open >= 0 && /^-\s/.test(text.slice(open + 2, open + 4));
    const before = text.slice(at, open < 0 ? text.length : open);
    pieces.push({ kind: "text", text: isTrimmed ? before.trimEnd() : before });
    if (open < 0) break;
    const { tokens, end } = readAction(text, open + (isTrimmed ? 3 : 2));
    if (tokens !== undefined) pieces.push({ kind: "action", tokens });
    at = end;
  }
  return pieces;
}

function readAction(
  text: string,
  start: number,
): { readonly tokens: readonly Token[] | undefined; readonly end: number } {
  const comment = /\s*\/\*[\s\S]*?\*\/(\s-)?\}\}/y;
  comment.lastIndex = start;
  const skipped = comment.exec(text);
  if (skipped !== null)
    return {
      tokens: undefined,
      end: afterAction(text, comment.lastIndex, skipped[1] !== undefined),
    };
  const tokens: Token[] = [];
  let at = start;
  let isAfterSpace = false;
  for (;;) {
    const isTrimmed = isAfterSpace && text.startsWith("-}}", at);
    if (isTrimmed || text.startsWith("}}", at))
      return { tokens, end: afterAction(text, at + (isTrimmed ? 3 : 2), isTrimmed) };
    const [kind, found] = nextToken(text, at);
    if (kind !== "space") tokens.push({ kind, text: found, isAfterSpace });
    isAfterSpace = kind === "space";
    at += found.length;
  }
}

function afterAction(text: string, end: number, isTrimmed: boolean): number {
  const blanks = /\s*/y;
  blanks.lastIndex = end;
  return isTrimmed ? end + (blanks.exec(text)?.[0].length ?? 0) : end;
}

function nextToken(text: string, at: number): readonly [TokenKind | "space", string] {
  for (const [kind, pattern] of LEXER) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return [kind, found];
  }
  throw fail(
    at >= text.length ? "unclosed action" : `unexpected ${JSON.stringify(text[at])} in an action`,
  );
}

class TemplateParser {
  readonly #pieces: readonly Piece[];
  readonly #named = new Map<string, readonly Node[]>();
  #at = 0;
  #tokens: readonly Token[] = [];
  #token = 0;
  #depth = 0;
  #loops = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  parse(): Template {
    const { nodes, end } = this.#list();
    if (end !== undefined) throw fail(`unexpected {{${end}}}`);
    return { body: nodes, named: this.#named };
  }

  /** Up to `end`, `else` or the end of the text, which is then in hand. */
  #list(): { readonly nodes: readonly Node[]; readonly end: "end" | "else" | undefined } {
    const nodes: Node[] = [];
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw fail("it is nested too deeply");
    for (;;) {
      const piece = this.#pieces[this.#at];
      if (piece === undefined || piece.kind === "action") {
        const word = piece?.tokens[0]?.text;
        if (piece === undefined || word === "end" || word === "else") {
          this.#depth -= 1;
          this.#at += 1;
          this.#tokens = piece?.tokens ?? [];
          this.#token = 1;
          return { nodes, end: piece === undefined ? undefined : (word as "end" | "else") };
        }
      }
      this.#at += 1;
      if (piece.kind === "text") nodes.push(piece);
      else nodes.push(...this.#action(piece.tokens));
    }
  }

  #action(tokens: readonly Token[]): readonly Node[] {
    this.#tokens = tokens;
    this.#token = 0;
    const [first] = tokens;
    if (first?.kind === "name") {
      this.#token = 1;
      switch (first.text) {
        case "if":
        case "with":
        case "range":
          return [this.#control(first.text)];
        case "break":
        case "continue":
          this.#finish();
          if (this.#loops === 0) throw fail(`{{${first.text}}} outside {{range}}`);
          return [{ kind: first.text }];
        case "template":
          return [this.#call()];
        case "define":
          this.#define();
          return [];
        case "block": {
          const call = this.#call();
          if (call.pipeline === undefined) throw fail("missing value for block");
          this.#body(call.name);
          return [call];
        }
        default:
          this.#token = 0;
      }
    }
    const pipeline = this.#pipeline();
    this.#finish();
    return [{ kind: "action", pipeline }];
  }

  #control(kind: "if" | "with" | "range"): Node {
    const pipeline = this.#pipeline();
    this.#finish();
    this.#loops += Number(kind === "range");
    const { nodes: body, end } = this.#list();
    this.#loops -= Number(kind === "range");
    if (end === undefined) throw fail("unexpected EOF");
    if (end === "end") {
      this.#finish();
      return { kind, pipeline, body, otherwise: [] };
    }
    const next = this.#tokens[1]?.text;
    if (next === kind && kind !== "range") {
      this.#token = 2;
      this.#depth += 1;
      if (this.#depth > MAX_DEPTH) throw fail("it is nested too deeply");
      const otherwise = [this.#control(kind)];
      this.#depth -= 1;
      return { kind, pipeline, body, otherwise };
    }
    this.#finish();
    const { nodes: otherwise, end: last } = this.#list();
    if (last !== "end") throw fail("expected end");
    this.#finish();
    return { kind, pipeline, body, otherwise };
  }

  #call(): Extract<Node, { kind: "template" }> {
    const name = this.#name();
    const pipeline = this.#token < this.#tokens.length ? this.#pipeline() : undefined;
    this.#finish();
    return { kind: "template", name, pipeline };
  }

  #define(): void {
    const name = this.#name();
    this.#finish();
    this.#body(name);
  }

  #body(name: string): void {
    const loops = this.#loops;
    this.#loops = 0;
    const { nodes, end } = this.#list();
    this.#loops = loops;
    if (end !== "end") throw fail("expected end");
    this.#named.set(name, nodes);
  }

  #name(): string {
    const token = this.#tokens[this.#token];
    if (token?.kind !== "string") throw fail("a template's name is a string");
    this.#token += 1;
    return unquote(token.text);
  }

  #finish(): void {
    const token = this.#tokens[this.#token];
    if (token !== undefined) throw fail(`unexpected ${JSON.stringify(token.text)}`);
  }

  #pipeline(): Pipeline {
    const { variables, isAssignment } = this.#declaration();
    const commands: (readonly Operand[])[] = [];
    do commands.push(this.#command());
    while (this.#take("|"));
    for (const [first] of commands.slice(1))
      if (first?.kind === "constant" || first?.kind === "nil" || first?.kind === "dot")
        throw fail("a constant cannot take what is piped into it");
    return { variables, isAssignment, commands };
  }

  #declaration(): Pick<Pipeline, "variables" | "isAssignment"> {
    const [first, second, third, fourth] = this.#tokens.slice(this.#token, this.#token + 4);
    const isOne = second?.text === ":=" || second?.text === "=";
    if (first?.kind === "variable" && isOne) {
      this.#token += 2;
      return { variables: [first.text], isAssignment: second.text === "=" };
    }
    const isTwo = second?.text === "," && (fourth?.text === ":=" || fourth?.text === "=");
    if (first?.kind === "variable" && isTwo && third?.kind === "variable") {
      this.#token += 4;
      return { variables: [first.text, third.text], isAssignment: fourth?.text === "=" };
    }
    return { variables: [], isAssignment: false };
  }

  #command(): readonly Operand[] {
    const operands: Operand[] = [];
    for (;;) {
      const token = this.#tokens[this.#token];
      const isEnd = token === undefined || token.text === "|" || token.text === ")";
      if (isEnd && token?.kind !== "string") break;
      operands.push(this.#operand());
    }
    if (operands.length === 0) throw fail("missing value for command");
    return operands;
  }

  #operand(): Operand {
    const token = this.#tokens[this.#token] as Token;
    this.#token += 1;
    let operand = this.#plain(token);
    const names: string[] = token.kind === "field" ? [token.text.slice(1)] : [];
    for (;;) {
      const next = this.#tokens[this.#token];
      if (next?.kind !== "field" || next.isAfterSpace) break;
      names.push(next.text.slice(1));
      this.#token += 1;
    }
    if (names.length > 0) operand = { kind: "field", of: operand, names };
    return operand;
  }

  #plain(token: Token): Operand {
    switch (token.kind) {
      case "string":
        return { kind: "constant", value: unquote(token.text) };
      case "char":
        return { kind: "constant", value: { int: unquote(token.text).codePointAt(0) ?? 0 } };
      case "number":
        return { kind: "constant", value: readNumber(token.text) };
      case "field":
        return { kind: "dot" };
      case "variable":
        return { kind: "variable", name: token.text };
      case "name":
        if (token.text === "true" || token.text === "false")
          return { kind: "constant", value: token.text === "true" };
        return token.text === "nil" ? { kind: "nil" } : { kind: "function", name: token.text };
      default:
        if (token.text === ".") return { kind: "dot" };
        return this.#parenthesised(token);
    }
  }

  #parenthesised(token: Token): Operand {
    if (token.text !== "(") throw fail(`unexpected ${JSON.stringify(token.text)}`);
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw fail("it is nested too deeply");
    const pipeline = this.#pipeline();
    if (!this.#take(")")) throw fail("unclosed left paren");
    this.#depth -= 1;
    return { kind: "pipeline", pipeline };
  }

  #take(symbol: string): boolean {
    const token = this.#tokens[this.#token];
    if (token?.kind !== "symbol" || token.text !== symbol) return false;
    this.#token += 1;
    return true;
  }
}

function readNumber(text: string): GoInt | GoFloat {
  const digits = text.replaceAll("_", "");
  const isFloat = !/^[+-]?0[xX]/.test(digits) && /[.eEpP]/.test(digits);
  const sign = digits.startsWith("-") ? -1 : 1;
  const value = sign * Number(digits.replace(/^[+-]/, ""));
  return isFloat ? { float: value } : { int: value };
}

const ESCAPES: { readonly [letter: string]: string | undefined } = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function unquote(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith("`")) return inner;
  return inner.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gs,
    (_all, x?: string, u?: string, long?: string, octal?: string, letter?: string) => {
      const hex = x ?? u ?? long;
      if (letter !== undefined) return ESCAPES[letter] ?? letter;
      const code =
        octal === undefined ? Number.parseInt(hex ?? "0", 16) : Number.parseInt(octal, 8);
      if (code > 0x10ffff) throw fail("invalid escape in a string");
      return String.fromCodePoint(code);
    },
  );
}

function fail(reason: string): BuiltinError {
  return new BuiltinError(`template: ${reason}`);
}
