// Rego that is no file: a query, or rules typed one after the other. It is read inside the module it would
// stand in, and every place is then given as a place in the text that was typed.

import type { Diagnostic, SourceFile } from "@writ/diagnostics";
import { type BuiltinTable, QUERY_PACKAGE } from "@writ/evaluator";
import { type Body, type Import, type Module, parseRego, type Term } from "@writ/syntax";

/** What was typed, as a module; places are places in what was typed. */
export interface Snippet {
  readonly module: Module;
  readonly diagnostics: readonly Diagnostic[];
}

/** Rules and imports. */
export function parseRules(source: SourceFile): Snippet {
  return parseWithin(source, "package snippet\n", "\n");
}

/** The statements of a query, as the body of one rule; more rules than one if it is no body. */
export function parseQuery(source: SourceFile): Snippet {
  // After a statement, braces are those of a body and of no term.
  const { module, diagnostics } = parseWithin(
    source,
    "package snippet\nsolution if { true; ",
    "\n}\n",
  );
  const rules = module.rules.map((rule, index) =>
    index === 0 && rule.body !== undefined ? { ...rule, body: rule.body.slice(1) } : rule,
  );
  return { module: { ...module, rules }, diagnostics };
}

function parseWithin({ file, text }: SourceFile, before: string, after: string): Snippet {
  const place = (at: number): number => Math.min(Math.max(at - before.length, 0), text.length);
  const move = <T>(node: T): T => {
    if (Array.isArray(node)) return node.map(move) as T;
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node).map(([key, value]) => {
      const isOffset = (key === "start" || key === "end") && typeof value === "number";
      return [key, isOffset ? place(value) : move(value)];
    });
    // SAFETY: the same properties with values of the same types.
    return Object.fromEntries(entries) as T;
  };
  return move(parseRego({ file, text: `${before}${text}${after}` }));
}

/** A query as a module that can be compiled with a set. */
export interface Query {
  readonly module: Module;
  /** The variables whose values are asked for; their solutions are objects with these keys. */
  readonly names: readonly string[];
  /** Of a query that is one term: where its value is in a solution; without names the solution is the value. */
  readonly valueKey?: string;
}

/** No variable can be called so. */
const VALUE = "$value";

/** The module of a query that sees these imports; undefined when what was read is not one body. */
export function toQuery(
  module: Module,
  builtins: BuiltinTable,
  imports: readonly Import[] = [],
): Query | undefined {
  const [rule, ...others] = module.rules;
  if (rule?.body === undefined || others.length > 0) return undefined;
  const [only] = rule.body;
  const term =
    rule.body.length === 1 && only !== undefined ? asTerm(only.expression, builtins) : undefined;
  const known = new Set(imports.map(({ path, alias }) => alias ?? path.at(-1)));
  const declared = new Set(declaredIn(rule.body));
  const names = namesIn(rule.body).filter((name) => !known.has(name) || declared.has(name));
  const { span } = rule.head;
  const value: Term = { kind: "var", name: VALUE, span };
  const valueKey = names.includes("value") ? VALUE : "value";
  const entries = [
    ...names.map((name) => entryOf(name, { kind: "var", name, span })),
    ...(term === undefined ? [] : [entryOf(valueKey, value)]),
  ];
  const bindings: Term =
    entries.length === 0
      ? { kind: "boolean", value: true, span }
      : { kind: "object", entries, span };
  const element = names.length === 0 && term !== undefined ? value : bindings;
  const body: Body =
    term === undefined || only === undefined
      ? rule.body
      : [{ ...only, expression: { kind: "assign", left: value, right: term, span: term.span } }];
  return {
    module: {
      ...module,
      package: { ...module.package, path: [QUERY_PACKAGE] },
      imports,
      rules: [{ ...rule, head: { ...rule.head, element }, body }],
    },
    names,
    ...(term === undefined ? {} : { valueKey }),
  };
}

/** Without what is only said of the variable that the query's value is given. */
export function withoutOwnVariable(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ title }) => !title.includes(`\`${VALUE}\``));
}

function entryOf(name: string, value: Term): readonly [Term, Term] {
  return [{ kind: "string", value: name, raw: false, span: value.span }, value];
}

const NO_TERMS = new Set(["not", "some", "some-in", "every", "assign", "unify"]);

function asTerm(expression: Body[number]["expression"], builtins: BuiltinTable): Term | undefined {
  const isStatement =
    NO_TERMS.has(expression.kind) ||
    (expression.kind === "call" && givesResult(expression, builtins));
  return isStatement ? undefined : (expression as Term);
}

/** `print`, and a call that has its result as one more argument. */
function givesResult(
  { operator, args }: Extract<Term, { kind: "call" }>,
  builtins: BuiltinTable,
): boolean {
  const name = operator.map((part) => part.name).join(".");
  return name === "print" || builtins.get(name)?.args.length === args.length - 1;
}

/** What has variables of its own, which are no answer. */
const SCOPES = /^(?:every|not|.*-comprehension)$/;

function namesIn(body: Body): readonly string[] {
  const names = new Set(variablesIn(body));
  return [...names].filter((name) => !["input", "data", "_"].includes(name)).sort();
}

function variablesIn(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(variablesIn);
  if (typeof node !== "object" || node === null) return [];
  const { kind, name, names } = node as {
    readonly kind?: string;
    readonly name?: string;
    readonly names?: readonly { readonly name: string }[];
  };
  if (kind !== undefined && SCOPES.test(kind)) return [];
  if (kind === "some") return (names ?? []).map((each) => each.name);
  return kind === "var" && name !== undefined ? [name] : Object.values(node).flatMap(variablesIn);
}

/** Names that are the query's own, whatever is imported. */
function declaredIn(body: Body): readonly string[] {
  return body.flatMap(({ expression }) => {
    switch (expression.kind) {
      case "assign":
        return variablesIn(expression.left);
      case "some":
        return variablesIn(expression);
      case "some-in":
        return [...variablesIn(expression.key), ...variablesIn(expression.value)];
      default:
        return [];
    }
  });
}
