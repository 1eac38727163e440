// `writ test DIR`: runs the tests of a policy set, and says what of it they exercise.

import type { CompiledPolicy } from "@writ/evaluator";
import {
  CoverageRecorder,
  compileSet,
  type PolicySet,
  prepareTests,
  readTests,
  runTests,
  type TestResult,
} from "@writ/workspace";
import { isDirectory } from "@writ/workspace/node";
import { allowHosts, builtins, type NetworkFlags } from "../builtins.ts";
import type { CoverageFormat } from "../coverage-report.ts";
import { EXIT, usageError } from "../exit.ts";
import { writeBytes } from "../files.ts";
import { showDocument, showErrors } from "../output.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";
import { renderTests } from "../test-report.ts";
import { repeatOnChange } from "../watch.ts";

export interface TestFlags extends NetworkFlags {
  readonly format: "text" | "json" | "junit";
  readonly run?: string;
  readonly likeOpa?: boolean;
  readonly watch?: boolean;
  readonly coverage?: CoverageFormat;
  readonly coverageOutput?: string;
  readonly threshold?: string;
}

export async function runTest(folder: string, flags: TestFlags): Promise<number> {
  allowHosts(flags);
  const wanted = flags.run === undefined ? undefined : patternOf(flags.run);
  const threshold = flags.threshold === undefined ? undefined : percentOf(flags.threshold);
  const asksCoverage = [flags.coverage, flags.coverageOutput, threshold].some(
    (flag) => flag !== undefined,
  );
  // Loaded when it is asked for: the tests alone do not wait for it.
  const measure = asksCoverage ? await loadMeasure(folder, flags, threshold) : undefined;
  if (flags.watch !== true) return testOnce(folder, flags, wanted, measure);
  // A folder that is not there is wrong use, now; later it is a change like others.
  if (!isDirectory(folder)) throw usageError(`${folder} is not a folder of policies`);
  return repeatOnChange(folder, () => testOnce(folder, flags, wanted, measure));
}

function testOnce(
  folder: string,
  { format, likeOpa }: TestFlags,
  wanted: RegExp | undefined,
  measure?: Measure,
): number {
  const read = readPolicySet(folder, { likeOpa });
  const set = { ...read, modules: prepareTests(read.modules) };
  const { compiled, diagnostics } = compileSet(set, {
    includeTests: true,
    likeOpa,
    errorsOnly: true,
  });
  const { cases, diagnostics: inTests } = readTests(set);
  stopOnErrors([...diagnostics, ...inTests], set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  const coverage = measure?.begin(compiled);
  const results: readonly TestResult[] = runTests(compiled, builtins, cases, {
    run: wanted,
    likeOpa,
    packages: set.modules.map((each) => each.package.path),
    coverage,
  });
  const text = renderTests(results, format);
  const hasFailed = results.some(({ status }) => status === "failed");
  const isBelow = coverage !== undefined && measure?.end(coverage, set, text) === true;
  if (coverage === undefined) showDocument(text);
  return hasFailed || isBelow ? EXIT.findings : EXIT.clean;
}

interface Measure {
  begin(compiled: CompiledPolicy): CoverageRecorder;
  /** Prints the results and the report; whether there is less coverage than there must be. */
  end(recorder: CoverageRecorder, set: PolicySet, results: string): boolean;
}

async function loadMeasure(
  folder: string,
  { format, coverage = "text", coverageOutput }: TestFlags,
  threshold: number | undefined,
): Promise<Measure> {
  const { coveredPart, renderCoverage, showPercent } = await import("../coverage-report.ts");
  return {
    begin: (compiled) => new CoverageRecorder(compiled, builtins),
    end(recorder, { sources }, results) {
      const measured = recorder.result();
      const report = renderCoverage(measured, { format: coverage, folder, sources });
      if (coverageOutput !== undefined) {
        showDocument(results);
        writeBytes(coverageOutput, report);
      } else if (coverage !== "text") {
        // The output is one document: the report that was asked for.
        showDocument(results, process.stderr);
        showDocument(report);
      } else {
        showDocument(results);
        showDocument(`\n${report}`, format === "text" ? process.stdout : process.stderr);
      }
      const part = coveredPart(measured);
      if (threshold === undefined || part * 100 >= threshold) return false;
      showErrors([`writ: ${showPercent(part)} is covered, less than ${threshold}%`]);
      return true;
    },
  };
}

function percentOf(text: string): number {
  const percent = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || percent > 100)
    throw usageError(`--threshold takes a percentage from 0 to 100, not \`${text}\``);
  return percent;
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw usageError(`--run is no regular expression: ${(error as Error).message}`);
  }
}
