// Runs one case of OPA's own suite the way OPA's test driver does: the query's bindings are a set of
// objects, sets are written as sorted arrays, and a built-in's error is an undefined unless the case says
// strict.

import { gunzipSync } from "node:zlib";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources, opaCode } from "@writ/diagnostics";
import {
  compareValues,
  isArray,
  makeSet,
  type Policy,
  parseJson,
  QUERY_PACKAGE,
  type QueryResult,
  toJson,
  type Value,
} from "@writ/evaluator";
import { type Module, parseRego } from "@writ/syntax";
import { parseQuery, toQuery } from "@writ/workspace";
import { caseBuiltins, engines, type PolicySource } from "./engines.ts";

export interface ConformanceCase {
  readonly name: string;
  readonly category: string;
  readonly modules: readonly string[] | null;
  readonly data: { readonly [key: string]: unknown } | null;
  readonly input: Value;
  readonly has_input: boolean;
  readonly input_term: string | null;
  readonly query: string;
  readonly want_result: readonly { readonly [name: string]: unknown }[] | null;
  readonly want_error: string | null;
  readonly want_error_code: string | null;
  readonly sort_bindings: boolean;
  readonly strict_error: boolean;
}

/** What a case leaves out. */
const ABSENT: Omit<ConformanceCase, "name" | "query"> = {
  category: "none",
  modules: null,
  data: null,
  input: null,
  has_input: false,
  input_term: null,
  want_result: null,
  want_error: null,
  want_error_code: null,
  sort_bindings: false,
  strict_error: false,
};

export interface CaseResult {
  readonly engine: string;
  readonly status: "passed" | "failed";
  readonly why?: string;
}

/** The case on every engine. One that trips over a bug of ours has failed, and says so. */
export function runCase(conformanceCase: ConformanceCase): readonly CaseResult[] {
  const attempt = <T>(work: () => T): T | string => {
    try {
      return work();
    } catch (error) {
      return `bug: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  const source = attempt(() => compileCase(conformanceCase));
  return engines.map(({ name, load }) => {
    const why =
      typeof source === "string"
        ? source
        : attempt(() =>
            "refused" in source
              ? compareRefusal(conformanceCase, source)
              : compareResult(conformanceCase, evaluate(conformanceCase, load(source))),
          );
    return why === undefined
      ? { engine: name, status: "passed" }
      : { engine: name, status: "failed", why };
  });
}

/** Modules that are not compiled. */
interface Refused {
  /** What OPA calls the kind of error. */
  readonly refused: string;
  readonly title: string;
}

/** The modules with the query as a rule, or the error for which they are refused. */
function compileCase({
  modules,
  query,
  data,
  input_term: inputTerm,
  want_result: wanted,
}: ConformanceCase): PolicySource | Refused {
  // All that the query binds, wanted or not: a binding that nobody wants is a difference.
  const { names: bound = [] } =
    toQuery(parseQuery({ file: "query", text: query }).module, caseBuiltins) ?? {};
  const names = [...new Set([...Object.keys(wanted?.[0] ?? {}), ...bound])];
  const bindings = `{${names.map((name) => `${JSON.stringify(name)}: ${name}`).join(", ")}}`;
  const given = typeof inputTerm === "string" ? `given := ${inputTerm}\n\n` : "";
  const texts = [
    ...(modules ?? []),
    `package query\n\n${given}solution contains ${bindings} if {\n${query}\n}\n`,
  ];
  const files = texts.map((text, index) => ({ file: `module-${index}.rego`, text }));
  const parsed = files.map(parseRego);
  const read = parsed.map(({ module }) => module);
  const last = read.at(-1) as Module;
  const asQuery = { ...last, package: { ...last.package, path: [QUERY_PACKAGE] } };
  const all = [...read.slice(0, -1), asQuery];
  const checked = check(all, {
    vocabularies: {},
    builtins: caseBuiltins,
    sources: makeSources(files),
    likeOpa: true,
  });
  const problems = [...parsed.flatMap(({ diagnostics }) => diagnostics), ...checked.diagnostics];
  const error = problems.find(({ severity }) => severity === "error");
  if (error !== undefined)
    return { refused: opaCode(error.code), title: `${error.code} ${error.title}` };
  if (checked.program === undefined) throw new Error("no program, and no error that says why");
  const compiled = compile(checked.program, {
    inputSchema: {},
    vocabularies: {},
    data: data ?? {},
    locate: () => ({ line: 1, column: 1 }),
  });
  return { modules: all, data: (data ?? {}) as Value, compiled };
}

function evaluate(conformanceCase: ConformanceCase, policy: Pick<Policy, "query">): QueryResult {
  const { input, has_input: hasInput, input_term: inputTerm } = conformanceCase;
  const given = policy.query([QUERY_PACKAGE, "given"], undefined, {});
  const readInput = hasInput ? input : undefined;
  return policy.query(
    [QUERY_PACKAGE, "solution"],
    typeof inputTerm === "string" && given.ok ? given.value : readInput,
    { strictBuiltins: conformanceCase.strict_error },
  );
}

/** As `compareResult`. What is refused is refused in our own words, so only its code is compared. */
function compareRefusal(
  { want_error_code: code }: ConformanceCase,
  { refused, title }: Refused,
): string | undefined {
  if (code === refused) return undefined;
  return `${refused} (${title})${code === null ? "" : ` instead of ${code}`}`;
}

/** Why a result is not what the case wants; undefined when it is. */
function compareResult(
  {
    want_error: message,
    want_error_code: code,
    want_result: wanted,
    sort_bindings: sort,
  }: ConformanceCase,
  result: QueryResult,
): string | undefined {
  if (code !== null || message !== null) {
    if (result.ok) return `no error, wanted ${code ?? message}`;
    const text = `${result.error.code}: ${result.error.message}`;
    const hasCode = code === null || result.error.code === code;
    if (!hasCode) return `${text} instead of ${code}`;
    // Where the place is named, it is that of OPA's own test file.
    const wantedText = (message ?? "").replace(/^test-\d+\.rego:\d+: /, "");
    return text.includes(wantedText) ? undefined : `${text} instead of ${wantedText}`;
  }
  if (!result.ok) return `${result.error.code}: ${result.error.message}`;
  const got = normal(toJson(result.value ?? []) as Value, sort);
  const want = normal((wanted ?? []) as unknown as Value, sort);
  if (compareValues(got, want) === 0) return undefined;
  return `${JSON.stringify(got)} instead of ${JSON.stringify(want)}`.slice(0, 400);
}

/** Bindings in any order; with `sort`, arrays at the top of a binding too. */
function normal(bindings: Value, sort: boolean): Value {
  const list = isArray(bindings) ? bindings : [];
  const sorted = list.map((binding) => {
    if (!sort) return binding;
    const entries = Object.entries(binding as { [key: string]: Value });
    return Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        isArray(value) ? [...value].sort(compareValues) : value,
      ]),
    );
  });
  return makeSet(sorted).items;
}

/** What a file of cases holds, one JSON object a line. */
export interface CaseFile {
  /** By a name of their own: the second of a name is `name#2`. */
  readonly cases: ReadonlyMap<string, ConformanceCase>;
  /** Lines that hold none. */
  readonly unreadable: readonly { readonly name: string; readonly why: string }[];
}

export function readCases(bytes: Buffer): CaseFile {
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = (isCompressed ? gunzipSync(bytes) : bytes).toString("utf8").replace(/^\ufeff/, "");
  const cases = new Map<string, ConformanceCase>();
  const unreadable: { name: string; why: string }[] = [];
  const counts = new Map<string, number>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const name = `line ${index + 1}`;
    const read = readCase(line, name);
    if (typeof read === "string") {
      unreadable.push({ name, why: read });
      continue;
    }
    const count = (counts.get(read.name) ?? 0) + 1;
    counts.set(read.name, count);
    cases.set(count === 1 ? read.name : `${read.name}#${count}`, read);
  }
  return { cases, unreadable };
}

/** The case on a line, or why it holds none. */
function readCase(line: string, name: string): ConformanceCase | string {
  try {
    const read = parseJson(line) as Partial<ConformanceCase> | null;
    if (typeof read?.query !== "string") return "no case: a JSON object with a `query` is wanted";
    return { ...ABSENT, name, has_input: "input" in read, ...read, query: read.query };
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}
