// `writ mutate DIR`: mutation testing of a policy, the mutants that none of its tests kills.

import type { Mutant } from "@writ/analysis";
import type { Sources } from "@writ/diagnostics";
import {
  checkSet,
  compileProgram,
  type MutationResult,
  prepareTests,
  readTests,
  runMutants,
  runTests,
  sourceText,
} from "@writ/workspace";
import { allowHosts, builtins, type NetworkFlags } from "../builtins.ts";
import { EXIT, usageError } from "../exit.ts";
import { showJson, showLines } from "../output.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";

export interface MutateFlags extends NetworkFlags {
  readonly format: "text" | "json";
  readonly seconds: string;
  readonly fail?: boolean;
}

export function runMutate(folder: string, flags: MutateFlags): number {
  const { format, seconds, fail } = flags;
  allowHosts(flags);
  const limit = Number(seconds);
  if (!(limit > 0)) throw usageError("--seconds takes a number of seconds");
  const read = readPolicySet(folder);
  const set = { ...read, modules: prepareTests(read.modules) };
  const { program, diagnostics } = checkSet(set);
  const { cases, diagnostics: inTests } = readTests(set);
  stopOnErrors([...diagnostics, ...inTests], set.sources);
  if (program === undefined) throw new Error("a policy set without errors has no program");
  const compile = (mutated: typeof program) => compileProgram(mutated, set, { includeTests: true });
  if (runTests(compile(program), builtins, cases).some(({ status }) => status === "failed"))
    throw usageError("the tests fail as it is: `writ test` says which");
  const result = runMutants({ program, builtins, compile, cases, seconds: limit });
  if (format === "json") showJson(describeResult(result, set.sources));
  else showLines(renderText(result, set.sources));
  return fail === true && result.survivors.length > 0 ? EXIT.findings : EXIT.clean;
}

/** What is longer is cut, with a mark. */
const MAX_TEXT = 200;

function placeOf({ span }: Mutant, sources: Sources): string {
  return `${span.file}:${sources.get(span.file)?.position(span.start).line ?? 1}`;
}

function renderText(result: MutationResult, sources: Sources): readonly string[] {
  const { noticed, equivalent, survivors, untried } = result;
  const lines = survivors.map((mutant) => {
    const { span, rule, what, change } = mutant;
    const text = sourceText(span, sources, MAX_TEXT);
    const shown = what === "rule dropped" || what === "effect flipped" ? "" : `: ${text}`;
    return `  ${placeOf(mutant, sources)}  ${rule}: ${change}${shown}`;
  });
  const total = noticed + survivors.length;
  return [
    ...(survivors.length === 0 ? [] : ["no test notices that", ...lines, ""]),
    `${noticed} of ${total} mutants are noticed; ${equivalent} more decide the same${untried === 0 ? "" : `; ${untried} not tried: the time was over`}`,
  ];
}

function describeResult({ survivors, ...counts }: MutationResult, sources: Sources): object {
  const list = survivors.map((mutant) => {
    const { rule, what, change } = mutant;
    return { rule, what, change, place: placeOf(mutant, sources) };
  });
  return { ...counts, survivors: list };
}
