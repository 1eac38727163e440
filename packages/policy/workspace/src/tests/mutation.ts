// Runs the tests of a policy set on every mutant of it. A mutant proved to decide the same is no mistake and
// is left out; what would take longer than it may is counted, not guessed.

import {
  diffPolicies,
  type ExpectedOn,
  type Mutant,
  MutantJudge,
  mutantsOf,
  withMutant,
} from "@writ/analysis";
import type { BuiltinTable, CompiledPolicy, Value } from "@writ/evaluator";
import type { Program } from "@writ/ir";
import { runTests } from "./run-tests.ts";
import type { TestCase } from "./test-file.ts";

/** What became of the mutants. */
export interface MutationResult {
  readonly noticed: number;
  /** Proved to decide the same on every input. */
  readonly equivalent: number;
  /** No test notices them. */
  readonly survivors: readonly Mutant[];
  /** Not tried: the time was over. */
  readonly untried: number;
}

/** A policy with its tests, which pass, and the time there is. */
export interface MutationOptions {
  readonly program: Program;
  readonly builtins: BuiltinTable;
  readonly compile: (program: Program) => CompiledPolicy;
  readonly cases: readonly TestCase[];
  readonly seconds: number;
}

type Verdict = "noticed" | "equivalent" | "survives";

/** Tries every mutant, as long as there is time. */
export function runMutants(options: MutationOptions): MutationResult {
  const { program, builtins, compile, cases, seconds } = options;
  const original = compile(program);
  const judge = new MutantJudge(program, original, builtins, cases.map(expectedOn));
  const hasTestRules = program.rules.some(({ isTest }) => isTest);
  const compiledVerdict = (mutant: Mutant): Verdict => {
    const compiled = compile(withMutant(program, mutant));
    const isNoticed = runTests(compiled, builtins, cases).some(({ status }) => status === "failed");
    if (isNoticed) return "noticed";
    const { regions } = diffPolicies(original, compiled, builtins);
    return regions.length === 0 ? "equivalent" : "survives";
  };
  const verdictOf = (mutant: Mutant): Verdict => {
    const verdict = judge.judge(mutant);
    // Test rules ask the plan, which the judge does not know.
    const isSettled = verdict !== "open" && (verdict !== "survives" || !hasTestRules);
    return isSettled ? verdict : compiledVerdict(mutant);
  };
  const endsAt = performance.now() + seconds * 1000;
  const counts = { noticed: 0, equivalent: 0, survives: 0 };
  const survivors: Mutant[] = [];
  let untried = 0;
  for (const mutant of mutantsOf(program)) {
    if (performance.now() > endsAt) {
      untried += 1;
      continue;
    }
    const verdict = verdictOf(mutant);
    counts[verdict] += 1;
    if (verdict === "survives") survivors.push(mutant);
  }
  return { noticed: counts.noticed, equivalent: counts.equivalent, survivors, untried };
}

function expectedOn({ input, expect }: TestCase): ExpectedOn {
  const { effect, reasons, redactions } = expect;
  return {
    // SAFETY: JSON is a value; on one that does not fit no rule holds.
    input: input as Value,
    effect,
    hasReasons: reasons !== undefined,
    ...(redactions === undefined ? {} : { redactions }),
  };
}
