// Rego in its one usual layout, that of `opa fmt`: tabs, one statement a line, a blank line between rules,
// collections on one line or one item a line as they were written. What cannot be laid out with every
// comment kept and the same meaning is left as it was: that is checked, not hoped for.

import type { SourceFile } from "@writ/diagnostics";
import type {
  Body,
  ElseBranch,
  Expression,
  Import,
  Module,
  Name,
  RefPart,
  Rule,
  Statement,
  Term,
} from "./ast.ts";
import { FormatWriter } from "./format-writer.ts";
import { parseRego } from "./parse-rego.ts";
import { KEYWORDS } from "./parse-term.ts";

const PLACES = new Set(["span", "dot", "annotations", "form"]);
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The text in its usual layout; undefined for text that has errors. Formatting twice changes nothing more. */
export function formatRego(source: SourceFile): string | undefined {
  const { module, diagnostics } = parseRego(source);
  if (diagnostics.some(({ severity }) => severity === "error")) return undefined;
  const formatted = new RegoFormatter(module, source.text).format();
  return isSame(module, formatted, source.file) ? formatted : source.text;
}

/** Whether a text says the same, comments included. */
function isSame(module: Module, text: string, file: string): boolean {
  const other = parseRego({ file, text });
  if (other.diagnostics.length > 0) return false;
  const comments = (of: Module): string =>
    of.comments
      .map((comment) => comment.text.trimEnd())
      .sort()
      .join("\n");
  return comments(module) === comments(other.module) && shape(module) === shape(other.module);
}

/** A module without its places, and without what two spellings of one thing differ in. */
function shape({ package: declared, imports, rules }: Module): string {
  const sorted = imports.map(({ path, alias }) => `${path.join(".")} ${alias ?? ""}`).sort();
  const text = JSON.stringify(rules, (key, value: unknown) => {
    if (PLACES.has(key)) return undefined;
    // `p := true if …` is `p if …`.
    const term = value as { readonly kind?: string; readonly value?: unknown } | undefined;
    const isTrue = key === "value" && term?.kind === "boolean" && term.value === true;
    return isTrue ? undefined : value;
  });
  return JSON.stringify([declared.path, sorted, text]);
}

class RegoFormatter {
  readonly #module: Module;
  readonly #out: FormatWriter;

  constructor(module: Module, text: string) {
    this.#module = module;
    this.#out = new FormatWriter(text, module.comments);
  }

  format(): string {
    const { package: declared, imports, rules } = this.#module;
    const out = this.#out;
    out.commentsUpTo(this.#rowOf(declared));
    out.write(`package ${packagePath(declared.path)}`);
    out.endLine();
    out.blankLine();
    const [first] = rules;
    this.#imports(imports, first === undefined ? Number.POSITIVE_INFINITY : this.#rowOf(first));
    for (const [index, rule] of rules.entries()) {
      out.commentsUpTo(this.#rowOf(rule));
      this.#rule(rule);
      const next = rules[index + 1];
      if (next === undefined || !this.#isPair(rule, next)) out.blankLine();
    }
    out.commentsUpTo(Number.POSITIVE_INFINITY);
    return `${out.text.trimEnd()}\n`;
  }

  #rowOf({ span }: { readonly span: Term["span"] }): number {
    return this.#out.row(span.start);
  }

  #endRowOf({ span }: { readonly span: Term["span"] }): number {
    return this.#out.row(span.end);
  }

  /** Rules of one line that follow each other stay together. */
  #isPair(rule: Rule, next: Rule): boolean {
    const isShort = ({ body, isDefault }: Rule): boolean => !isDefault && (body?.length ?? 0) <= 1;
    return isShort(rule) && isShort(next) && this.#rowOf(next) === this.#rowOf(rule) + 1;
  }

  /** Sorted within groups that blank lines separate. Comments from the first rule on are not theirs. */
  #imports(imports: readonly Import[], rulesFrom: number): void {
    const groups: Import[][] = [];
    for (const each of imports) {
      const last = groups.at(-1)?.at(-1);
      if (last !== undefined && this.#rowOf(each) - this.#rowOf(last) <= 1)
        groups.at(-1)?.push(each);
      else groups.push([each]);
    }
    for (const group of groups) {
      const lines = group.map(({ path: imported, alias }) => ({
        text: `import ${packagePath(imported)}${alias === undefined ? "" : ` as ${alias}`}`,
      }));
      const isSorted = lines.every(({ text }, index) => text >= (lines[index - 1]?.text ?? ""));
      const ordered = isSorted ? lines : lines.toSorted((a, b) => (a.text < b.text ? -1 : 1));
      for (const [index, { text }] of ordered.entries()) {
        // A comment on an import's line is that line's: imports that are moved take none along.
        const row = this.#rowOf(group[index] as Import);
        if ((isSorted || index === 0) && row < rulesFrom) this.#out.commentsUpTo(row);
        this.#out.write(text);
        this.#out.endLine();
      }
      this.#out.blankLine();
    }
  }

  #rule(rule: Rule): void {
    const { head, body, elses, isDefault } = rule;
    const out = this.#out;
    if (isDefault) out.write("default ");
    this.#headRef(head.ref);
    if (head.args !== undefined) this.#list("(", head.args, ")", rule);
    if (head.element !== undefined) {
      out.write(" contains ");
      this.#term(head.element);
    }
    const isTrue = head.value?.kind === "boolean" && head.value.value;
    if (head.value !== undefined && !(isTrue && body !== undefined && !isDefault)) {
      out.write(" := ");
      this.#term(head.value);
    }
    this.#ruleBody(body, this.#rowOf(head), rule);
    for (const branch of elses) this.#else(branch);
    if (!out.isAtLineStart) {
      out.commentAfter(this.#endRowOf(rule));
      out.endLine();
    }
  }

  /** `p["a"]` stays what it is: an entry of an object, not a rule of that name. */
  #headRef([first, ...others]: readonly RefPart[]): void {
    if (first !== undefined) this.#term(first.term);
    for (const part of others) this.#refPart(part, others.length === 1 && !part.dot);
  }

  #ruleBody(body: Body | undefined, headRow: number, owner: Rule | ElseBranch): void {
    if (body === undefined) return;
    const out = this.#out;
    out.write(" if");
    const [only] = body;
    if (only !== undefined && body.length === 1 && this.#rowOf(only) === headRow) {
      out.write(" ");
      this.#statement(only);
      return;
    }
    out.write(" {");
    out.commentsUpTo(headRow);
    out.endLine();
    out.indent();
    this.#body(body);
    this.#closeBody(owner);
  }

  /** Comments before the closing brace, and the brace. */
  #closeBody(owner: Rule | ElseBranch): void {
    const out = this.#out;
    const { elses } = owner as Partial<Rule>;
    const [next] = elses ?? [];
    // Of a rule with else branches, the brace is the last before the first of them.
    const until = next === undefined ? owner.span.end : next.span.start;
    const close = out.source(0, until).lastIndexOf("}");
    out.commentsUpTo(out.row(close));
    out.outdent();
    out.write("}");
  }

  #else(branch: ElseBranch): void {
    const out = this.#out;
    const row = this.#rowOf(branch);
    const lineStart = out.source(0, branch.span.start).lastIndexOf("\n") + 1;
    const isInline = out.source(lineStart, branch.span.start).trim() !== "";
    if (isInline && !out.hasCommentBefore(row)) out.write(" ");
    else {
      out.blankLine();
      out.commentsUpTo(row);
    }
    out.write("else");
    const isTrue = branch.value?.kind === "boolean" && branch.value.value;
    if (branch.value !== undefined && !(isTrue && branch.body !== undefined)) {
      out.write(" := ");
      this.#term(branch.value);
    }
    this.#ruleBody(branch.body, row, branch);
  }

  /** Statements on lines of their own, with the blank lines between them that there were. */
  #body(body: Body): void {
    const out = this.#out;
    for (const [index, statement] of body.entries()) {
      const previous = body[index - 1];
      if (previous !== undefined && this.#rowOf(statement) > this.#endRowOf(previous) + 1) {
        const isCommented = out.hasCommentBefore(this.#rowOf(statement));
        if (!isCommented || this.#hasBlankAfter(previous)) out.blankLine();
      }
      this.#statement(statement);
      if (!out.isAtLineStart) {
        out.commentAfter(this.#endRowOf(statement));
        out.endLine();
      }
    }
  }

  #hasBlankAfter({ span }: Statement): boolean {
    return /^[^\n]*\n[ \t]*\r?\n/.test(this.#out.source(span.end, span.end + 10_000));
  }

  #statement({ expression, withs }: Statement): void {
    const out = this.#out;
    out.commentsUpTo(this.#rowOf(expression));
    this.#expression(expression);
    let row: number | undefined;
    let isIndented = false;
    for (const modifier of withs) {
      const at = this.#rowOf(modifier);
      if (row !== undefined && at !== row) {
        if (!isIndented) out.indent();
        isIndented = true;
        out.endLine();
        out.commentsUpTo(at);
      } else out.write(" ");
      row = at;
      out.write("with ");
      this.#term(modifier.target);
      out.write(" as ");
      this.#term(modifier.value);
    }
    if (isIndented) out.outdent();
  }

  #expression(expression: Expression): void {
    const out = this.#out;
    switch (expression.kind) {
      case "not":
        out.write("not ");
        this.#expression(expression.expression);
        return;
      case "some":
        out.write(`some ${expression.names.map(({ name }: Name) => name).join(", ")}`);
        return;
      case "some-in":
        out.write("some ");
        this.#in(expression.key, expression.value, expression.collection);
        return;
      case "every": {
        const { key, value, domain, body } = expression;
        out.write(`every ${key === undefined ? "" : `${key.name}, `}${value.name} in `);
        this.#term(domain);
        out.write(" {");
        this.#closureBody(body, this.#rowOf(expression), expression.span.end);
        const isInline =
          body.length === 1 && this.#rowOf(body[0] as Statement) === this.#rowOf(expression);
        out.write(isInline ? " }" : "}");
        return;
      }
      case "assign":
      case "unify":
        this.#term(expression.left);
        out.write(expression.kind === "assign" ? " := " : " = ");
        this.#term(expression.right);
        return;
      case "infix":
        this.#term(expression.left);
        out.write(` ${expression.operator} `);
        this.#term(expression.right);
        return;
      case "in":
        this.#in(expression.key, expression.value, expression.collection);
        return;
      default:
        this.#term(expression);
    }
  }

  #in(key: Term | undefined, value: Term, collection: Term): void {
    if (key !== undefined) {
      this.#term(key, true);
      this.#out.write(", ");
    }
    this.#term(value, true);
    this.#out.write(" in ");
    this.#term(collection, true);
  }

  /** `isOperand`: infix operators within others are put in parentheses. */
  #term(term: Term, isOperand = false): void {
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
        this.#term(term.head, term.head.kind === "infix");
        for (const part of term.parts) this.#refPart(part);
        return;
      case "call":
        out.write(term.operator.map(({ name }: Name) => name).join("."));
        this.#list("(", term.args, ")", term);
        return;
      case "array":
        this.#list("[", term.items, "]", term);
        return;
      case "set":
        if (term.items.length === 0) out.write("set()");
        else this.#list("{", term.items, "}", term);
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
        this.#term(term.left, true);
        out.write(` ${term.operator} `);
        this.#term(term.right, true);
        if (isOperand) out.write(")");
        return;
      case "in": {
        const needsParens = term.key !== undefined || (isOperand && this.#isInParens(term));
        if (needsParens) out.write("(");
        this.#in(term.key, term.value, term.collection);
        if (needsParens) out.write(")");
      }
    }
  }

  #refPart({ term }: RefPart, keepsBrackets = false): void {
    const out = this.#out;
    const isName =
      term.kind === "string" && IDENTIFIER.test(term.value) && !KEYWORDS.has(term.value);
    if (isName && !keepsBrackets) {
      out.write(`.${term.value}`);
      return;
    }
    out.write("[");
    this.#term(term);
    out.write("]");
  }

  #isInParens({ span }: Term): boolean {
    return /\(\s*$/.test(this.#out.source(Math.max(0, span.start - 200), span.start));
  }

  /** `|` inside a collection would begin a comprehension. */
  #item(term: Term): void {
    const isUnion = term.kind === "infix" && term.operator === "|" && this.#isInParens(term);
    this.#term(term, isUnion);
  }

  #list(open: string, items: readonly Term[], close: string, owner: Term | Rule): void {
    const lines = this.#lines(items, (item) => this.#rowOf(item));
    this.#sequence(open, lines, close, owner, (item) => this.#item(item));
  }

  #entries(term: Extract<Term, { kind: "object" }>): void {
    const lines = this.#lines(term.entries, ([key]) => this.#rowOf(key));
    this.#sequence("{", lines, "}", term, ([key, value]) => {
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

  #sequence<Item>(
    open: string,
    lines: readonly (readonly Item[])[],
    close: string,
    { span }: { readonly span: Term["span"] },
    write: (item: Item) => void,
  ): void {
    const out = this.#out;
    const isLong = lines.length > 1;
    out.write(open);
    if (isLong) {
      out.endLine();
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
      this.#term(key);
      out.write(": ");
    }
    this.#term(value, value.kind === "infix" && this.#isInParens(value));
    out.write(" |");
    this.#closureBody(body, this.#rowOf(first), span.end);
    out.write(close);
  }

  /** On the line of what is before it, or a line a statement. */
  #closureBody(body: Body, row: number, end: number): void {
    const out = this.#out;
    const rows = body.map((statement) => this.#rowOf(statement));
    const isLong = rows.some((at, index) => at > (index === 0 ? row : (rows[index - 1] as number)));
    if (!isLong) {
      for (const [index, statement] of body.entries()) {
        out.write(index === 0 ? " " : "; ");
        this.#statement(statement);
      }
      return;
    }
    out.endLine();
    out.indent();
    this.#body(body);
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
