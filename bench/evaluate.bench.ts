// How long a decision takes. Every engine's answers are compared with the rules' meaning before anything is
// timed; then each is timed in turn, several times over, and the median of its runs counts.
//   A: N rules that one attribute tells apart, one deny rule; with peers and hand-written baselines.
//   B: the shipped policies on the inputs a gateway makes of Bedrock calls.
//   C: 1,000 deny rules of which an input meets none to five, all of them reported.
//   D: shapes a decision tree could stumble over, against the same rules one after the other.

import { builtins } from "@writ/builtins";
import { createPolicy, type Policy } from "@writ/evaluator";
import { compileRego, engines } from "./evaluate/engines.ts";
import { hostileShapes } from "./evaluate/hostile.ts";
import { shippedInputs, shippedPolicy } from "./evaluate/shipped.ts";
import { inputSchema, makeWorkload, type Request, seeded } from "./evaluate/workload.ts";

export interface EvaluateBenchRow {
  readonly workload: "A" | "B" | "C" | "D";
  readonly engine: string;
  readonly n: number;
  readonly ns: number;
  /** To load or compile, where that is part of using the engine. */
  readonly loadMs?: number;
}

const SIZES = [10, 100, 1_000, 10_000];
const RUNS = 5;
const RUN_MS = Number(process.env["BENCH_MS"] ?? 300);

export async function runEvaluateBench(): Promise<readonly EvaluateBenchRow[]> {
  const rows: EvaluateBenchRow[] = [];
  const say = (row: EvaluateBenchRow): void => {
    rows.push(row);
    const baseline = rows.find(
      ({ workload, engine, n }) =>
        workload === row.workload && n === row.n && engine === "nested Maps by hand",
    );
    const ratio = baseline === undefined ? "" : `  ${(row.ns / baseline.ns).toFixed(1)}x the Maps`;
    const load = row.loadMs === undefined ? "" : `  loaded in ${row.loadMs.toFixed(0)} ms`;
    process.stdout.write(
      `${row.workload}  ${String(row.n).padStart(6)}  ${row.engine.padEnd(34)} ${row.ns.toFixed(0).padStart(10)} ns${ratio}${load}\n`,
    );
  };
  for (const n of SIZES) for (const row of await workloadA(n)) say(row);
  say(workloadB());
  say(workloadC());
  for (const row of workloadD()) say(row);
  return rows;
}

async function workloadA(n: number): Promise<readonly EvaluateBenchRow[]> {
  const workload = makeWorkload(n);
  const rows: EvaluateBenchRow[] = [];
  // The Maps first: the others are ratios of them.
  const ordered = [...engines].sort(
    (a, b) => Number(b.name.startsWith("nested")) - Number(a.name.startsWith("nested")),
  );
  for (const engine of ordered.filter(({ maxRules }) => n <= maxRules)) {
    const before = performance.now();
    const decide = await engine.load(workload);
    const loadMs = performance.now() - before;
    if (decide === undefined) continue;
    await assertSame(engine.name, workload, decide);
    const ns =
      engine.isAsync === true
        ? await timeAsync(workload.requests, decide)
        : time(workload.requests, decide);
    rows.push({ workload: "A", engine: engine.name, n, ns, loadMs });
  }
  return rows;
}

/** On as many requests as ten seconds allow: some peers need milliseconds for one. */
async function assertSame(
  name: string,
  { requests, allowed }: ReturnType<typeof makeWorkload>,
  decide: (request: Request) => boolean,
): Promise<void> {
  const start = performance.now();
  for (const [index, request] of requests.entries()) {
    if (performance.now() - start > 10_000) return;
    const answer = await decide(request);
    if (answer !== allowed[index])
      throw new Error(`${name} says ${answer} to ${JSON.stringify(request)}`);
  }
}

function workloadB(): EvaluateBenchRow {
  const policy = shippedPolicy();
  // Inputs that are none are denied before a rule sees them: they would make it look faster.
  const inputs = shippedInputs().filter(({ input }) => policy.evaluate(input).errors.length === 0);
  for (const { input, effect } of inputs) {
    const decision = policy.evaluate(input);
    if (decision.effect !== effect)
      throw new Error(`the shipped policies say ${JSON.stringify(decision)}`);
  }
  const ns = time(inputs, ({ input }) => policy.evaluate(input).effect === "allow");
  return { workload: "B", engine: "writ, the shipped policies", n: inputs.length, ns };
}

function workloadC(): EvaluateBenchRow {
  const count = 1_000;
  const rules = Array.from(
    { length: count },
    (_unused, index) =>
      `deny contains "reason ${index}" if {\n\tinput.model == "model-${index % 250}"\n\tinput.action == "action-${Math.floor(index / 250)}"\n}\n\n`,
  );
  // Four rules more a model, so that one input meets up to five.
  const more = Array.from(
    { length: 40 },
    (_unused, index) =>
      `deny contains "more ${index}" if {\n\t"label-${index % 10}" in input.labels\n\tinput.stage == "request"\n}\n\n`,
  );
  const text = `package bench\n\nallow if input.stage == "request"\n\n${rules.join("")}${more.slice(0, 10).join("")}`;
  const policy = createPolicy(compileRego(text, inputSchema), builtins);
  const random = seeded(7);
  const pick = (limit: number): number => Math.floor(random() * limit);
  const inputs = Array.from({ length: 1024 }, (): { input: Request; matches: number } => {
    const model = pick(500);
    const labels = Array.from({ length: pick(5) }, (_unused, index) => `label-${index * 2}`);
    const matches = (model < 250 ? 1 : 0) + labels.length;
    const action = `action-${pick(4)}`;
    return {
      input: { stage: "request", groups: ["g"], model: `model-${model}`, action, labels },
      matches,
    };
  });
  for (const { input, matches } of inputs) {
    const { determining, effect } = policy.evaluate(input);
    const found = effect === "deny" ? determining.length : 0;
    if (found !== matches) throw new Error(`${found} rules instead of ${matches}`);
  }
  const ns = time(inputs, ({ input }) => policy.evaluate(input).determining.length > 0);
  return { workload: "C", engine: "writ, all determining rules", n: count, ns };
}

function workloadD(): readonly EvaluateBenchRow[] {
  return hostileShapes().flatMap(({ name, rules, asRego, requests, holds }) => {
    const policy: Policy = createPolicy(compileRego(asRego, inputSchema), builtins);
    const inOrder = (request: Request): boolean => holds.some((test) => test(request));
    for (const request of requests) {
      const decision = policy.evaluate(request);
      if ((decision.effect === "allow") !== inOrder(request) || decision.errors.length > 0)
        throw new Error(`${name}: ${JSON.stringify(decision)}`);
    }
    return [
      {
        workload: "D" as const,
        engine: `writ, ${name}`,
        n: rules,
        ns: time(requests, (request) => policy.evaluate(request).effect === "allow"),
      },
      {
        workload: "D" as const,
        engine: `in order, ${name}`,
        n: rules,
        ns: time(requests, inOrder),
      },
    ];
  });
}

/** Nanoseconds a call: the median of several runs, after one that warms up. */
function time<Item>(items: readonly Item[], call: (item: Item) => boolean): number {
  const runs: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const start = process.hrtime.bigint();
    let count = 0;
    let elapsed = 0n;
    // Whole rounds, unless one alone is longer than the run.
    while (elapsed < BigInt(RUN_MS) * 1_000_000n) {
      for (const item of items) {
        if (call(item)) hits += 1;
        count += 1;
        if ((count & 63) === 0 && process.hrtime.bigint() - start > 3_000_000_000n) break;
      }
      elapsed = process.hrtime.bigint() - start;
    }
    if (run > 0) runs.push(Number(elapsed) / count);
  }
  return median(runs);
}

async function timeAsync(
  items: readonly Request[],
  call: (item: Request) => unknown,
): Promise<number> {
  const start = process.hrtime.bigint();
  let count = 0;
  while (process.hrtime.bigint() - start < BigInt(RUN_MS * RUNS) * 1_000_000n) {
    await call(items[count % items.length] as Request);
    count += 1;
  }
  return Number(process.hrtime.bigint() - start) / count;
}

/** Read at the end, so that no call can be left out as useless. */
let hits = 0;
process.on("exit", () => {
  if (hits < 0) throw new Error("unreachable");
});

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
