// Rego v1 modules: package, imports, rules and bodies. What cannot be read is reported once and skipped
// to where the text can be taken up again (the next statement or the next rule), so that independent
// errors are all found in one go and none is a consequence of another.

import { type Diagnostic, diagnostic, type SourceFile, sortDiagnostics } from "@writ/diagnostics";
import { attachAnnotations } from "./annotations.ts";
import type {
  Body,
  ElseBranch,
  Expression,
  Import,
  Module,
  Name,
  PackageDecl,
  RefPart,
  Rule,
  RuleHead,
  Statement,
  Term,
  WithModifier,
} from "./ast.ts";
import {
  beginsComprehension,
  importsAllKeywords,
  isConstantTerm,
  isFutureKeywords,
  newerKeyword,
} from "./forms.ts";
import { lex } from "./lex.ts";
import type { ModuleParts } from "./module-parts.ts";
import { KEYWORDS, TermParser } from "./parse-term.ts";
import { ParseFailure, TokenStream } from "./token-stream.ts";

/** A module of what could be read, and what could not. */
export interface ParseResult {
  readonly module: Module;
  readonly diagnostics: readonly Diagnostic[];
}

/** Larger files are not read at all. */
export const MAX_SOURCE_BYTES: number = 16 * 1024 * 1024;

/** Reads a Rego v1 module. Never throws; the module holds what could be read. */
export function parseRego(source: SourceFile): ParseResult {
  const { file, text } = source;
  if (text.length > MAX_SOURCE_BYTES) {
    const found = diagnostic("E0112", { limit: MAX_SOURCE_BYTES }, { file, start: 0, end: 0 });
    return { module: emptyModule(file), diagnostics: [found] };
  }
  const { tokens, comments, diagnostics } = lex(source);
  const parser = new ModuleParser(new TokenStream(file, tokens), text);
  const parsed = parser.module();
  const annotated = attachAnnotations(source, parsed, comments);
  const module: Module = {
    kind: "module",
    file,
    form: "rego",
    ...annotated.parts,
    comments,
    span: { file, start: 0, end: text.length },
  };
  const all = [
    ...diagnostics,
    ...withoutConsequences(parser.diagnostics, diagnostics),
    ...annotated.diagnostics,
  ];
  return { module, diagnostics: sortDiagnostics(all) };
}

/** What the lexer could not read often leaves a hole that the parser then trips over. */
function withoutConsequences(
  parsed: readonly Diagnostic[],
  lexed: readonly Diagnostic[],
): readonly Diagnostic[] {
  const lexedAt = lexed.map(({ primary }) => primary.span.start);
  return parsed.filter(
    ({ primary }) =>
      !lexedAt.some((at) => at <= primary.span.start && primary.span.start - at < 200),
  );
}

export function emptyModule(file: string): Module {
  const span = { file, start: 0, end: 0 };
  return {
    kind: "module",
    file,
    form: "rego",
    package: { path: [], annotations: [], span },
    imports: [],
    rules: [],
    comments: [],
    span,
  };
}

const NO_WITHS: readonly WithModifier[] = [];

class ModuleParser {
  readonly diagnostics: Diagnostic[] = [];
  readonly #text: string;
  readonly #stream: TokenStream;
  readonly #terms: TermParser;

  constructor(stream: TokenStream, text: string) {
    this.#text = text;
    this.#stream = stream;
    this.#terms = new TermParser(stream, (within, close) => this.#bodyOf(within, close));
  }

  module(): ModuleParts {
    const stream = this.#stream;
    const empty: PackageDecl = {
      path: [],
      annotations: [],
      span: { file: stream.file, start: 0, end: 0 },
    };
    const packageDecl = this.#recover(() => this.#package()) ?? empty;
    const imports: Import[] = [];
    const rules: Rule[] = [];
    let after = "package";
    while (!stream.isAtEnd()) {
      if (stream.isName("import")) {
        const found = this.#recover(() => this.#import(), after);
        if (found !== undefined) imports.push(found);
        after = "import";
      } else {
        rules.push(...(this.#recover(() => this.#rule(), after) ?? []));
        after = "rule";
      }
    }
    this.#checkKeywords(imports);
    return { package: packageDecl, imports, rules };
  }

  /**
   * Since OPA 1.20 `future.keywords` is also `not`, `and` and `or`, with which a module decides otherwise. A module
   * that uses none of the three means the same everywhere.
   */
  #checkKeywords(imports: readonly Import[]): void {
    for (const { path, span } of imports) {
      const keyword =
        newerKeyword(path) ??
        (importsAllKeywords(path) ? this.#stream.firstName(["not", "and", "or"]) : undefined);
      if (keyword === undefined) continue;
      const found = diagnostic("E0222", { import: path.join("."), keyword }, span, {
        help: "import the keywords you use, such as `future.keywords.in`, or nothing: Rego v1 has them",
      });
      this.diagnostics.push(found);
    }
  }

  /**
   * On failure: reports, and skips to the next token that begins a line at its start. A rule may follow what
   * is before it on the same line; what is none there is too much on that line.
   */
  #recover<T>(parse: () => T, after?: string): T | undefined {
    const stream = this.#stream;
    const before = stream.index;
    const isTooMuch = after !== undefined && !stream.peek().newlineBefore;
    const expected = `the end of the line after the ${after}`;
    const tooMuch = isTooMuch ? stream.failure(expected) : undefined;
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof ParseFailure)) throw error;
      this.diagnostics.push((tooMuch ?? error).diagnostic);
      if (stream.index === before) stream.next();
      while (!stream.isAtEnd() && !this.#isAtRuleStart()) stream.next();
      return undefined;
    }
  }

  /** Rules begin at the margin; what stands there inside a body is a closing bracket. */
  #isAtRuleStart(): boolean {
    const token = this.#stream.peek();
    return token.kind === "name" && token.newlineBefore && this.#text[token.start - 1] === "\n";
  }

  #package(): PackageDecl {
    const stream = this.#stream;
    const { start } = stream.peek();
    if (stream.takeName("package") === undefined) {
      const { end } = stream.peek();
      throw new ParseFailure(
        diagnostic(
          "E0107",
          {},
          { file: stream.file, start, end },
          { help: "begin the file with `package my.policy`" },
        ),
      );
    }
    const path = this.#path();
    return { path, annotations: [], span: stream.spanFrom(start) };
  }

  #import(): Import {
    const stream = this.#stream;
    const { start } = stream.next();
    const path = this.#path();
    const alias =
      stream.takeName("as") === undefined ? undefined : this.#name("a name for the import");
    const span = stream.spanFrom(start);
    const found = `\`${path.join(".")}\``;
    const [root = ""] = path;
    if (!["data", "input", "rego", "future"].includes(root))
      this.diagnostics.push(diagnostic("E0214", {}, span));
    else if (root === "rego" && path.join(".") !== "rego.v1")
      this.diagnostics.push(diagnostic("E0101", { expected: "`rego.v1`", found }, span));
    else if (
      root === "future" &&
      newerKeyword(path) === undefined &&
      (!isFutureKeywords(path) || alias !== undefined)
    ) {
      const expected = "`future.keywords`, without another name";
      this.diagnostics.push(diagnostic("E0101", { expected, found }, span));
    }
    return { path, ...(alias === undefined ? {} : { alias: alias.name }), span };
  }

  /** `a.b["c d"]`. */
  #path(): string[] {
    const stream = this.#stream;
    const first = stream.peek();
    if (first.kind !== "name") return stream.fail("a path");
    stream.next();
    const path = [first.text];
    while (stream.isAdjacent()) {
      const part = this.#terms.refPart();
      if (part === undefined) break;
      if (part.term.kind !== "string") return stream.fail("a constant path");
      path.push(part.term.value);
    }
    return path;
  }

  #name(what: string): Name {
    const token = this.#stream.peek();
    if (token.kind !== "name" || (KEYWORDS.has(token.text) && !this.#stream.isDotted()))
      return this.#stream.fail(what);
    this.#stream.next();
    return { name: token.text, span: this.#stream.spanFrom(token.start) };
  }

  /** One rule; several when a head has more than one body. */
  #rule(): Rule[] {
    const stream = this.#stream;
    const { start } = stream.peek();
    const isDefault = stream.takeName("default") !== undefined;
    const head = this.#head();
    if (isDefault) return [this.#default(head, start)];
    const body = stream.takeName("if") === undefined ? undefined : this.#ruleBody();
    if (body === undefined && stream.isOperator("{") && !stream.peek().newlineBefore)
      this.#missingIf(head);
    if (stream.isName("else") && body !== undefined) this.#checkElse(head);
    const elses = body === undefined ? [] : this.#elses();
    // A function without a body takes what it takes, and is true.
    const isFunction = head.args !== undefined && head.args.length > 0;
    if (
      body === undefined &&
      head.value === undefined &&
      head.element === undefined &&
      !isFunction
    ) {
      const name = head.ref.map(({ term }) => (term.kind === "var" ? term.name : "")).join("");
      const help = `write \`${name} := …\` or \`${name} if …\``;
      throw new ParseFailure(diagnostic("E0111", { name }, head.span, { help }));
    }
    const shared = { kind: "rule", isDefault, head, annotations: [] } as const;
    const own = body === undefined ? {} : { body };
    const rules: Rule[] = [{ ...shared, ...own, elses, span: stream.spanFrom(start) }];
    while (body !== undefined && elses.length === 0 && stream.isOperator("{")) {
      const from = stream.peek().start;
      const next = this.#block();
      rules.push({ ...shared, body: next, elses: [], span: stream.spanFrom(from) });
    }
    return rules;
  }

  /** A constant, and for a function names of what it takes. */
  #default(head: RuleHead, start: number): Rule {
    const names = (head.args ?? []).map((arg) => (arg.kind === "var" ? arg.name : undefined));
    const taken = names.filter((name) => name !== "_");
    const isPlain = !names.includes(undefined) && new Set(taken).size === taken.length;
    // To OPA `default x` is `default x := true`, and `default x[1]` is nothing.
    const { value } = head;
    const isConstant = value === undefined ? head.ref.length !== 2 : isConstantTerm(value);
    if (!isConstant || !isPlain || head.element !== undefined) {
      const { span } = isConstant ? head : (value ?? head);
      const expected = isPlain ? "a constant as the default" : "different names as arguments";
      const found = `\`${this.#text.slice(span.start, span.end)}\``;
      throw new ParseFailure(diagnostic("E0101", { expected, found }, span));
    }
    const span = this.#stream.spanFrom(start);
    return { kind: "rule", isDefault: true, head, elses: [], annotations: [], span };
  }

  /** Only a rule of one value, at one path, has an `else`. */
  #checkElse({ ref, element }: RuleHead): void {
    const isOne = element === undefined && ref.slice(1).every(({ term }) => isConstantTerm(term));
    if (!isOne) this.#stream.fail("no `else` of a rule that collects members");
  }

  #missingIf(head: RuleHead): never {
    const { start, end } = this.#stream.peek();
    throw new ParseFailure(
      diagnostic(
        "E0105",
        {},
        { file: this.#stream.file, start, end },
        {
          related: [{ span: head.span, text: "this is the rule's head" }],
          help: "write `if` before the brace; a rule that collects members also needs `contains`",
        },
      ),
    );
  }

  #head(): RuleHead {
    const stream = this.#stream;
    const { start } = stream.peek();
    const name = this.#name("a rule");
    const ref: RefPart[] = [
      { term: { kind: "var", name: name.name, span: name.span }, dot: false, span: name.span },
    ];
    while (stream.isAdjacent() && !stream.isOperator("(")) {
      const part = this.#terms.refPart();
      if (part === undefined) break;
      ref.push(part);
    }
    const { end } = stream.previous;
    const args =
      stream.isAdjacent() && stream.takeOperator("(") !== undefined ? this.#args() : undefined;
    const argsSpan = stream.spanFrom(end);
    const element = stream.takeName("contains") === undefined ? undefined : this.#terms.term(true);
    const isAssigned = stream.takeOperator(":=") ?? stream.takeOperator("=");
    const value = isAssigned === undefined ? undefined : this.#terms.term(true);
    return {
      ref,
      ...(args === undefined ? {} : { args, argsSpan }),
      ...(element === undefined ? {} : { element }),
      ...(value === undefined ? {} : { value }),
      span: stream.spanFrom(start),
    };
  }

  #args(): readonly Term[] {
    const stream = this.#stream;
    const args: Term[] = [];
    while (!stream.isOperator(")")) {
      args.push(this.#terms.term());
      if (stream.takeOperator(",") === undefined) break;
    }
    stream.expectOperator(")");
    return args;
  }

  #elses(): readonly ElseBranch[] {
    const stream = this.#stream;
    const elses: ElseBranch[] = [];
    while (stream.isName("else")) {
      const { start } = stream.next();
      const isAssigned = stream.takeOperator(":=") ?? stream.takeOperator("=");
      const value = isAssigned === undefined ? undefined : this.#terms.term(true);
      const body = stream.takeName("if") === undefined ? undefined : this.#elseBody();
      if (value === undefined && body === undefined) stream.fail("a value or `if` after `else`");
      const span = stream.spanFrom(start);
      elses.push({
        ...(value === undefined ? {} : { value }),
        ...(body === undefined ? {} : { body }),
        span,
      });
      if (body === undefined) break;
    }
    return elses;
  }

  #elseBody(): Body {
    return this.#stream.isOperator("{") ? this.#block() : [this.#statement()];
  }

  /**
   * To OPA a brace after `if` begins a term where it can: `{"a": 1}`, `{x | y}`, `{1} == s`, and `{}`. It is
   * read as one when it is no body, or when what follows the body goes on with a term.
   */
  #ruleBody(): Body {
    const stream = this.#stream;
    if (!stream.isOperator("{")) return [this.#statement()];
    const before = stream.index;
    const reported = this.diagnostics.length;
    let failure: ParseFailure | undefined;
    let body: Body = [];
    try {
      body = this.#block();
    } catch (error) {
      if (!(error instanceof ParseFailure)) throw error;
      failure = error;
    }
    const isBody = failure === undefined && this.diagnostics.length === reported;
    if (isBody && !this.#goesOn() && !beginsComprehension(body)) return body;
    const after = stream.index;
    const found = this.diagnostics.splice(reported);
    try {
      stream.rewind(before);
      const term = this.#statement();
      const { expression } = term;
      if (this.diagnostics.length === reported && expression.kind !== "set") return [term];
    } catch (error) {
      if (!(error instanceof ParseFailure)) throw error;
    }
    this.diagnostics.splice(reported, Number.POSITIVE_INFINITY, ...found);
    stream.rewind(after);
    if (failure !== undefined) throw failure;
    return body;
  }

  /** Whether what was read is the beginning of a longer term. */
  #goesOn(): boolean {
    const stream = this.#stream;
    const { kind, text, start } = stream.peek();
    const touches = start === stream.previous.end;
    if (kind === "name") return stream.isName("in");
    return kind === "operator" && (/^[-=!<>+*/%&|:]/.test(text) || (touches && /^[.[]/.test(text)));
  }

  #block(): Body {
    const stream = this.#stream;
    const open = stream.expectOperator("{");
    const body = this.#bodyOf(stream, "}");
    stream.expectOperator("}", {
      related: [
        { span: { file: stream.file, start: open.start, end: open.end }, text: "opened here" },
      ],
    });
    return body;
  }

  /** Statements up to a closing bracket, which is left; for a template part, up to the end of its tokens. */
  #bodyOf(stream: TokenStream, close: string): Body {
    if (stream !== this.#stream) {
      const inner = new ModuleParser(stream, this.#text);
      const body = inner.#bodyOf(stream, close);
      this.diagnostics.push(...inner.diagnostics);
      return body;
    }
    return stream.nested(() => {
      const statements: Statement[] = [];
      const { start, end } = stream.peek();
      let failed = false;
      while (!stream.isAtEnd() && !stream.isOperator(close)) {
        const statement = this.#recoverStatement(close);
        if (statement === undefined) failed = true;
        else statements.push(statement);
      }
      if (statements.length === 0 && !failed) {
        throw new ParseFailure(
          diagnostic("E0110", {}, { file: stream.file, start, end: Math.max(end, start + 1) }),
        );
      }
      return [...statements];
    });
  }

  /** A statement and its separator; a failed one is reported and skipped, unless the rule ends first. */
  #recoverStatement(close: string): Statement | undefined {
    const stream = this.#stream;
    const before = stream.index;
    try {
      const statement = this.#statement();
      const token = stream.peek();
      if (stream.takeOperator(";") !== undefined) {
        if (stream.isOperator(close)) stream.fail("a statement after the `;`");
      } else if (!token.newlineBefore && !stream.isOperator(close) && token.kind !== "end") {
        stream.fail("a new line or `;` between statements");
      }
      return statement;
    } catch (error) {
      if (!(error instanceof ParseFailure)) throw error;
      const reported = this.diagnostics.length;
      if (!this.#skipStatement(before, close)) throw error;
      this.diagnostics.splice(reported, 0, error.diagnostic);
      return undefined;
    }
  }

  /** Moves behind the failed statement; false when the text around it cannot be trusted. */
  #skipStatement(before: number, close: string): boolean {
    const stream = this.#stream;
    const failedAt = stream.index;
    stream.rewind(before);
    let depth = 0;
    let isFirst = true;
    while (!stream.isAtEnd()) {
      const token = stream.peek();
      if (depth === 0 && stream.isOperator(close)) return stream.index >= failedAt || close !== "";
      if (
        depth === 0 &&
        !isFirst &&
        stream.index > failedAt &&
        (token.newlineBefore || stream.isOperator(";"))
      ) {
        stream.takeOperator(";");
        return true;
      }
      if (!isFirst && this.#isAtRuleStart() && !["}", "]", ")"].includes(token.text)) return false;
      if (token.kind === "operator" && "([{".includes(token.text)) depth += 1;
      if (token.kind === "operator" && ")]}".includes(token.text)) depth -= 1;
      if (depth < 0) return false;
      isFirst = false;
      stream.next();
    }
    return false;
  }

  #statement(): Statement {
    const stream = this.#stream;
    const { start } = stream.peek();
    const expression = this.#expression();
    const withs = stream.isName("with") ? this.#withs() : NO_WITHS;
    const { span } = expression;
    const isWhole = span.start === start && span.end === stream.previous.end;
    return { kind: "statement", expression, withs, span: isWhole ? span : stream.spanFrom(start) };
  }

  #withs(): readonly WithModifier[] {
    const stream = this.#stream;
    const withs: WithModifier[] = [];
    while (stream.isName("with")) {
      const from = stream.next().start;
      const target = this.#terms.primary();
      if (stream.takeName("as") === undefined) stream.fail("`as` and the value to use instead");
      const value = this.#terms.term(true);
      withs.push({ target, value, span: stream.spanFrom(from) });
    }
    return withs;
  }

  #expression(): Expression {
    const stream = this.#stream;
    const { start } = stream.peek();
    if (stream.takeName("not") !== undefined) {
      if (["not", "some"].some((name) => stream.isName(name)) || this.#isEvery())
        stream.fail("a condition to negate", { help: "put it in a helper rule" });
      const expression = stream.nested(() => this.#expression());
      return { kind: "not", expression, span: stream.spanFrom(start) };
    }
    if (stream.takeName("some") !== undefined) return this.#some(start);
    if (this.#isEvery()) {
      stream.next();
      return this.#every(start);
    }
    const left = this.#terms.term(true);
    const isAssignment = stream.takeOperator(":=") !== undefined;
    if (!isAssignment && stream.takeOperator("=") === undefined) return left;
    const right = this.#terms.term(true);
    return { kind: isAssignment ? "assign" : "unify", left, right, span: stream.spanFrom(start) };
  }

  #isEvery(): boolean {
    return this.#stream.isName("every") && this.#stream.peek(1).kind === "name";
  }

  #some(start: number): Expression {
    const stream = this.#stream;
    const term = this.#terms.term(true);
    if (term.kind === "in") {
      const { key, value, collection } = term;
      return {
        kind: "some-in",
        ...(key === undefined ? {} : { key }),
        value,
        collection,
        span: stream.spanFrom(start),
      };
    }
    const terms: Term[] = [term];
    while (stream.takeOperator(",") !== undefined) terms.push(this.#terms.primary());
    const names = terms.map((each) =>
      each.kind === "var" ? { name: each.name, span: each.span } : undefined,
    );
    if (names.includes(undefined)) stream.fail("`in` and a collection, or variables to declare");
    return { kind: "some", names: names as Name[], span: stream.spanFrom(start) };
  }

  #every(start: number): Expression {
    const stream = this.#stream;
    const first = this.#name("a variable");
    const second = stream.takeOperator(",") === undefined ? undefined : this.#name("a variable");
    if (stream.takeName("in") === undefined) stream.fail("`in` and a collection");
    const domain = this.#terms.primary();
    stream.expectOperator("{");
    const body = this.#bodyOf(stream, "}");
    stream.expectOperator("}");
    const value = second ?? first;
    const key = second === undefined ? {} : { key: first };
    return { kind: "every", ...key, value, domain, body, span: stream.spanFrom(start) };
  }
}
