// Runs the tests of a policy set: `test_` rules of `*_test.rego` on the plan, cases of `*.test.yaml` as
// whole decisions on the trees.

import {
  type CompiledPolicy,
  createPolicy,
  type Decision,
  type Policy,
  type RuleGroup,
  type Value,
} from "@writ/evaluator";
import { builtins } from "./builtins.ts";
import type { CoverageRecorder } from "./coverage.ts";
import { makeSubCases } from "./sub-cases.ts";
import type { TestCase } from "./test-file.ts";
import { isSkipped, isTestRule } from "./test-rules.ts";

export interface TestResult {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly status: "passed" | "failed" | "skipped";
  /** Why, for a failure: a line or several. */
  readonly message?: string;
  readonly durationMs: number;
  /** What it printed, line by line. */
  readonly output?: readonly string[];
}

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

export function runTests(
  compiled: CompiledPolicy,
  cases: readonly TestCase[],
  { run, likeOpa, packages, coverage }: RunTestsOptions = {},
): readonly TestResult[] {
  const policy = createPolicy(compiled, builtins);
  const isWanted = (name: string): boolean => run === undefined || run.test(name);
  const groups = compiled.plan.groups.filter(
    (group) =>
      isTestRule(group, { likeOpa, ...(packages === undefined ? {} : { packages }) }) &&
      isWanted(`data.${group.path.join(".")}`),
  );
  return [
    ...runTestRules(groups, coverage?.policy ?? policy, makeSubCases(compiled)),
    ...cases.filter(({ name }) => isWanted(name)).map((test) => runCase(policy, test, coverage)),
  ];
}

function runTestRules(
  groups: CompiledPolicy["plan"]["groups"],
  policy: Policy,
  subCasesOf: ReturnType<typeof makeSubCases>,
): readonly TestResult[] {
  return groups.map((group) => {
    const { path, clauses, default: otherwise } = group;
    const source = (clauses[0] ?? otherwise)?.source;
    const shared = {
      name: `data.${path.join(".")}`,
      file: source?.file ?? "",
      line: source?.line ?? 1,
    };
    if (isSkipped(path)) return { ...shared, status: "skipped", durationMs: 0 } as const;
    const startedAt = performance.now();
    const output: string[] = [];
    const result = policy.query(path, undefined, { print: (line) => output.push(line) });
    const durationMs = performance.now() - startedAt;
    Object.assign(shared, output.length === 0 ? {} : { output });
    if (!result.ok)
      return {
        ...shared,
        status: "failed",
        message: `${result.error.code}: ${result.error.message}`,
        durationMs,
      };
    const message = failureOf(group, result.value, subCasesOf);
    return message === undefined
      ? { ...shared, status: "passed", durationMs }
      : { ...shared, status: "failed", message, durationMs };
  });
}

/** Why a test failed: as in OPA only `true` will do, of a test with a key for every case. */
function failureOf(
  group: RuleGroup,
  value: Value | undefined,
  subCasesOf: ReturnType<typeof makeSubCases>,
): string | undefined {
  if (group.kind === "object") {
    const failed = subCasesOf(group, value).filter(({ hasPassed }) => !hasPassed);
    return failed.length === 0 ? undefined : failed.map(({ name }) => `${name} failed`).join("\n");
  }
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
    : { ...shared, status: "failed", message: differences.join("\n") };
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
