// `npm run mutate`: how many of the mutants of each package the tests find. It ends with 1 when that is less
// than the aim, or when a mutant that was said to be equivalent is found.
//
//   --package NAME   one of targets.json; may be given again
//   --file PATH      only mutants of files whose names end so; may be given again
//   --changed REV    only mutants of files that differ from a revision
//   --sample N       so many of each package, drawn by --seed S (1)
//   --longest-test MS  leaves slower tests out: 1000, or 100
//   --list           shows the mutants and runs nothing
//   --named          the patches of named.json, each of which some test must find, and nothing else

import { execFileSync } from "node:child_process";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { isSaidEquivalent, staleEquivalents } from "./equivalents.ts";
import { listMutants, type Mutant } from "./mutants.ts";
import { runNamed } from "./named.ts";
import { stopAll } from "./processes.ts";
import { AIM, type Counts, countOutcomes, formatTable, printMutant } from "./report.ts";
import { type Outcome, runMutants } from "./run-mutants.ts";
import { sample } from "./sample.ts";
import { readTarget, root, targetData } from "./targets.ts";

const { values: options } = parseArgs({
  options: {
    package: { type: "string", multiple: true, default: Object.keys(targetData) },
    file: { type: "string", multiple: true },
    changed: { type: "string" },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    "longest-test": { type: "string", default: "Infinity" },
    list: { type: "boolean", default: false },
    named: { type: "boolean", default: false },
  },
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.on(signal, () => {
    stopAll();
    process.exit(code);
  });

if (options.named) process.exitCode = (await runNamed()) ? 0 : 1;
else {
  const rows: Counts[] = [];
  for (const name of options.package) {
    const counts = await mutatePackage(name);
    if (counts !== undefined) rows.push(counts);
  }
  if (rows.length > 0) process.stdout.write(formatTable(rows));
  if (rows.some(({ score }) => score < AIM)) process.exitCode = 1;
}

async function mutatePackage(name: string): Promise<Counts | undefined> {
  if (targetData[name] === undefined) throw new Error(`no package ${name} in targets.json`);
  const startedAt = performance.now();
  const { sources, testFiles } = readTarget(name);
  const all = listMutants(sources);
  for (const stale of staleEquivalents(all, [...sources.keys()])) {
    process.stdout.write(`equivalents.json names no mutant: ${stale.file}\n  - ${stale.before}\n`);
    process.exitCode = 1;
  }
  const chosen = choose(all);
  if (options.list) for (const mutant of chosen) process.stdout.write(printMutant(mutant));
  if (options.list || chosen.length === 0) return undefined;
  const outcomes = await runMutants(sources, all, chosen, testFiles, {
    tell: tellOutcome,
    longestTestMs: Number(options["longest-test"]),
  });
  return countOutcomes(name, outcomes, performance.now() - startedAt);
}

function tellOutcome({ mutant, status, by }: Outcome): void {
  const isFound = status === "killed" || status === "timed out";
  const isSaid = isSaidEquivalent(mutant);
  if (isFound && isSaid) {
    process.stdout.write(`said to be equivalent, but ${by ?? status}: ${printMutant(mutant)}`);
    process.exitCode = 1;
  }
  if (!isFound && !isSaid) process.stdout.write(`${status}: ${printMutant(mutant)}`);
}

function choose(all: readonly Mutant[]): readonly Mutant[] {
  const { file: names, changed: revision } = options;
  const changed =
    revision === undefined
      ? undefined
      : execFileSync("git", ["diff", "--name-only", revision], { cwd: root, encoding: "utf8" });
  const files = changed?.split("\n");
  const wanted = all.filter(
    ({ file }) =>
      (names === undefined || names.some((name) => file.endsWith(name))) &&
      (files === undefined || files.includes(relative(root, file))),
  );
  return options.sample === undefined
    ? wanted
    : sample(wanted, Number(options.sample), Number(options.seed));
}
