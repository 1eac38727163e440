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
import { packagePath, type Spanned, TermFormatter } from "./format-terms.ts";
import { FormatWriter } from "./format-writer.ts";
import { parseRego } from "./parse-rego.ts";

/** Where a part stands, and in which of two spellings it is written. */
const UNSAID = new Set(["span", "argsSpan", "dot", "form"]);

/** The text in its usual layout; undefined for text that has errors. Formatting twice changes nothing more. */
export function formatRego(source: SourceFile): string | undefined {
  const { module, diagnostics } = parseRego(source);
  if (diagnostics.some(({ severity }) => severity === "error")) return undefined;
  const formatted = new RegoFormatter(module, source.text).format();
  const isKept = formatted === source.text || isSame(module, formatted, source.file);
  return isKept ? formatted : source.text;
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
  return (
    comments(module) === comments(other.module) &&
    declarations(module) === declarations(other.module) &&
    saysSame(module.rules, other.module.rules)
  );
}

function declarations({ package: declared, imports }: Module): string {
  const sorted = imports.map(({ path, alias }) => `${path.join(".")} ${alias ?? ""}`).sort();
  return JSON.stringify([declared.path, sorted]);
}

/** Whether two parts of modules are the same but for places, and for what two spellings of one thing differ in. */
function saysSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return haveSameItems(a, b);
  const [one, other] = [a, b] as [{ [key: string]: unknown }, { [key: string]: unknown }];
  for (const key in one) if (!saysSame(said(key, one[key]), said(key, other[key]))) return false;
  for (const key in other) if (!(key in one) && said(key, other[key]) !== undefined) return false;
  return true;
}

function haveSameItems(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => saysSame(item, b[index]));
}

/** What a member of a part says; undefined for what is a place, and for what need not be written. */
function said(key: string, value: unknown): unknown {
  if (UNSAID.has(key) || (key === "body" && isTrueAlone(value))) return undefined;
  if (key !== "value" || typeof value !== "object" || value === null) return value;
  // `p := true if …` is `p if …`.
  return "kind" in value && value.kind === "boolean" && "value" in value && value.value === true
    ? undefined
    : value;
}

/** A body of `true` says nothing: `p if true` is `p := true`. */
function isTrueAlone(body: unknown): boolean {
  const [only, ...others] = Array.isArray(body) ? (body as Body) : [];
  const { expression, withs = [] } = only ?? {};
  const isTrue = expression?.kind === "boolean" && expression.value;
  return isTrue && withs.length === 0 && others.length === 0;
}

/** Keywords are names in the imports that once introduced them. */
function importText({ path, alias }: Import): string {
  const text = path[0] === "future" ? path.join(".") : packagePath(path);
  return `import ${text}${alias === undefined ? "" : ` as ${alias}`}`;
}

class RegoFormatter {
  readonly #module: Module;
  readonly #out: FormatWriter;
  readonly #terms: TermFormatter;

  constructor(module: Module, text: string) {
    this.#module = module;
    this.#out = new FormatWriter(text, module.comments);
    this.#terms = new TermFormatter(this.#out, {
      body: (body) => this.#body(body),
      statement: (statement) => this.#statement(statement),
    });
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
      const next = rules[index + 1];
      // A rule may begin on the line on which another ends: what follows it there is its own.
      out.commentsEnd = next?.span.start ?? Number.POSITIVE_INFINITY;
      out.commentsUpTo(this.#rowOf(rule));
      this.#rule(rule);
      if (next === undefined || !this.#isPair(rule, next)) out.blankLine();
    }
    out.commentsUpTo(Number.POSITIVE_INFINITY);
    return `${out.text.trimEnd()}\n`;
  }

  #rowOf({ span }: Spanned): number {
    return this.#out.row(span.start);
  }

  #endRowOf({ span }: Spanned): number {
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
      const lines = group.map((each) => ({
        text: importText(each),
        // A comment on an import's line goes where the import does.
        comment: this.#out.takeCommentOn(this.#rowOf(each)),
      }));
      const isSorted = lines.every(({ text }, index) => text >= (lines[index - 1]?.text ?? ""));
      const ordered = isSorted ? lines : lines.toSorted((a, b) => (a.text < b.text ? -1 : 1));
      for (const [index, { text, comment }] of ordered.entries()) {
        const row = this.#rowOf(group[index] as Import);
        if ((isSorted || index === 0) && row < rulesFrom) this.#out.commentsUpTo(row);
        this.#out.write(comment === undefined ? text : `${text} ${comment}`);
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
    const { span, args, argsSpan = span } = head;
    if (args !== undefined) this.#terms.list("(", args, ")", { span: argsSpan });
    if (head.element !== undefined) {
      out.write(" contains ");
      this.#terms.term(head.element);
    }
    const isAlone = elses.length === 0 && this.#isAlone(rule);
    if (head.element === undefined) this.#value(rule, head, isAlone);
    if (!isAlone) this.#ruleBody(body, this.#rowOf(head), rule);
    for (const [index, branch] of elses.entries())
      this.#else(branch, elses[index - 1] ?? rule, index === elses.length - 1);
    if (!out.isAtLineStart) {
      out.commentAfter(this.#endRowOf(rule));
      out.endLine();
    }
  }

  /** Whether it has a body that says nothing, and no comment. */
  #isAlone(owner: Rule | ElseBranch): boolean {
    return isTrueAlone(owner.body) && !this.#out.hasCommentBefore(this.#endRowOf(owner));
  }

  /** That a rule is true goes without saying where it has a body. */
  #value(
    { body, isDefault = false, head }: Partial<Rule>,
    { value }: { readonly value?: Term },
    isAlone: boolean,
  ): void {
    const isTrue = value === undefined || (value.kind === "boolean" && value.value);
    // `p[x] if …` was once a set: that it is an object whose values are true is said.
    const isEntry = head?.ref.length === 2 && /^(?:var|ref)$/.test(head.ref[1]?.term.kind ?? "");
    const isUnsaid = value === undefined || (body !== undefined && !isDefault && !isEntry);
    if (isTrue && isUnsaid && !isAlone) return;
    this.#out.write(" := ");
    if (value === undefined) this.#out.write("true");
    else this.#terms.term(value);
  }

  #headRef([first, ...others]: readonly RefPart[]): void {
    if (first !== undefined) this.#terms.term(first.term);
    for (const part of others) this.#terms.refPart(part);
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

  #else(branch: ElseBranch, before: Rule | ElseBranch, isLast: boolean): void {
    const out = this.#out;
    const row = this.#rowOf(branch);
    const lineStart = out.source(0, branch.span.start).lastIndexOf("\n") + 1;
    const isBehind = out.source(lineStart, branch.span.start).trim() !== "";
    const isInline = isBehind && row > this.#rowOf(before);
    if (isInline && !out.hasCommentBefore(row)) out.write(" ");
    else {
      out.blankLine();
      out.commentsUpTo(row);
    }
    out.write("else");
    const isAlone = isLast && this.#isAlone(branch);
    this.#value(branch, branch, isAlone);
    if (!isAlone) this.#ruleBody(branch.body, row, branch);
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
      this.#terms.term(modifier.target);
      out.write(" as ");
      this.#terms.term(modifier.value);
    }
    if (isIndented) out.outdent();
  }

  /** Names on the lines on which they were written. */
  #some(names: readonly Name[]): void {
    const out = this.#out;
    let row: number | undefined;
    out.write("some ");
    out.indent();
    for (const name of names) {
      const at = this.#rowOf(name);
      if (row !== undefined) out.write(at > row ? "," : ", ");
      if (row !== undefined && at > row) out.endLine();
      out.commentsUpTo(at);
      out.write(name.name);
      row = at;
    }
    out.outdent();
  }

  #expression(expression: Expression): void {
    const out = this.#out;
    switch (expression.kind) {
      case "not":
        out.write("not ");
        this.#expression(expression.expression);
        return;
      case "some":
        this.#some(expression.names);
        return;
      case "some-in":
        out.write("some ");
        this.#terms.in(expression.key, expression.value, expression.collection);
        return;
      case "every": {
        const { key, value, domain, body } = expression;
        out.write(`every ${key === undefined ? "" : `${key.name}, `}${value.name} in `);
        this.#terms.term(domain);
        out.write(" {");
        this.#terms.closureBody(body, this.#rowOf(expression), expression.span.end);
        const isInline =
          body.length === 1 && this.#rowOf(body[0] as Statement) === this.#rowOf(expression);
        out.write(isInline ? " }" : "}");
        return;
      }
      case "assign":
      case "unify":
        this.#terms.term(expression.left);
        out.write(expression.kind === "assign" ? " := " : " = ");
        this.#terms.term(expression.right);
        return;
      case "infix":
        this.#terms.term(expression.left);
        out.write(` ${expression.operator} `);
        this.#terms.term(expression.right);
        return;
      case "in":
        this.#terms.in(expression.key, expression.value, expression.collection);
        return;
      default:
        this.#terms.term(expression);
    }
  }
}
