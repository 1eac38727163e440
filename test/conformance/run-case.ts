// Runs one case of OPA's own suite the way OPA's test driver does: the query's bindings are a set of
// objects, sets are written as sorted arrays, and a built-in's error is an undefined unless the case says
// strict.

import { builtins } from "@writ/builtins";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import { compareValues, createPolicy, isArray, makeSet, toJson, type Value } from "@writ/evaluator";
import { parseRego } from "@writ/syntax";

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

export type CaseResult =
  | { readonly status: "passed" }
  | { readonly status: "failed"; readonly why: string };

/** A case that trips over a bug of ours has failed, and says so. */
export function runCase(conformanceCase: ConformanceCase): CaseResult {
  try {
    return evaluateCase(conformanceCase);
  } catch (error) {
    return {
      status: "failed",
      why: `bug: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function evaluateCase(conformanceCase: ConformanceCase): CaseResult {
  const { modules, query, want_result: wanted } = conformanceCase;
  const names = Object.keys(wanted?.[0] ?? {});
  const bindings = `{${names.map((name) => `${JSON.stringify(name)}: ${name}`).join(", ")}}`;
  const inputTerm = conformanceCase.input_term;
  const withInput =
    inputTerm === null || inputTerm === undefined ? "" : `given := ${inputTerm}\n\n`;
  const texts = [
    ...(modules ?? []),
    `package writ_query\n\n${withInput}solution contains ${bindings} if {\n${query}\n}\n`,
  ];
  const files = texts.map((text, index) => ({ file: `module-${index}.rego`, text }));
  const sources = makeSources(files);
  const parsed = files.map(parseRego);
  const checked = check(
    parsed.map(({ module }) => module),
    { vocabularies: {}, builtins, sources, likeOpa: true },
  );
  const problems = [...parsed.flatMap(({ diagnostics }) => diagnostics), ...checked.diagnostics];
  const error = problems.find(({ severity }) => severity === "error");
  if (error !== undefined || checked.program === undefined) {
    return { status: "failed", why: `${error?.code ?? ""} ${error?.title ?? "no program"}` };
  }
  const compiled = compile(checked.program, {
    inputSchema: {},
    vocabularies: {},
    data: conformanceCase.data ?? {},
    locate: () => ({ line: 1, column: 1 }),
  });
  const policy = createPolicy(compiled, builtins);
  const strictBuiltins = conformanceCase.strict_error;
  const given = policy.query(["writ_query", "given"], undefined, {});
  const input =
    withInput !== "" && given.ok
      ? given.value
      : conformanceCase.has_input
        ? conformanceCase.input
        : undefined;
  const result = policy.query(["writ_query", "solution"], input, { strictBuiltins });
  return compareResult(conformanceCase, result);
}

type Outcome = ReturnType<ReturnType<typeof createPolicy>["query"]>;

function compareResult(conformanceCase: ConformanceCase, result: Outcome): CaseResult {
  const { want_error: message, want_error_code: code, want_result: wanted } = conformanceCase;
  if (code !== null || message !== null) {
    if (result.ok) return { status: "failed", why: `no error, wanted ${code}` };
    return code === null || result.error.code === code
      ? { status: "passed" }
      : {
          status: "failed",
          why: `${result.error.code} instead of ${code}: ${result.error.message}`,
        };
  }
  if (!result.ok) return { status: "failed", why: `${result.error.code}: ${result.error.message}` };
  const sort = conformanceCase.sort_bindings;
  const got = normal(toJson(result.value ?? []) as Value, sort);
  const want = normal((wanted ?? []) as unknown as Value, sort);
  return compareValues(got, want) === 0
    ? { status: "passed" }
    : {
        status: "failed",
        why: `${JSON.stringify(got)} instead of ${JSON.stringify(want)}`.slice(0, 400),
      };
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
