// `writ query 'data.x.y' --data DIR --input F`: what a body comes to, with every policy and document of a
// set in sight. A solution a line, as JSON; no line where there is none.

import { builtins } from "@writ/builtins";
import { type Diagnostic, makeSources, type Span } from "@writ/diagnostics";
import {
  createPolicy,
  jsonText,
  parseJson,
  QUERY_PACKAGE,
  RegoSet,
  type Value,
} from "@writ/evaluator";
import { type Body, type Module, parseRego, type Term } from "@writ/syntax";
import { compileSet } from "../compile-set.ts";
import { CommandFailure, EXIT, usageError } from "../exit.ts";
import { readStandardInput, readText } from "../files.ts";
import { emptyPolicySet, readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";

export interface QueryFlags {
  readonly data?: string;
  readonly input?: string;
  readonly likeOpa?: boolean;
}

const FILE = "query";
const BEFORE = "package query; solution if { ";

export function runQuery(text: string, { data, input, likeOpa }: QueryFlags): number {
  const set = data === undefined ? emptyPolicySet : readPolicySet(data);
  const source = { file: FILE, text: `${BEFORE}${text}\n}\n` };
  const { module, diagnostics } = parseRego(source);
  const files = [...set.files, source];
  const sources = makeSources(files);
  const shown = makeSources([...set.files, { file: FILE, text }]);
  const stop = (found: readonly Diagnostic[]): void =>
    stopOnErrors(
      found.map((each) => asGiven(each, text)),
      shown,
    );
  stop(diagnostics);
  const asked = { ...set, modules: [...set.modules, asQuery(module)], files, sources };
  const { compiled, diagnostics: found } = compileSet(asked, { includeTests: true, likeOpa });
  stop(found);
  if (compiled === undefined) throw new Error("a set without errors compiles");
  const result = createPolicy(compiled, builtins).query(
    [QUERY_PACKAGE, "solution"],
    input === undefined ? undefined : readInput(input),
    { print: (line) => process.stderr.write(`${line}\n`) },
  );
  if (!result.ok)
    throw new CommandFailure(`${result.error.code}: ${result.error.message}`, EXIT.findings);
  const solutions = result.value instanceof RegoSet ? result.value.items : [];
  process.stdout.write(solutions.map((solution) => `${jsonText(solution)}\n`).join(""));
  return EXIT.clean;
}

/** A diagnostic of the rule that the query is made into, at its place in the query. */
function asGiven(found: Diagnostic, { length }: string): Diagnostic {
  const move = <T extends { readonly span: Span }>(label: T): T => {
    const place = (at: number): number => Math.min(Math.max(at - BEFORE.length, 0), length);
    const { file, start, end } = label.span;
    return file === FILE
      ? { ...label, span: { file, start: place(start), end: place(end) } }
      : label;
  };
  return { ...found, primary: move(found.primary), related: found.related.map(move) };
}

function readInput(file: string): Value {
  try {
    return parseJson(file === "-" ? readStandardInput() : readText(file));
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw usageError(`the input is not JSON: ${error instanceof Error ? error.message : ""}`);
  }
}

/** The body as a set of solutions: the value of a lone term, the values of variables by name, or both. */
function asQuery(module: Module): Module {
  const [rule, ...others] = module.rules;
  if (rule?.body === undefined || others.length > 0) throw usageError("a query is one body");
  const [only] = rule.body;
  const term = rule.body.length === 1 && only !== undefined ? asTerm(only.expression) : undefined;
  const names = namesIn(rule.body);
  const { span } = rule.head;
  const value: Term = { kind: "var", name: "value", span };
  const entries = [...names, ...(term === undefined ? [] : ["value"])].map(
    (name) =>
      [
        { kind: "string", value: name, raw: false, span },
        { kind: "var", name, span },
      ] as const,
  );
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
    ...module,
    package: { ...module.package, path: [QUERY_PACKAGE] },
    rules: [{ ...rule, head: { ...rule.head, element }, body }],
  };
}

const NO_TERMS = new Set(["not", "some", "some-in", "every", "assign", "unify"]);

function asTerm(expression: Body[number]["expression"]): Term | undefined {
  const isPrint = expression.kind === "call" && expression.operator[0]?.name === "print";
  return isPrint || NO_TERMS.has(expression.kind) ? undefined : (expression as Term);
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
