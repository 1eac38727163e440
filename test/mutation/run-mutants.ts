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

export interface RunOptions {
  /** Hears of each outcome as soon as it is known. */
  readonly tell?: (outcome: Outcome) => void;
  /** Tests that take longer are left out. */
  readonly longestTestMs?: number;
}

/** The machine is others' too. */
const PROCESSES: number = Math.min(2, availableParallelism());
/** What stays in a process when modules are forgotten adds up. */
const MUTANTS_A_PROCESS = 100;
/** Tests as they are have so long. */
const UNCHANGED_MS = 600_000;

/** `all` are the mutants of the sources; of them those `chosen` are tried. */
export async function runMutants(
  sources: ReadonlyMap<string, string>,
  all: readonly Mutant[],
  chosen: readonly Mutant[],
  testFiles: readonly string[],
  { tell = () => undefined, longestTestMs = Number.POSITIVE_INFINITY }: RunOptions = {},
): Promise<readonly Outcome[]> {
  const byFile = Map.groupBy(all, ({ file }) => file);
  const instrumented = Object.fromEntries(
    [...sources].map(([file, source]) => [file, instrument(source, byFile.get(file) ?? [])]),
  );
  const reached = await inParallel(testFiles, async (testFile) => {
    const [result] = await runJobs([{ testFile, limitMs: UNCHANGED_MS }], instrumented);
    if (result?.reached === undefined || result.status !== "passed")
      throw new Error(`a test fails without a mutant: ${testFile}: ${result?.by ?? ""}`);
    return readReach(testFile, result.reached);
  });
  const outcomes = await inParallel(sharesOf(chosen), async (share) => {
    const jobs = share.map(({ id }) => jobsOf(id, reached, longestTestMs));
    const results = await runJobs(jobs.flat(), instrumented);
    const kills = new Map(results.filter(isKill).map((kill) => [kill.job.mutant, kill]));
    const found = share.map((mutant, index) =>
      outcomeOf(mutant, kills.get(mutant.id), jobs[index] ?? []),
    );
    for (const outcome of found) tell(outcome);
    return found;
  });
  return outcomes.flat();
}

function outcomeOf(mutant: Mutant, kill: JobResult | undefined, jobs: readonly Job[]): Outcome {
  if (kill?.status === "timed out") return { mutant, status: "timed out" };
  if (kill !== undefined) return { mutant, status: "killed", by: kill.by ?? "" };
  return { mutant, status: jobs.length === 0 ? "unreached" : "survived" };
}

/** Mutants for one process. */
function sharesOf(mutants: readonly Mutant[]): readonly (readonly Mutant[])[] {
  const size = Math.min(MUTANTS_A_PROCESS, Math.ceil(mutants.length / PROCESSES));
  const shares: (readonly Mutant[])[] = [];
  for (let at = 0; at < mutants.length; at += size) shares.push(mutants.slice(at, at + size));
  return shares;
}

/** What comes of each, in order. */
async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const rest = [...items.entries()];
  const takeAll = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift())
      results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: PROCESSES }, takeAll));
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

/**
 * Tests that take so long are tried before those that take longer; what takes longer than all is not tried. A test
 * that waits for what never comes fails after the second time.
 */
const TIERS_MS: readonly (readonly [takesMs: number, timeoutMs: number])[] = [
  [100, 2_000],
  [1_000, 5_000],
  [3_500, 9_000],
];

function jobsOf(
  mutant: number,
  reached: readonly FileReach[],
  longestTestMs: number,
): readonly Job[] {
  const jobs = reached.flatMap(({ testFile, outside, tests, byMutant, hits }) => {
    // What is reached while modules are loaded or tests made ready is every test's.
    const wanted = outside.has(mutant) ? tests : (byMutant.get(mutant) ?? []);
    const maxHits = 10_000 + 20 * (hits.get(mutant) ?? 0);
    let longerThanMs = -1;
    return TIERS_MS.flatMap(([takesMs, timeoutMs]): readonly Job[] => {
      const tier = wanted.filter(({ ms }) => ms > longerThanMs && ms <= takesMs);
      longerThanMs = takesMs;
      if (tier.length === 0 || takesMs > longestTestMs) return [];
      const ms = tier.reduce((sum, test) => sum + test.ms, 0);
      const limitMs = timeoutMs + 2_000 + 4 * ms;
      return [{ mutant, testFile, tests: tier.map(({ id }) => id), maxHits, timeoutMs, limitMs }];
    });
  });
  return jobs.sort((a, b) => a.limitMs - b.limitMs);
}
