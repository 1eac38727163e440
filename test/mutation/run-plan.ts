// A process of its own: runs the test files of a plan, one after another in one child, as Vitest would, but
// with the plan's texts in place of some sources.

import { fileURLToPath } from "node:url";
import { BaseSequencer, createVitest, type TestSpecification, type Vite } from "vitest/node";
import { readPlan } from "./plan.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { jobs, sources } = readPlan();
const substitute: Vite.Plugin = {
  name: "mutants",
  enforce: "pre",
  load: (id) => sources[id],
};
/** The plan's order, in which those that failed before do not come first. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files;
  }
}
const vitest = await createVitest(
  {
    root,
    config: `${root}/test/vitest.config.ts`,
    watch: false,
    include: [...new Set(jobs.map(({ testFile }) => testFile))],
    runner: fileURLToPath(new URL("mutant-runner.ts", import.meta.url)),
    reporters: [{}],
    // In one child, which forgets all modules itself: starting one takes longer than most tests.
    pool: "forks",
    isolate: false,
    maxWorkers: 1,
    sequence: { sequencer: InOrder },
    // The cache on the disk knows a file by what it holds, and would hand its text to others, and theirs to us.
    fsModuleCache: false,
  },
  { plugins: [substitute] },
);
try {
  const project = vitest.getRootProject();
  await vitest.runTestSpecifications(
    jobs.map(({ testFile }) => project.createSpecification(testFile)),
  );
} finally {
  await vitest.close();
}
