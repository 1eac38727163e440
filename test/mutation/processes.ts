// Runs jobs in child processes, and watches them: a mutant that takes longer than its time, or brings its
// process down, is noted, and what is left goes on in another process.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Answer, type Job, PLAN_VARIABLE, type Plan, type Reached } from "./plan.ts";

/** What became of a job: it passed, failed, was stopped, or was not needed any more. */
export interface JobResult {
  readonly job: Job;
  readonly status: "passed" | "failed" | "timed out" | "skipped";
  readonly by?: string;
  readonly reached?: Reached;
}

const PROGRAM = fileURLToPath(new URL("run-plan.ts", import.meta.url));
/** Vitest, and what the first test file imports, has so long to start. */
const START_MS = 60_000;
const LOOK_MS = 100;
const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** Jobs of one mutant must stand together: after one that failed, its others are skipped. */
export async function runJobs(
  jobs: readonly Job[],
  sources: Plan["sources"],
): Promise<readonly JobResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "mutation-"));
  folders.add(folder);
  const results: JobResult[] = [];
  try {
    for (let rest = jobs; rest.length > 0; ) {
      const answers = join(folder, "answers");
      const plan: Plan = { jobs: rest, sources, answers };
      const { hasTimedOut, log } = await runProcess(plan, folder);
      const found = resultsOf(plan, hasTimedOut);
      if (found.length === 0) throw new Error(`the tests cannot be run:\n${log}`);
      results.push(...found);
      const killed = new Set(found.filter(isKill).map(({ job }) => job.mutant));
      rest = rest
        .slice(found.length)
        .filter(({ mutant }) => mutant === undefined || !killed.has(mutant));
    }
  } finally {
    rmSync(folder, { recursive: true });
    folders.delete(folder);
  }
  return results;
}

export function isKill({ status }: JobResult): boolean {
  return status === "failed" || status === "timed out";
}

/** Nothing goes on once whoever asked is gone. */
export function stopAll(): void {
  for (const child of running) stop(child);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** The child has children of its own. */
function stop({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

async function runProcess(
  plan: Plan,
  folder: string,
): Promise<{ readonly hasTimedOut: boolean; readonly log: string }> {
  const file = join(folder, "plan");
  writeFileSync(file, JSON.stringify(plan));
  writeFileSync(plan.answers, "");
  const child = spawn(process.execPath, [PROGRAM], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    // With CI set no snapshot is written.
    env: { ...process.env, [PLAN_VARIABLE]: file, CI: "1" },
  });
  running.add(child);
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = `${log}${text}`.slice(-4000);
  });
  let hasEnded = false;
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      hasEnded = true;
      resolve();
    });
  });
  let hasTimedOut = false;
  let since = Date.now();
  for (let seen = 0; !hasEnded && !hasTimedOut; await Promise.race([ended, setTimeout(LOOK_MS)])) {
    const answers = readAnswers(plan);
    if (answers.length > seen) since = Date.now();
    seen = answers.length;
    const last = answers.at(-1);
    const limitMs = last?.kind === "begun" ? (plan.jobs[last.index]?.limitMs ?? 0) : START_MS;
    hasTimedOut = Date.now() - since > limitMs;
  }
  stop(child);
  await ended;
  running.delete(child);
  return { hasTimedOut, log };
}

/** The last line may be half there. */
function readAnswers({ answers }: Plan): readonly Answer[] {
  const lines = readFileSync(answers, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Answer);
}

function resultsOf(plan: Plan, hasTimedOut: boolean): readonly JobResult[] {
  const results: JobResult[] = [];
  for (const said of readAnswers(plan)) {
    const job = plan.jobs[said.index];
    if (job === undefined) continue;
    // Until it says more, it is what the process hung or died at.
    if (said.kind === "begun")
      results.push(
        hasTimedOut ? { job, status: "timed out" } : { job, status: "failed", by: "(the process)" },
      );
    else if (said.kind === "skipped") results.push({ job, status: "skipped" });
    else {
      const { by, reached } = said;
      results[said.index] = {
        job,
        status: by === undefined ? "passed" : "failed",
        ...(by === undefined ? {} : { by }),
        ...(reached === undefined ? {} : { reached }),
      };
    }
  }
  return results;
}
