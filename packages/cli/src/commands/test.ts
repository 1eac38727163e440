// `writ test DIR`: runs the tests of a policy set.

import { compileSet } from "../compile-set.ts";
import { EXIT } from "../exit.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";
import { runTests, type TestResult } from "../run-tests.ts";
import { readTestFile } from "../test-file.ts";
import { renderTests } from "../test-report.ts";

export interface TestFlags {
  readonly format: "text" | "json" | "junit";
}

export function runTest(folder: string, { format }: TestFlags): number {
  const set = readPolicySet(folder);
  const { compiled, diagnostics } = compileSet(set, { includeTests: true });
  const files = set.tests.map(readTestFile);
  stopOnErrors([...diagnostics, ...files.flatMap((file) => file.diagnostics)], set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  const results: readonly TestResult[] = runTests(
    compiled,
    files.flatMap(({ cases }) => cases),
  );
  process.stdout.write(renderTests(results, format));
  return results.some(({ status }) => status === "failed") ? EXIT.findings : EXIT.clean;
}
