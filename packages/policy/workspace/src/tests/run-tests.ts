// Runs the tests of a policy set: `test_` rules of `*_test.rego` on the plan, cases of `*.test.yaml` as
// whole decisions on the trees.

import { printable } from "@writ/diagnostics";
import {
  type BuiltinTable,
  type CompiledPolicy,
  createPolicy,
  createQueries,
  type Decision,
  type EvaluateOptions,
  type Policy,
  type RuleGroup,
  type SourceRef,
  type Value,
} from "@writ/evaluator";
import type { CoverageRecorder } from "./coverage.ts";
import { type SubCase, subCasesOf } from "./sub-cases.ts";
import type { TestCase } from "./test-file.ts";
import { isSkipped, testPathOf } from "./test-rules.ts";

/** What became of one test. */
export interface TestResult {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly status: "passed" | "failed" | "skipped";
  /** Why, for a failure: a line or several. */
  readonly message?: string;
  readonly durationMs: number;
  /** Of a test with keys, each that was tried. */
  readonly cases?: readonly SubCase[];
  /** What it printed, line by line. */
  readonly output?: readonly string[];
}

/** Which tests, and who is told. */
export interface RunTestsOptions {
  /** Only tests whose name it matches. */
  readonly run?: RegExp | undefined;
  /** `test_` rules of every file, as OPA has it. */
  readonly likeOpa?: boolean | undefined;
  /** The paths of the packages that rules are in. */
  readonly packages?: readonly (readonly string[])[];
  /** Is told what the tests exercise. */
  readonly coverage?: CoverageRecorder | undefined;
}

/** OPA gives a test five seconds, in which it does not get further. */
const OPAS_LIMITS: EvaluateOptions = { maxSteps: 10_000_000 };

/** The results of `test_` rules in the order they are written, then of cases. */
export function runTests(
  compiled: CompiledPolicy,
  builtins: BuiltinTable,
  cases: readonly TestCase[],
  { run, likeOpa, packages, coverage }: RunTestsOptions = {},
): readonly TestResult[] {
  const isWanted = (name: string): boolean => run === undefined || run.test(name);
  const wanted = cases.filter(({ name }) => isWanted(name));
  // Tests that are rules ask for no decision.
  const policy = wanted.length === 0 ? undefined : createPolicy(compiled, builtins);
  const queries = coverage?.policy ?? policy ?? createQueries(compiled, builtins);
  const tests = compiled.plan.groups
    .flatMap((group): readonly TestRule[] => {
      const options = { likeOpa, ...(packages === undefined ? {} : { packages }) };
      const path = testPathOf(group, options);
      const source = (group.clauses[0] ?? group.default)?.source;
      return path === undefined || source === undefined ? [] : [{ path, group, source }];
    })
    .filter(({ path }) => isWanted(`data.${path.join(".")}`));
  const limits = likeOpa === true ? OPAS_LIMITS : {};
  const inOrder = tests.toSorted(
    ({ source: a }, { source: b }) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.start - b.start,
  );
  return [
    ...inOrder.map((test) => runTestRule(test, queries, limits)),
    ...(policy === undefined ? [] : wanted.map((test) => runCase(policy, test, coverage))),
  ];
}

interface TestRule {
  readonly path: readonly string[];
  readonly group: RuleGroup;
  readonly source: SourceRef;
}

function runTestRule(
  { path, group, source }: TestRule,
  queries: Pick<Policy, "query">,
  limits: EvaluateOptions,
): TestResult {
  const { file, line } = source;
  const shared = { name: `data.${path.join(".")}`, file, line };
  if (isSkipped(path)) return { ...shared, status: "skipped", durationMs: 0 };
  const startedAt = performance.now();
  const output: string[] = [];
  const tried: (readonly Value[])[] = [];
  const result = queries.query(path, undefined, {
    ...limits,
    print: (text) => output.push(text),
    noteCase: (keys) => tried.push(keys),
  });
  const durationMs = performance.now() - startedAt;
  const ran = { ...shared, durationMs, ...(output.length === 0 ? {} : { output }) };
  if (!result.ok)
    return {
      ...ran,
      status: "failed",
      message: printable(`${result.error.code}: ${result.error.message}`),
    };
  if (hasKeys(group)) {
    const subCases = subCasesOf(result.value, tried);
    const failed = subCases.filter(({ status }) => status === "failed");
    const message = failed.map(({ name }) => printable(`${name} failed`)).join("\n");
    const verdict = failed.length === 0 ? { status: "passed" } : { status: "failed", message };
    return { ...ran, ...(verdict as Verdict), cases: subCases };
  }
  const isFunction = group.kind === "function";
  const message = isFunction ? "it takes arguments, and no test does" : whyNotTrue(result.value);
  return message === undefined
    ? { ...ran, status: "passed" }
    : { ...ran, status: "failed", message };
}

type Verdict = Pick<TestResult, "status" | "message">;

/** Whether the test notes cases. */
function hasKeys({ clauses }: RuleGroup): boolean {
  return clauses.some(({ body }) =>
    body.some(
      (stmt) =>
        stmt.op === "check" && stmt.expr.op === "call" && stmt.expr.name === "internal.test_case",
    ),
  );
}

/** As in OPA only `true` will do. */
function whyNotTrue(value: Value | undefined): string | undefined {
  if (value === true) return undefined;
  if (value === undefined) return "it is undefined";
  return value === false ? "it is false" : "it is neither true nor false";
}

function runCase(policy: Policy, test: TestCase, coverage?: CoverageRecorder): TestResult {
  const { name, file, line, input, expect } = test;
  const startedAt = performance.now();
  const decision = policy.evaluate(input);
  const durationMs = performance.now() - startedAt;
  // An input that does not fit reaches no rule.
  if (decision.errors.every(({ code }) => code !== "input_invalid"))
    coverage?.decide(input as Value);
  const differences = compareDecision(decision, expect);
  const shared = { name, file, line, durationMs };
  return differences.length === 0
    ? { ...shared, status: "passed" }
    : { ...shared, status: "failed", message: differences.map(printable).join("\n") };
}

function compareDecision(decision: Decision, expected: TestCase["expect"]): readonly string[] {
  const differences: string[] = [];
  if (decision.effect !== expected.effect) {
    const rules = decision.determining.map(
      ({ rule, source }) => `${rule} (${source.file}:${source.line})`,
    );
    const because = rules.length === 0 ? decision.reasons.map(({ message }) => message) : rules;
    differences.push(`effect is ${decision.effect}, not ${expected.effect}: ${because.join(", ")}`);
  }
  // A reason is named by its code or its message, whichever the test gives.
  const reasons = decision.reasons.map(({ code, message }) =>
    code !== undefined && expected.reasons?.includes(code) === true
      ? code
      : expected.reasons?.includes(message) === true
        ? message
        : (code ?? message),
  );
  compareSets("reasons are", reasons, expected.reasons, differences);
  compareSets("redactions are", decision.redactions, expected.redactions, differences);
  compareSets(
    "errors are",
    decision.errors.map(({ code }) => code),
    expected.errors,
    differences,
  );
  return differences;
}

function compareSets(
  what: string,
  got: readonly string[],
  expected: readonly string[] | undefined,
  differences: string[],
): void {
  if (expected === undefined) return;
  const [a, b] = [got, expected].map((list) => JSON.stringify([...new Set(list)].sort()));
  if (a !== b) differences.push(`${what} ${a}, not ${b}`);
}
