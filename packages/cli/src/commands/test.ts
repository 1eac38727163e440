// `writ test DIR`: runs the tests of a policy set.

import { compileSet } from "../compile-set.ts";
import { EXIT, usageError } from "../exit.ts";
import { isDirectory } from "../files.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";
import { runTests, type TestResult } from "../run-tests.ts";
import { readTestFile } from "../test-file.ts";
import { renderTests } from "../test-report.ts";
import { repeatOnChange } from "../watch.ts";

export interface TestFlags {
  readonly format: "text" | "json" | "junit";
  readonly run?: string;
  readonly likeOpa?: boolean;
  readonly watch?: boolean;
}

export function runTest(folder: string, flags: TestFlags): number | Promise<number> {
  const wanted = flags.run === undefined ? undefined : patternOf(flags.run);
  if (flags.watch !== true) return testOnce(folder, flags, wanted);
  // A folder that is not there is wrong use, now; later it is a change like others.
  if (!isDirectory(folder)) throw usageError(`${folder} is not a folder of policies`);
  return repeatOnChange(folder, () => testOnce(folder, flags, wanted));
}

function testOnce(
  folder: string,
  { format, likeOpa }: TestFlags,
  wanted: RegExp | undefined,
): number {
  const set = readPolicySet(folder);
  const { compiled, diagnostics } = compileSet(set, { includeTests: true, likeOpa });
  const files = set.tests.map(readTestFile);
  stopOnErrors([...diagnostics, ...files.flatMap((file) => file.diagnostics)], set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  const results: readonly TestResult[] = runTests(
    compiled,
    files.flatMap(({ cases }) => cases),
    { run: wanted, likeOpa },
  );
  process.stdout.write(renderTests(results, format));
  return results.some(({ status }) => status === "failed") ? EXIT.findings : EXIT.clean;
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw usageError(`--run is no regular expression: ${(error as Error).message}`);
  }
}
