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
import { lex } from "./lex.ts";
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

export interface ModuleParts {
  readonly package: PackageDecl;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
}

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
    while (!stream.isAtEnd()) {
      if (stream.isName("import")) {
        const found = this.#recover(() => this.#import());
        if (found !== undefined) imports.push(found);
      } else {
        rules.push(...(this.#recover(() => this.#rule()) ?? []));
      }
    }
    return { package: packageDecl, imports, rules };
  }

  /** On failure: reports, and skips to the next token that begins a line at its start. */
  #recover<T>(parse: () => T): T | undefined {
    const stream = this.#stream;
    const before = stream.index;
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof ParseFailure)) throw error;
      this.diagnostics.push(error.diagnostic);
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
    this.#expectLineEnd("package");
    return { path, annotations: [], span: stream.spanFrom(start) };
  }

  #import(): Import {
    const stream = this.#stream;
    const { start } = stream.next();
    const path = this.#path();
    const alias =
      stream.takeName("as") === undefined ? undefined : this.#name("a name for the import");
    const span = stream.spanFrom(start);
    this.#expectLineEnd("import");
    if (!["data", "input", "rego", "future"].includes(path[0] ?? ""))
      this.diagnostics.push(diagnostic("E0214", {}, span));
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

  #expectLineEnd(after: string): void {
    const token = this.#stream.peek();
    if (token.kind !== "end" && !token.newlineBefore && !this.#stream.isOperator(";")) {
      this.#stream.fail(`the end of the line after the ${after}`);
    }
    this.#stream.takeOperator(";");
  }

  /** One rule; several when a head has more than one body. */
  #rule(): Rule[] {
    const stream = this.#stream;
    const { start } = stream.peek();
    const isDefault = stream.takeName("default") !== undefined;
    const head = this.#head();
    const hasIf = stream.takeName("if") !== undefined;
    const body = hasIf ? this.#ifBody() : undefined;
    if (!hasIf && stream.isOperator("{") && !stream.peek().newlineBefore) this.#missingIf(head);
    const elses = this.#elses();
    if (
      !isDefault &&
      body === undefined &&
      head.value === undefined &&
      head.element === undefined
    ) {
      const name = head.ref.map(({ term }) => (term.kind === "var" ? term.name : "")).join("");
      const help = `write \`${name} := …\` or \`${name} if …\``;
      throw new ParseFailure(diagnostic("E0111", { name }, head.span, { help }));
    }
    const span = stream.spanFrom(start);
    this.#expectLineEnd("rule");
    const shared = { kind: "rule", isDefault, head, annotations: [] } as const;
    return [{ ...shared, ...(body === undefined ? {} : { body }), elses, span }];
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
    const args =
      stream.isAdjacent() && stream.takeOperator("(") !== undefined ? this.#args() : undefined;
    const element = stream.takeName("contains") === undefined ? undefined : this.#terms.term();
    const isAssigned = stream.takeOperator(":=") ?? stream.takeOperator("=");
    const value = isAssigned === undefined ? undefined : this.#terms.term();
    return {
      ref,
      ...(args === undefined ? {} : { args }),
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
      const value = isAssigned === undefined ? undefined : this.#terms.term();
      const body = stream.takeName("if") === undefined ? undefined : this.#ifBody();
      const span = stream.spanFrom(start);
      elses.push({
        ...(value === undefined ? {} : { value }),
        ...(body === undefined ? {} : { body }),
        span,
      });
    }
    return elses;
  }

  #ifBody(): Body {
    const stream = this.#stream;
    const open = stream.peek();
    if (stream.takeOperator("{") === undefined) return [this.#statement()];
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
      return statements;
    });
  }

  /** A statement and its separator; a failed one is reported and skipped, unless the rule ends first. */
  #recoverStatement(close: string): Statement | undefined {
    const stream = this.#stream;
    const before = stream.index;
    try {
      const statement = this.#statement();
      const token = stream.peek();
      if (
        stream.takeOperator(";") === undefined &&
        !token.newlineBefore &&
        !stream.isOperator(close) &&
        token.kind !== "end"
      ) {
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
    const withs: WithModifier[] = [];
    while (stream.isName("with")) {
      const from = stream.next().start;
      const target = this.#terms.primary();
      if (stream.takeName("as") === undefined) stream.fail("`as` and the value to use instead");
      const value = this.#terms.term();
      withs.push({ target, value, span: stream.spanFrom(from) });
    }
    return { kind: "statement", expression, withs, span: stream.spanFrom(start) };
  }

  #expression(): Expression {
    const stream = this.#stream;
    const { start } = stream.peek();
    if (stream.takeName("not") !== undefined) {
      const expression = stream.nested(() => this.#expression());
      return { kind: "not", expression, span: stream.spanFrom(start) };
    }
    if (stream.takeName("some") !== undefined) return this.#some(start);
    if (stream.isName("every") && stream.peek(1).kind === "name") {
      stream.next();
      return this.#every(start);
    }
    const left = this.#terms.term(true);
    const isAssignment = stream.takeOperator(":=") !== undefined;
    if (!isAssignment && stream.takeOperator("=") === undefined) return left;
    const right = this.#terms.term(true);
    return { kind: isAssignment ? "assign" : "unify", left, right, span: stream.spanFrom(start) };
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
