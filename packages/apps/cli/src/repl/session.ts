// What a REPL session knows: the policy set, the package and imports that stand before what is typed, the
// rules defined so far, and the input. Texts in, answers out; nothing here prints or reads the terminal.

import { type Diagnostic, makeSources, type SourceFile, type Sources } from "@writ/diagnostics";
import {
  createQueries,
  isPlainObject,
  type Observer,
  QUERY_PACKAGE,
  RegoSet,
  type Shape,
  type Value,
} from "@writ/evaluator";
import { type Import, type Module, parseRego, type Rule } from "@writ/syntax";
import {
  type CompiledSet,
  compileSet,
  type PolicySet,
  parseQuery,
  parseRules,
  type Query,
  type Snippet,
  toQuery,
  withoutOwnVariable,
} from "@writ/workspace";
import { builtins } from "../builtins.ts";
import { emptyPolicySet } from "../policy-set.ts";

export type Answer =
  | { readonly kind: "nothing" }
  | { readonly kind: "note"; readonly text: string; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: "solutions";
      readonly solutions: Solutions;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "failure"; readonly message: string };

/** The columns are variables; last the query itself where it is a term that has a value. */
export interface Solutions {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** A query without variables: its value, undefined where it does not hold. */
  readonly value?: Value | undefined;
}

/** Rules of the session, as typed. */
export interface Definition {
  readonly name: string;
  readonly source: SourceFile;
  readonly module: Module;
}

export interface SessionOptions {
  readonly likeOpa?: boolean | undefined;
  readonly print: (line: string) => void;
}

const QUERY_FILE = "query";
const FIRST_PACKAGE = ["repl"];
/** What a session imports is for the lines to come. */
const UNUSED_IMPORT = "W0201";
/** About types and meaning: the text itself can be evaluated. */
const NEVER_SO = /^E0[34]/;

export class Session {
  input: Value | undefined;
  readonly likeOpa: boolean;
  readonly #print: (line: string) => void;
  #set: PolicySet = emptyPolicySet;
  #package: readonly string[] = FIRST_PACKAGE;
  #imports: readonly Import[] = [];
  #definitions: readonly Definition[] = [];
  #shape: Shape | undefined;
  #count = 0;
  #query: SourceFile = { file: QUERY_FILE, text: "" };

  constructor({ likeOpa, print }: SessionOptions) {
    this.likeOpa = likeOpa === true;
    this.#print = print;
  }

  get set(): PolicySet {
    return this.#set;
  }

  get package(): readonly string[] {
    return this.#package;
  }

  get imports(): readonly Import[] {
    return this.#imports;
  }

  get definitions(): readonly Definition[] {
    return this.#definitions;
  }

  /** Of an input that a gateway would take, once a policy set is loaded. */
  get shape(): Shape | undefined {
    return this.likeOpa ? undefined : this.#shape;
  }

  /** Of the policies, of what was defined and of the last query. */
  get sources(): Sources {
    const defined = this.#definitions.map(({ source }) => source);
    return makeSources([...this.#set.files, ...defined, this.#query]);
  }

  /** Takes a policy set, or says what is wrong with it and keeps the one there is. */
  load(set: PolicySet): readonly Diagnostic[] {
    const { likeOpa } = this;
    const { compiled, diagnostics } = compileSet(set, { includeTests: true, likeOpa });
    if (compiled !== undefined) {
      this.#set = set;
      this.#shape = compiled.shape;
    }
    return diagnostics;
  }

  /** A package, imports, a rule, or else a query. */
  enter(text: string, observer?: ObserverOf): Answer {
    this.#query = { file: QUERY_FILE, text };
    if (/^\s*package\b/.test(text)) return this.#enterPackage();
    if (/^\s*import\b/.test(text)) return this.#enterImports();
    const rules = parseRules(this.#query);
    if (this.#isDefinition(rules)) return this.#define(rules.module);
    const query = parseQuery(this.#query);
    if (query.diagnostics.length > 0) {
      const found = firstError(rules) > firstError(query) ? rules : query;
      return { kind: "diagnostics", diagnostics: found.diagnostics };
    }
    return this.#ask(query.module, observer);
  }

  /** The query compiled, to see what the checker knows of it. */
  check(text: string): CompiledSet & { readonly query?: Query } {
    this.#query = { file: QUERY_FILE, text };
    const { module, diagnostics } = parseQuery(this.#query);
    if (diagnostics.length > 0) return { diagnostics };
    return this.#compileQuery(module);
  }

  /** Whether there was such a rule. */
  unset(name: string): boolean {
    const kept = this.#definitions.filter((each) => !this.#isNamed(each, name));
    const isFound = kept.length < this.#definitions.length;
    this.#definitions = kept;
    return isFound;
  }

  /** Names that mean a rule of the package without its path. */
  ownNames(): readonly string[] {
    const path = this.#package.join(".");
    const modules = [...this.#set.modules, ...this.#definitions.map(({ module }) => module)];
    const own = modules.filter((module) => module.package.path.join(".") === path);
    return [...new Set(own.flatMap(({ rules }) => rules.map(nameOf)))].sort();
  }

  #enterPackage(): Answer {
    const { module, diagnostics } = parseRego(this.#query);
    if (diagnostics.length > 0) return { kind: "diagnostics", diagnostics };
    if (module.rules.length > 0 || module.imports.length > 0)
      return { kind: "failure", message: "a package stands on a line of its own" };
    this.#package = module.package.path;
    this.#imports = [];
    return { kind: "nothing" };
  }

  #enterImports(): Answer {
    const { module, diagnostics } = parseRules(this.#query);
    if (diagnostics.length > 0) return { kind: "diagnostics", diagnostics };
    if (module.rules.length > 0)
      return { kind: "failure", message: "an import stands on a line of its own" };
    const known = [...this.#imports];
    for (const each of module.imports) {
      const at = known.findIndex((other) => importName(other) === importName(each));
      if (at >= 0) known.splice(at, 1);
      if (each.path[0] !== "rego") known.push(each);
    }
    this.#imports = known;
    return { kind: "nothing" };
  }

  /** `x = 1` defines `x` unless it means something already: then it compares. */
  #isDefinition({ module, diagnostics }: Snippet): boolean {
    const [rule, ...others] = module.rules;
    if (rule === undefined || others.length > 0 || diagnostics.length > 0) return false;
    // `f(1)` asks, though in a file it would define.
    const { body, head } = rule;
    if (body === undefined && head.value === undefined && head.element === undefined) return false;
    const isPlain = body === undefined && head.value !== undefined && !rule.isDefault;
    const known = [...this.ownNames(), ...this.#imports.map(importName)];
    const { ref, value } = head;
    const operator = this.#query.text.slice(ref.at(-1)?.span.end, value?.span.start);
    const isEquation = isPlain && !operator.includes(":=");
    return !(isEquation && known.includes(nameOf(rule)));
  }

  #define(parsed: Module): Answer {
    const [rule] = parsed.rules as readonly [Rule];
    const { text } = this.#query;
    const within = (module: Module): Module => ({
      ...module,
      package: { ...module.package, path: this.#package },
      imports: this.#imports,
    });
    const name = nameOf(rule);
    if (name === "input" || name === "data")
      return {
        kind: "failure",
        message: `\`${name}\` is no name for a rule; :input sets the input`,
      };
    // `:=` gives a name its value anew; what has a body, or collects, is said in addition.
    const { isDefault, body, head } = rule;
    const replaces =
      !isDefault && body === undefined && head.args === undefined && head.element === undefined;
    const others = this.#definitions.filter((each) => !(replaces && this.#isNamed(each, name)));
    const { program, diagnostics } = this.#compile(others, within(parsed));
    const about = diagnostics.filter(
      ({ severity, code, primary }) =>
        severity === "error" || (primary.span.file === QUERY_FILE && code !== UNUSED_IMPORT),
    );
    if (program === undefined) return { kind: "diagnostics", diagnostics: about };
    this.#count += 1;
    const source = { file: `repl[${this.#count}]`, text };
    const verb = others.length < this.#definitions.length ? "is defined anew" : "is defined";
    this.#definitions = [...others, { name, source, module: within(parseRules(source).module) }];
    const where = this.#package.join(".");
    return { kind: "note", text: `${name} ${verb} in package ${where}`, diagnostics: about };
  }

  #ask(module: Module, observer: ObserverOf | undefined): Answer {
    const typed = this.#compileQuery(module);
    const errors = typed.diagnostics.filter(({ severity }) => severity === "error");
    // What can never hold is worth saying, and still has an answer.
    const isMeant = errors.length === 0 || errors.some(({ code }) => !NEVER_SO.test(code));
    const asked = isMeant ? typed : this.#compileQuery(module, true);
    const { compiled, program, query } = asked;
    if (query === undefined) return { kind: "failure", message: "a query is one body" };
    if (compiled === undefined || program === undefined)
      return { kind: "diagnostics", diagnostics: errors };
    const watch = observer?.(asked, this.sources);
    const policy = createQueries(compiled, builtins, watch);
    const result = policy.query([QUERY_PACKAGE, "solution"], this.input, { print: this.#print });
    if (!result.ok)
      return { kind: "failure", message: `${result.error.code}: ${result.error.message}` };
    const items = result.value instanceof RegoSet ? result.value.items : [];
    const solutions = toSolutions(query, items, this.#query.text.trim());
    return { kind: "solutions", solutions, diagnostics: errors };
  }

  #compileQuery(module: Module, likeOpa?: boolean): CompiledSet & { readonly query?: Query } {
    const { span } = module;
    const own = this.ownNames().map((name) => ({ path: ["data", ...this.#package, name], span }));
    const names = new Set(this.#imports.map(importName));
    const imports = [...this.#imports, ...own.filter((each) => !names.has(importName(each)))];
    const query = toQuery(module, builtins, imports);
    if (query === undefined) return { diagnostics: [] };
    const compiled = this.#compile(this.#definitions, query.module, likeOpa);
    return { ...compiled, diagnostics: withoutOwnVariable(compiled.diagnostics), query };
  }

  #compile(
    definitions: readonly Definition[],
    module?: Module,
    likeOpa: boolean = this.likeOpa,
  ): CompiledSet {
    const modules = [...this.#set.modules, ...definitions.map(({ module }) => module)];
    const files = [...this.#set.files, ...definitions.map(({ source }) => source), this.#query];
    const asked = {
      ...this.#set,
      modules: module === undefined ? modules : [...modules, module],
      files,
      sources: makeSources(files),
    };
    return compileSet(asked, { includeTests: true, likeOpa, forQuery: true });
  }

  #isNamed({ name, module }: Definition, wanted: string): boolean {
    return name === wanted && module.package.path.join(".") === this.#package.join(".");
  }
}

/** Makes the observer of one evaluation. */
export type ObserverOf = (compiled: CompiledSet, sources: Sources) => Observer;

function nameOf({ head }: Rule): string {
  const term = head.ref[0]?.term;
  return term?.kind === "var" ? term.name : "";
}

export function importName({ path, alias }: Import): string {
  return alias ?? path.at(-1) ?? "";
}

/** How far a text was understood. */
function firstError({ diagnostics }: Snippet): number {
  return Math.min(...diagnostics.map(({ primary }) => primary.span.start));
}

function toSolutions(query: Query, items: readonly Value[], text: string): Solutions {
  const { names, valueKey } = query;
  if (names.length === 0 && items.length < 2) return { columns: [], rows: [], value: items[0] };
  if (names.length === 0) return { columns: [text], rows: items.map((item) => [item]) };
  const read = (item: Value, key: string): Value =>
    isPlainObject(item) ? (item[key] ?? null) : null;
  // A term that is only true says nothing that its being a solution does not say.
  const hasValue = valueKey !== undefined && items.some((item) => read(item, valueKey) !== true);
  return {
    columns: hasValue ? [...names, text] : names,
    rows: items.map((item) => [
      ...names.map((name) => read(item, name)),
      ...(hasValue ? [read(item, valueKey)] : []),
    ]),
  };
}
