// Inside the process that runs tests: before each test file the next job of the plan is taken up, all modules
// are forgotten, so that no mutant leaves anything to the next, and its mutant is switched on.

import {
  type RunnerTestCase,
  type RunnerTestFile,
  TestRunner,
  type TestRunnerConfig,
  vi,
} from "vitest";
import { answer, type Job, type Plan, type Reached, readPlan } from "./plan.ts";

interface Mutation {
  isActive(mutant: number): boolean;
}

/** Which mutants a test file reaches. */
class Reach {
  /** By mutant: how often it was reached, and by what last. */
  readonly #hits: number[] = [];
  readonly #lastSeenBy: Set<number>[] = [];
  readonly #outside = new Set<number>();
  readonly #tests: { id: string; ms: number; mutants: Set<number> }[] = [];
  #current = this.#outside;

  /** Asked millions of times. */
  hit(mutant: number): void {
    this.#hits[mutant] = (this.#hits[mutant] ?? 0) + 1;
    if (this.#lastSeenBy[mutant] === this.#current) return;
    this.#lastSeenBy[mutant] = this.#current;
    this.#current.add(mutant);
  }

  enter(id: string): void {
    const test = { id, ms: 0, mutants: new Set<number>() };
    this.#tests.push(test);
    this.#current = test.mutants;
  }

  leave(ms: number): void {
    const test = this.#tests.at(-1);
    if (test !== undefined && this.#current === test.mutants) test.ms = ms;
    this.#current = this.#outside;
  }

  finish(): Reached {
    const tests = this.#tests.map(({ id, ms, mutants }) => ({ id, ms, mutants: [...mutants] }));
    return {
      outside: [...this.#outside],
      tests,
      hits: [...this.#hits.entries()].filter(([, hits]) => hits > 0),
    };
  }
}

export default class MutantRunner extends TestRunner {
  readonly #plan: Plan = readPlan();
  readonly #killed = new Set<number>();
  #index = -1;
  #job: Job | undefined;
  #isSkipped = false;
  #hits = 0;
  #failed: string | undefined;
  #seen = new Reach();

  constructor(config: TestRunnerConfig) {
    super(config);
    const mutation: Mutation = { isActive: (mutant) => this.#isActive(mutant) };
    Object.assign(globalThis, { __mutation: mutation });
  }

  #isActive(mutant: number): boolean {
    if (this.#job?.mutant === undefined) {
      this.#seen.hit(mutant);
      return false;
    }
    if (mutant !== this.#job.mutant) return false;
    this.#hits += 1;
    if (this.#hits > (this.#job.maxHits ?? Number.POSITIVE_INFINITY))
      throw new Error("a loop without an end");
    return true;
  }

  onBeforeCollect(files: string[]): void {
    this.#index += 1;
    this.#job = this.#plan.jobs[this.#index];
    if (files[0] !== this.#job?.testFile) throw new Error("the plan's order is not kept");
    this.#isSkipped = this.#killed.has(this.#job?.mutant ?? Number.NaN);
    this.#hits = 0;
    this.#failed = undefined;
    this.#seen = new Reach();
    answer(this.#plan, { kind: this.#isSkipped ? "skipped" : "begun", index: this.#index });
    vi.resetModules();
    const timeoutMs = this.#job?.timeoutMs;
    if (timeoutMs !== undefined) vi.setConfig({ testTimeout: timeoutMs });
  }

  override importFile(...[file, source]: Parameters<TestRunner["importFile"]>): unknown {
    return this.#isSkipped ? undefined : super.importFile(file, source);
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    const wanted = this.#job?.tests;
    const isWanted = wanted === undefined || wanted.includes(test.id);
    if (!isWanted || this.#failed !== undefined) test.mode = "skip";
    await super.onBeforeRunTask(test);
    if (test.mode !== "skip") this.#seen.enter(test.id);
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    this.#seen.leave(test.result?.duration ?? 0);
    if (test.result?.state === "fail") this.#failed ??= test.fullTestName;
    super.onAfterRunTask(test);
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    super.onAfterRunFiles(files);
    const { mutant } = this.#job ?? {};
    if (this.#isSkipped) return;
    // Hooks, and files that cannot be loaded, fail without a test.
    if (files.some(({ result }) => result?.state === "fail"))
      this.#failed ??= "(outside the tests)";
    if (this.#failed !== undefined && mutant !== undefined) this.#killed.add(mutant);
    answer(this.#plan, {
      kind: "done",
      index: this.#index,
      ...(this.#failed === undefined ? {} : { by: this.#failed }),
      ...(mutant === undefined ? { reached: this.#seen.finish() } : {}),
    });
  }
}
