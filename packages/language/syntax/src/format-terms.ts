// The layout of terms: collections and arguments on one line or one item a line, as they were written, with
// the comments between them.

import type { Body, Name, RefPart, Statement, Term } from "./ast.ts";
import type { FormatWriter } from "./format-writer.ts";
import { KEYWORDS } from "./parse-term.ts";

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface Spanned {
  readonly span: Term["span"];
}

/** How the bodies of comprehensions are laid out. */
interface Bodies {
  readonly body: (body: Body) => void;
  readonly statement: (statement: Statement) => void;
}

export class TermFormatter {
  readonly #out: FormatWriter;
  readonly #bodies: Bodies;

  constructor(out: FormatWriter, bodies: Bodies) {
    this.#out = out;
    this.#bodies = bodies;
  }

  #rowOf({ span }: Spanned): number {
    return this.#out.row(span.start);
  }

  in(key: Term | undefined, value: Term, collection: Term): void {
    if (key !== undefined) {
      this.term(key, true);
      this.#out.write(", ");
    }
    this.term(value, true);
    this.#out.write(" in ");
    this.term(collection, true);
  }

  /** `isOperand`: infix operators within others are put in parentheses. */
  term(term: Term, isOperand = false): void {
    const out = this.#out;
    out.commentsUpTo(this.#rowOf(term));
    switch (term.kind) {
      case "null":
        out.write("null");
        return;
      case "boolean":
        out.write(String(term.value));
        return;
      case "number":
        out.write(term.text);
        return;
      case "string":
      case "template":
        out.write(out.source(term.span.start, term.span.end));
        return;
      case "var":
        out.write(term.name);
        return;
      case "ref":
        this.term(term.head, term.head.kind === "infix");
        for (const part of term.parts) this.refPart(part);
        return;
      case "call":
        out.write(term.operator.map(({ name }: Name) => name).join("."));
        this.list("(", term.args, ")", term);
        return;
      case "array":
        this.list("[", term.items, "]", term);
        return;
      case "set":
        if (term.items.length === 0) out.write("set()");
        else this.list("{", term.items, "}", term);
        return;
      case "object":
        this.#entries(term);
        return;
      case "array-comprehension":
        this.#comprehension("[", undefined, term, "]");
        return;
      case "set-comprehension":
        this.#comprehension("{", undefined, term, "}");
        return;
      case "object-comprehension":
        this.#comprehension("{", term.key, term, "}");
        return;
      case "infix":
        if (isOperand) out.write("(");
        this.term(term.left, true);
        out.write(` ${term.operator} `);
        this.term(term.right, true);
        if (isOperand) out.write(")");
        return;
      case "in": {
        const needsParens = term.key !== undefined || (isOperand && this.#isInParens(term));
        if (needsParens) out.write("(");
        this.in(term.key, term.value, term.collection);
        if (needsParens) out.write(")");
      }
    }
  }

  refPart({ term }: RefPart): void {
    const out = this.#out;
    const isName =
      term.kind === "string" && IDENTIFIER.test(term.value) && !KEYWORDS.has(term.value);
    if (isName) {
      out.write(`.${term.value}`);
      return;
    }
    out.write("[");
    this.term(term);
    out.write("]");
  }

  #isInParens({ span }: Term): boolean {
    return /\(\s*$/.test(this.#out.source(Math.max(0, span.start - 200), span.start));
  }

  /** `|` inside a collection would begin a comprehension. */
  #item(term: Term): void {
    const isUnion = term.kind === "infix" && term.operator === "|" && this.#isInParens(term);
    this.term(term, isUnion);
  }

  list(open: string, items: readonly Term[], close: string, owner: Spanned): void {
    const rowOf = (item: Term): number => this.#rowOf(item);
    this.#sequence([open, items, close], rowOf, owner, (item) => this.#item(item));
  }

  #entries(term: Extract<Term, { kind: "object" }>): void {
    const rowOf = ([key]: (typeof term.entries)[number]): number => this.#rowOf(key);
    this.#sequence(["{", term.entries, "}"], rowOf, term, ([key, value]) => {
      this.#item(key);
      this.#out.write(": ");
      this.#item(value);
    });
  }

  /** Items that begin on one line stay on one. */
  #lines<Item>(
    items: readonly Item[],
    rowOf: (item: Item) => number,
  ): readonly (readonly Item[])[] {
    const lines: Item[][] = [];
    let row: number | undefined;
    for (const item of items) {
      const at = rowOf(item);
      if (row === undefined || at > row) lines.push([item]);
      else lines.at(-1)?.push(item);
      row = at;
    }
    return lines;
  }

  /** A comment behind the opening bracket goes behind the first item, if that has none of its own. */
  #sequence<Item>(
    [open, items, close]: readonly [string, readonly Item[], string],
    rowOf: (item: Item) => number,
    { span }: Spanned,
    write: (item: Item) => void,
  ): void {
    const out = this.#out;
    const lines = this.#lines(items, rowOf);
    const [first] = items;
    const firstRow = first === undefined ? 0 : rowOf(first);
    const isLong = lines.length > 1 || out.hasCommentBefore(firstRow);
    out.write(open);
    if (isLong) {
      out.endLine({ keepsComment: !out.hasCommentOn(firstRow) });
      out.indent();
    }
    for (const [index, line] of lines.entries()) {
      for (const [place, item] of line.entries()) {
        if (place > 0) out.write(", ");
        write(item);
      }
      if (isLong) out.write(",");
      if (index < lines.length - 1) out.endLine();
    }
    if (isLong) {
      out.endLine();
      out.commentsUpTo(out.row(span.end - 1));
      out.outdent();
    }
    out.write(close);
  }

  #comprehension(
    open: string,
    key: Term | undefined,
    { value, body, span }: Extract<Term, { body: Body }>,
    close: string,
  ): void {
    const out = this.#out;
    out.write(open);
    const first = key ?? value;
    if (this.#rowOf(first) > out.row(span.start) + (key === undefined ? 0 : 1)) out.endLine();
    if (key !== undefined) {
      this.term(key);
      out.write(": ");
    }
    this.term(value, value.kind === "infix" && this.#isInParens(value));
    out.write(" |");
    this.closureBody(body, this.#rowOf(first), span.end);
    out.write(close);
  }

  /** On the line of what is before it, or a line a statement. */
  closureBody(body: Body, row: number, end: number): void {
    const out = this.#out;
    const rows = body.map((statement) => this.#rowOf(statement));
    const isLong = rows.some((at, index) => at > (index === 0 ? row : (rows[index - 1] as number)));
    if (!isLong) {
      for (const [index, statement] of body.entries()) {
        out.write(index === 0 ? " " : "; ");
        this.#bodies.statement(statement);
      }
      return;
    }
    out.endLine();
    out.indent();
    this.#bodies.body(body);
    out.commentsUpTo(out.row(end - 1));
    out.outdent();
  }
}

/** `a.b["c-d"]`. */
export function packagePath([first = "", ...rest]: readonly string[]): string {
  return rest.reduce(
    (text, key) =>
      IDENTIFIER.test(key) && !KEYWORDS.has(key)
        ? `${text}.${key}`
        : `${text}[${JSON.stringify(key)}]`,
    first,
  );
}
