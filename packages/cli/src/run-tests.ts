// Runs the tests of a policy set: `test_` rules of `*_test.rego` on the plan, cases of `*.test.yaml` as
// whole decisions on the trees.

import { type CompiledPolicy, createPolicy, type Decision, type Policy } from "@writ/evaluator";
import { builtins } from "./builtins.ts";
import type { TestCase } from "./test-file.ts";

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
}

export function runTests(
  compiled: CompiledPolicy,
  cases: readonly TestCase[],
  { run, likeOpa }: RunTestsOptions = {},
): readonly TestResult[] {
  const policy = createPolicy(compiled, builtins);
  const isWanted = (name: string): boolean => run === undefined || run.test(name);
  const groups = compiled.plan.groups.filter(
    ({ path, isTest }) =>
      (isTest === true || likeOpa === true) &&
      /^(?:todo_)?test_/.test(path.at(-1) ?? "") &&
      isWanted(`data.${path.join(".")}`),
  );
  return [
    ...runTestRules(groups, policy),
    ...cases.filter(({ name }) => isWanted(name)).map((test) => runCase(policy, test)),
  ];
}

function runTestRules(
  groups: CompiledPolicy["plan"]["groups"],
  policy: Policy,
): readonly TestResult[] {
  return groups.map(({ path, clauses, default: otherwise }) => {
    const source = (clauses[0] ?? otherwise)?.source;
    const shared = {
      name: `data.${path.join(".")}`,
      file: source?.file ?? "",
      line: source?.line ?? 1,
    };
    if (path.at(-1)?.startsWith("todo_") === true)
      return { ...shared, status: "skipped", durationMs: 0 } as const;
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
    const holds = result.value !== undefined && result.value !== false;
    return holds
      ? { ...shared, status: "passed", durationMs }
      : {
          ...shared,
          status: "failed",
          message: result.value === false ? "it is false" : "it is undefined",
          durationMs,
        };
  });
}

function runCase(policy: Policy, test: TestCase): TestResult {
  const { name, file, line, input, expect } = test;
  const startedAt = performance.now();
  const decision = policy.evaluate(input);
  const durationMs = performance.now() - startedAt;
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
