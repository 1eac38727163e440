// Which mutants the tests find. First the tests run as they are, and it is noted which of them reach which
// mutant; then each mutant is tried by those, the quickest first, until one finds it. Tests of many seconds
// are left out: a mutant that only they find counts as one that none does.

import { availableParallelism } from "node:os";
import { instrument, type Mutant } from "./mutants.ts";
import type { Job, Reached } from "./plan.ts";
import { isKill, type JobResult, runJobs } from "./processes.ts";

export interface Outcome {
  readonly mutant: Mutant;
  /** `unreached`: no test gets there. */
  readonly status: "killed" | "timed out" | "survived" | "unreached";
  readonly by?: string;
}

/** The machine is others' too. */
const PROCESSES: number = Math.min(2, availableParallelism());
/** What stays in a process when modules are forgotten adds up. */
const MUTANTS_A_PROCESS = 150;
/** Tests as they are have so long. */
const UNCHANGED_MS = 600_000;

/** `all` are the mutants of the sources; of them those `chosen` are tried. */
export async function runMutants(
  sources: ReadonlyMap<string, string>,
  all: readonly Mutant[],
  chosen: readonly Mutant[],
  testFiles: readonly string[],
): Promise<readonly Outcome[]> {
  const byFile = Map.groupBy(all, ({ file }) => file);
  const instrumented = Object.fromEntries(
    [...sources].map(([file, source]) => [file, instrument(source, byFile.get(file) ?? [])]),
  );
  const unchanged = await runInShares(
    testFiles.map((testFile) => [{ testFile, limitMs: UNCHANGED_MS }]),
    instrumented,
  );
  const failed = unchanged.filter(({ status }) => status !== "passed");
  if (failed.length > 0)
    throw new Error(`tests fail without a mutant: ${failed.map(describe).join(", ")}`);
  const reached = unchanged.flatMap((result) =>
    result.reached === undefined ? [] : [readReach(result.job.testFile, result.reached)],
  );
  const jobs = chosen.map(({ id }) => jobsOf(id, reached));
  const results = await runInShares(
    jobs.filter((each) => each.length > 0),
    instrumented,
  );
  const kills = new Map(results.filter(isKill).map((kill) => [kill.job.mutant, kill]));
  return chosen.map((mutant, index) => outcomeOf(mutant, kills.get(mutant.id), jobs[index] ?? []));
}

function describe({ job, by, status }: JobResult): string {
  return `${job.testFile}: ${by ?? status}`;
}

function outcomeOf(mutant: Mutant, kill: JobResult | undefined, jobs: readonly Job[]): Outcome {
  if (kill?.status === "timed out") return { mutant, status: "timed out" };
  if (kill !== undefined) return { mutant, status: "killed", by: kill.by ?? "" };
  return { mutant, status: jobs.length === 0 ? "unreached" : "survived" };
}

/** Each group of jobs in one process. */
async function runInShares(
  groups: readonly (readonly Job[])[],
  sources: { readonly [file: string]: string },
): Promise<readonly JobResult[]> {
  const size = Math.max(1, Math.min(MUTANTS_A_PROCESS, Math.ceil(groups.length / PROCESSES)));
  const shares: Job[][] = [];
  for (let at = 0; at < groups.length; at += size) shares.push(groups.slice(at, at + size).flat());
  const results: JobResult[] = [];
  const work = async (): Promise<void> => {
    for (let share = shares.shift(); share !== undefined; share = shares.shift())
      results.push(...(await runJobs(share, sources)));
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return results;
}

interface FileReach {
  readonly testFile: string;
  readonly outside: ReadonlySet<number>;
  readonly tests: Reached["tests"];
  /** Tests by mutant. */
  readonly byMutant: ReadonlyMap<number, readonly Reached["tests"][number][]>;
  readonly hits: ReadonlyMap<number, number>;
}

function readReach(testFile: string, { outside, tests, hits }: Reached): FileReach {
  const byMutant = new Map<number, Reached["tests"][number][]>();
  for (const test of tests)
    for (const mutant of test.mutants)
      byMutant.set(mutant, [...(byMutant.get(mutant) ?? []), test]);
  return { testFile, outside: new Set(outside), tests, byMutant, hits: new Map(hits) };
}

/** Tests that take so long are tried before those that take longer; what takes longer than all is not tried. */
const TIERS_MS: readonly number[] = [100, 1_000, 5_000];

function jobsOf(mutant: number, reached: readonly FileReach[]): readonly Job[] {
  const jobs = reached.flatMap(({ testFile, outside, tests, byMutant, hits }) => {
    // What is reached while modules are loaded or tests made ready is every test's.
    const wanted = outside.has(mutant) ? tests : (byMutant.get(mutant) ?? []);
    const quick = wanted.filter(({ ms }) => ms <= Math.max(...TIERS_MS));
    const tiers = Map.groupBy(quick, ({ ms }) => TIERS_MS.find((limit) => ms <= limit));
    const maxHits = 10_000 + 20 * (hits.get(mutant) ?? 0);
    return [...tiers.values()].map((tier): Job => {
      const ms = tier.reduce((sum, test) => sum + test.ms, 0);
      return {
        mutant,
        testFile,
        tests: tier.map(({ id }) => id),
        maxHits,
        limitMs: 4_000 + 4 * ms,
      };
    });
  });
  return jobs.sort((a, b) => a.limitMs - b.limitMs);
}
