// `writ cover DIR`: which decision paths the tests of a policy set cover, and inputs for the rest.

import { join } from "node:path";
import { type Cover, coverPolicy, type Leaf, plainInput } from "@writ/analysis";
import type { CompiledPolicy, Shape, Value } from "@writ/evaluator";
import {
  compileSet,
  describeTests,
  isProposed,
  MAX_FILE_BYTES,
  readTests,
  renderProposals,
  rulesHeldByTests,
  type TextOf,
  textsOf,
} from "@writ/workspace";
import { isThere, readFound } from "@writ/workspace/node";
import { allowHosts, builtins, type NetworkFlags } from "../builtins.ts";
import { EXIT, usageError } from "../exit.ts";
import { writeBytes } from "../files.ts";
import { modelFacts } from "../model-facts.ts";
import { showErrors, showJson, showLines } from "../output.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";

export interface CoverFlags extends NetworkFlags {
  readonly format: "text" | "json";
  readonly write?: boolean | string;
  readonly failUnder?: string;
}

const PROPOSED = "proposed.test.yaml";

export function runCover(folder: string, flags: CoverFlags): number {
  allowHosts(flags);
  const set = readPolicySet(folder);
  const { compiled, diagnostics } = compileSet(set, { includeTests: true });
  const { cases, diagnostics: inTests } = readTests(set);
  stopOnErrors([...diagnostics, ...inTests], set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  const name = fileToWrite(flags);
  // SAFETY: JSON is a value; one that does not fit reaches nothing.
  const inputs = cases
    // What is written anew is not there yet.
    .filter(({ file }) => file !== name)
    .map(({ input }) => input as Value);
  const cover = coverPolicy(
    compiled,
    builtins,
    inputs,
    rulesHeldByTests(compiled, builtins),
    modelFacts,
  );
  if (name !== undefined) write(folder, name, cover, compiled);
  if (flags.format === "json") showJson(cover);
  else showLines(render(cover, inputs.length, compiled.shape, textsOf(set.sources)));
  return isBelow(cover, flags.failUnder) ? EXIT.findings : EXIT.clean;
}

function fileToWrite({ write: name }: CoverFlags): string | undefined {
  if (name === true) return PROPOSED;
  return name === false ? undefined : name;
}

function write(folder: string, name: string, { proposals }: Cover, compiled: CompiledPolicy): void {
  const file = join(folder, name);
  // A link there would be written through.
  if (isThere(file) && !isProposed(readFound(file, MAX_FILE_BYTES).toString("utf8")))
    throw usageError(`${file} was not written by \`writ cover\`; name another file`);
  writeBytes(file, renderProposals(plainInput(compiled), proposals));
  showErrors([`${proposals.length} cases written to ${file}: read them before they are kept`]);
}

function possible({ leaves }: Cover): readonly Leaf[] {
  return leaves.filter(({ isImpossible }) => isImpossible !== true);
}

function isBelow(cover: Cover, wanted: string | undefined): boolean {
  if (wanted === undefined) return false;
  const percent = Number(wanted);
  if (!(percent >= 0 && percent <= 100))
    throw usageError("--fail-under takes a percentage, 0 to 100");
  const leaves = possible(cover);
  return leaves.filter(({ isReached }) => isReached).length * 100 < percent * leaves.length;
}

function render(cover: Cover, inputs: number, shape: Shape, textOf: TextOf): readonly string[] {
  const leaves = possible(cover);
  const missing = leaves.filter(({ isReached }) => !isReached);
  const impossible = cover.leaves.length - leaves.length;
  const lines = missing.map(({ clause, tests, ...rest }) =>
    clause === undefined
      ? "  that no rule allows"
      : `  ${clause.rule} (${clause.source.file}:${clause.source.line}) when ${describeTests(tests, shape, rest, textOf)}`,
  );
  const counts = `${leaves.length - missing.length} of ${leaves.length} ways to decide are reached by tests (${inputs} cases)`;
  return [
    ...(missing.length === 0 ? [] : ["no test pins", ...lines, ""]),
    counts,
    ...(impossible === 0 ? [] : [`${impossible} can never decide: see \`writ check\``]),
    ...(missing.length === 0
      ? []
      : [`${cover.proposals.length} cases would reach the rest: \`--write\` writes them`]),
  ];
}
