// Terms: literals, references, calls, collections, comprehensions and infix operators, with OPA's
// precedence (lowest first): `in`; comparison; `|`; `&`; `+ -`; `* / %`. `[x | …]` is a comprehension, so a
// bare `|` after the first item of a collection is never the union operator, as in OPA.

import type { Body, InfixOperator, Name, RefPart, Term } from "./ast.ts";
import type { Token } from "./token.ts";
import { TokenStream } from "./token-stream.ts";

/** Parses the body of a comprehension up to (not including) the closing bracket. */
export type ParseBody = (stream: TokenStream, close: string) => Body;

/** Names that are no variables. `contains` and `if` may still be called, and every name may follow a dot. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  "as",
  "contains",
  "default",
  "else",
  "every",
  "false",
  "if",
  "import",
  "in",
  "not",
  "null",
  "package",
  "some",
  "true",
  "with",
]);

/** What nothing can be looked up in. */
const SCALARS: ReadonlySet<Term["kind"]> = new Set(["null", "boolean", "number", "string"]);
const NO_MEMBERS = "nothing to be looked up in a constant";

const LEVELS: readonly (readonly InfixOperator[])[] = [
  ["==", "!=", "<", "<=", ">", ">="],
  ["|"],
  ["&"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** How tightly each binds. */
const INFIX: ReadonlyMap<string, { readonly operator: InfixOperator; readonly level: number }> =
  new Map(
    LEVELS.flatMap((operators, level) =>
      operators.map((operator) => [operator, { operator, level }] as const),
    ),
  );

export class TermParser {
  readonly #stream: TokenStream;
  readonly #parseBody: ParseBody;

  constructor(stream: TokenStream, parseBody: ParseBody) {
    this.#stream = stream;
    this.#parseBody = parseBody;
  }

  /** A whole term; where commas separate nothing (statements, parentheses), `k, v in c` too. */
  term(allowsKey = false): Term {
    return this.#stream.nested(() => this.#membership(allowsKey));
  }

  /** `first`: a primary term already taken, which the term begins with. */
  #membership(allowsKey: boolean, first?: Term): Term {
    const stream = this.#stream;
    const start = first?.span.start ?? stream.peek().start;
    let left = this.#infix(0, first);
    if (allowsKey && stream.isOperator(",")) {
      const before = stream.index;
      stream.next();
      const value = this.#infix(0);
      if (stream.takeName("in") === undefined) {
        stream.rewind(before);
        return left;
      }
      const collection = this.#infix(0);
      left = { kind: "in", key: left, value, collection, span: stream.spanFrom(start) };
    }
    while (stream.takeName("in") !== undefined) {
      stream.deepen();
      const collection = this.#infix(0);
      left = { kind: "in", value: left, collection, span: stream.spanFrom(start) };
    }
    return left;
  }

  /** Operators that bind at least as tightly as a level, each level from left to right. */
  #infix(level: number, first?: Term): Term {
    const stream = this.#stream;
    const start = first?.span.start ?? stream.peek().start;
    let left = first ?? this.primary();
    for (;;) {
      const token = stream.peek();
      const found = token.kind === "operator" ? INFIX.get(token.text) : undefined;
      if (found === undefined || found.level < level) return left;
      stream.next();
      stream.deepen();
      const right = this.#infix(found.level + 1);
      left = { kind: "infix", operator: found.operator, left, right, span: stream.spanFrom(start) };
    }
  }

  /** A term without infix operators, with the references and calls that touch it. */
  primary(): Term {
    return this.#stream.nested(() => this.#suffixes(this.#literal()));
  }

  #literal(): Term {
    const stream = this.#stream;
    const token = stream.peek();
    switch (token.kind) {
      case "string":
        stream.next();
        return {
          kind: "string",
          value: token.text,
          raw: token.raw,
          span: stream.spanFrom(token.start),
        };
      case "template":
        stream.next();
        return this.#template(token);
      case "number":
        stream.next();
        return { kind: "number", text: token.text, span: stream.spanFrom(token.start) };
      case "name":
        return this.#name(token);
      case "operator":
        return this.#bracketed(token);
      case "end":
        return stream.fail("a term");
    }
  }

  #name(token: Token): Term {
    const stream = this.#stream;
    const isCall = stream.peek(1).start === token.end && stream.isOperator("(", 1);
    if (
      KEYWORDS.has(token.text) &&
      !stream.isDotted() &&
      !(isCall && ["contains", "if"].includes(token.text))
    ) {
      if (token.text === "true" || token.text === "false") {
        stream.next();
        return {
          kind: "boolean",
          value: token.text === "true",
          span: stream.spanFrom(token.start),
        };
      }
      if (token.text === "null") {
        stream.next();
        return { kind: "null", span: stream.spanFrom(token.start) };
      }
      return stream.fail("a term", { help: `\`${token.text}\` is a keyword` });
    }
    stream.next();
    return { kind: "var", name: token.text, span: stream.spanFrom(token.start) };
  }

  #bracketed(token: Token): Term {
    const stream = this.#stream;
    switch (token.text) {
      case "(": {
        stream.next();
        const term = this.term(true);
        stream.expectOperator(")");
        return term;
      }
      case "[":
        return this.#array();
      case "{":
        return this.#braces();
      case "-": {
        const digits = stream.peek(1);
        if (digits.kind !== "number") return stream.fail("a term");
        stream.next();
        stream.next();
        return { kind: "number", text: `-${digits.text}`, span: stream.spanFrom(token.start) };
      }
      default:
        return stream.fail("a term");
    }
  }

  #template(token: Token): Term {
    const { file } = this.#stream;
    const parts = (token.parts ?? []).map((part) =>
      typeof part === "string" ? part : this.#parseBody(new TokenStream(file, part), ""),
    );
    return { kind: "template", parts, raw: token.raw, span: this.#stream.spanFrom(token.start) };
  }

  #array(): Term {
    const stream = this.#stream;
    const { start } = stream.next();
    if (stream.takeOperator("]") !== undefined)
      return { kind: "array", items: [], span: stream.spanFrom(start) };
    const { term, body } = this.#firstItem("]", stream.takeOperator(",") === undefined);
    if (body !== undefined)
      return { kind: "array-comprehension", value: term, body, span: stream.spanFrom(start) };
    const items = [term, ...this.#restOfList("]")];
    return { kind: "array", items, span: stream.spanFrom(start) };
  }

  /**
   * The first item of a collection, or the head of a comprehension with its body and closing bracket. A
   * `|` right after a term without operators makes the comprehension; nothing is read twice. After a
   * comma, which OPA lets a collection begin with, there is none.
   */
  #firstItem(close: string, mayCollect: boolean): { readonly term: Term; readonly body?: Body } {
    const stream = this.#stream;
    const head = this.primary();
    if (!mayCollect || stream.takeOperator("|") === undefined)
      return { term: this.#membership(false, head) };
    const body = this.#parseBody(stream, close);
    stream.expectOperator(close);
    return { term: head, body };
  }

  #braces(): Term {
    const stream = this.#stream;
    const { start } = stream.next();
    if (stream.takeOperator("}") !== undefined)
      return { kind: "object", entries: [], span: stream.spanFrom(start) };
    const mayCollect = stream.takeOperator(",") === undefined;
    const { term: first, body: setBody } = this.#firstItem("}", mayCollect);
    if (setBody !== undefined) {
      return {
        kind: "set-comprehension",
        value: first,
        body: setBody,
        span: stream.spanFrom(start),
      };
    }
    if (stream.takeOperator(":") === undefined) {
      const items = [first, ...this.#restOfList("}")];
      return { kind: "set", items, span: stream.spanFrom(start) };
    }
    const { term: value, body } = this.#firstItem("}", mayCollect);
    if (body !== undefined) {
      return {
        kind: "object-comprehension",
        key: first,
        value,
        body,
        span: stream.spanFrom(start),
      };
    }
    const entries: [Term, Term][] = [[first, value]];
    while (stream.takeOperator(",") !== undefined && !stream.isOperator("}")) {
      const key = this.term();
      stream.expectOperator(":");
      entries.push([key, this.term()]);
    }
    stream.expectOperator("}");
    return { kind: "object", entries, span: stream.spanFrom(start) };
  }

  /** After the first item: the others and the closing bracket. */
  #restOfList(close: string): readonly Term[] {
    const stream = this.#stream;
    if (stream.takeOperator(",") !== undefined) return this.#list(close);
    stream.expectOperator(close);
    return [];
  }

  /** Terms separated by commas, and the closing bracket. A trailing comma is allowed. */
  #list(close: string): readonly Term[] {
    const stream = this.#stream;
    const items: Term[] = [];
    while (!stream.isOperator(close)) {
      items.push(this.term());
      if (stream.takeOperator(",") === undefined) break;
    }
    stream.expectOperator(close);
    return items;
  }

  #suffixes(head: Term): Term {
    const stream = this.#stream;
    if (!stream.isAdjacent()) return head;
    const { start } = head.span;
    let root = head;
    let parts: RefPart[] = [];
    // A list that has grown has room for more: what is kept is a copy without.
    const whole = (): Term =>
      parts.length === 0
        ? root
        : { kind: "ref", head: root, parts: [...parts], span: stream.spanFrom(start) };
    while (stream.isAdjacent()) {
      if (!stream.isOperator("(")) {
        const part =
          SCALARS.has(root.kind) && this.#isRefPart() ? stream.fail(NO_MEMBERS) : this.refPart();
        if (part === undefined) break;
        parts.push(part);
        continue;
      }
      const operator = calledName(whole());
      if (operator === undefined) break;
      stream.next();
      stream.deepen();
      const args = this.#list(")");
      const span = stream.spanFrom(start);
      const isEmptySet = operator.length === 1 && operator[0]?.name === "set" && args.length === 0;
      root = isEmptySet ? { kind: "set", items: [], span } : { kind: "call", operator, args, span };
      parts = [];
    }
    return whole();
  }

  #isRefPart(): boolean {
    return this.#stream.isOperator(".") || this.#stream.isOperator("[");
  }

  /** `.name` or `[term]` that touches what is before it. */
  refPart(): RefPart | undefined {
    const stream = this.#stream;
    const { start } = stream.peek();
    if (
      stream.isOperator(".") &&
      stream.peek(1).kind === "name" &&
      stream.peek(1).start === stream.peek().end
    ) {
      stream.next();
      const name = stream.next();
      const span = { file: stream.file, start: name.start, end: name.end };
      return { term: { kind: "string", value: name.text, raw: false, span }, dot: true, span };
    }
    if (stream.isOperator(".")) {
      stream.next();
      return stream.fail("a name after the dot");
    }
    if (stream.takeOperator("[") === undefined) return undefined;
    const term = this.term(true);
    stream.expectOperator("]");
    return { term, dot: false, span: stream.spanFrom(start) };
  }
}

/** The name being called, when a term is one: `f` or `a.b.f`. */
function calledName(term: Term): readonly Name[] | undefined {
  if (term.kind === "var") return [{ name: term.name, span: term.span }];
  if (term.kind !== "ref" || term.head.kind !== "var") return undefined;
  const names: Name[] = [{ name: term.head.name, span: term.head.span }];
  for (const part of term.parts) {
    if (part.term.kind !== "string") return undefined;
    names.push({ name: part.term.value, span: part.span });
  }
  return names;
}
