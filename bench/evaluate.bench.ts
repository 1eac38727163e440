// How long a decision takes, and what comes before the first. Every engine's answers are compared with the
// rules' meaning before anything is timed; then all are timed in turn, several times over, so that a busy
// machine is as busy for each, and the median of an engine's runs counts.
//   A: N rules that one attribute tells apart, one deny rule; with peers and hand-written baselines.
//   B: the shipped policies on the inputs a gateway makes of Bedrock calls.
//   C: 1,000 deny rules of which an input meets none to five, all of them reported.
//   D: shapes a decision tree could stumble over, against the same rules one after the other.
//   E: what an input's check alone costs, of the shipped schema's inputs, whole and with the least they need.
//   memory: bytes a decision allocates and bytes a condition takes; compile and load-bundle: by stage.

import { builtins } from "@writ/builtins";
import { createPolicy, type Policy } from "@writ/evaluator";
import { compileRego, engines } from "./evaluate/engines.ts";
import { hostileShapes } from "./evaluate/hostile.ts";
import { measureCompiling, measureLoading } from "./evaluate/loading.ts";
import { measureMemory } from "./evaluate/memory.ts";
import { leastOf, shippedCheck, shippedInputs, shippedPolicy } from "./evaluate/shipped.ts";
import { inputSchema, makeWorkload, type Request, seeded } from "./evaluate/workload.ts";

export interface EvaluateBenchRow {
  readonly workload: "A" | "B" | "C" | "D" | "E" | "memory" | "compile" | "load-bundle";
  readonly engine: string;
  readonly n: number;
  readonly ns: number;
  /** Instead of a time. */
  readonly bytes?: number;
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
    const figure = row.bytes === undefined ? showTime(row.ns) : `${row.bytes.toFixed(0)} bytes`;
    process.stdout.write(
      `${row.workload.padEnd(12)} ${String(row.n).padStart(6)}  ${row.engine.padEnd(36)} ${figure.padStart(12)}${ratio}${load}\n`,
    );
  };
  for (const n of SIZES) for (const row of await workloadA(n)) say(row);
  for (const row of [workloadB(), workloadC(), ...workloadD(), ...workloadE()]) say(row);
  for (const row of [...measureMemory(), ...measureCompiling(), ...measureLoading()]) say(row);
  return rows;
}

function showTime(ns: number): string {
  return ns < 1e6 ? `${ns.toFixed(0)} ns` : `${(ns / 1e6).toFixed(1)} ms`;
}

async function workloadA(n: number): Promise<readonly EvaluateBenchRow[]> {
  const workload = makeWorkload(n);
  const contestants: Contestant<Request>[] = [];
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
    if (engine.isAsync === true) {
      const ns = await timeAsync(workload.requests, decide);
      rows.push({ workload: "A", engine: engine.name, n, ns, loadMs });
    } else contestants.push({ name: engine.name, loadMs, items: workload.requests, call: decide });
  }
  const timed = timeTogether(contestants).map(
    ({ name, loadMs, ns }): EvaluateBenchRow => ({
      workload: "A",
      engine: name,
      n,
      ns,
      ...(loadMs === undefined ? {} : { loadMs }),
    }),
  );
  return [...timed, ...rows];
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
    return timeTogether<Request>([
      {
        name: `writ, ${name}`,
        items: requests,
        call: (request) => policy.evaluate(request).effect === "allow",
      },
      { name: `in order, ${name}`, items: requests, call: inOrder },
    ]).map((timed) => ({ workload: "D" as const, engine: timed.name, n: rules, ns: timed.ns }));
  });
}

function workloadE(): readonly EvaluateBenchRow[] {
  const { shape, policy } = shippedCheck();
  const call = (input: unknown): boolean => policy.evaluate(input).errors.length === 0;
  const whole = shippedInputs().flatMap(({ input }) => (call(input) ? [input] : []));
  // From JSON, as a gateway has it.
  const least = whole.map((input): unknown => JSON.parse(JSON.stringify(leastOf(shape, input))));
  if (whole.length === 0 || !least.every(call)) throw new Error("inputs that do not fit");
  const contestants: readonly Contestant<unknown>[] = [
    { name: "writ, no rules, shipped inputs", items: whole, call },
    { name: "writ, no rules, least inputs", items: least, call },
  ];
  return timeTogether(contestants).map(({ name, items, ns }) => ({
    workload: "E",
    engine: name,
    n: items.length,
    ns,
  }));
}

interface Contestant<Item> {
  readonly name: string;
  readonly loadMs?: number;
  readonly items: readonly Item[];
  readonly call: (item: Item) => boolean;
}

/** Nanoseconds a call: the median of several runs, in turn, after one that warms up. */
function timeTogether<Item>(
  contestants: readonly Contestant<Item>[],
): readonly (Contestant<Item> & { readonly ns: number })[] {
  const timers = contestants.map((contestant) => ({
    contestant,
    time: makeTimer<Item>(),
    runs: [] as number[],
  }));
  for (let run = 0; run <= RUNS; run += 1) {
    for (const { contestant, time, runs } of timers) {
      const ns = time(contestant.items, contestant.call, RUN_MS);
      if (run > 0) runs.push(ns);
    }
  }
  return timers.map(({ contestant, runs }) => ({ ...contestant, ns: median(runs) }));
}

function time<Item>(items: readonly Item[], call: (item: Item) => boolean): number {
  const [timed] = timeTogether([{ name: "", items, call }]);
  return timed?.ns ?? Number.NaN;
}

type Timer<Item> = (items: readonly Item[], call: (item: Item) => boolean, ms: number) => number;

/**
 * A loop of its own for each contestant, so that the engine can inline what it calls: in a shared one, what
 * came later would be called the slow way, and the fastest would lose most.
 */
function makeTimer<Item>(): Timer<Item> {
  const source = `return (items, call, ms) => {
    const start = now();
    let count = 0, hits = 0, elapsed = 0;
    // Whole rounds, unless one alone is longer than the run.
    while (elapsed < ms) {
      for (const item of items) {
        if (call(item)) hits += 1;
        count += 1;
        if ((count & 63) === 0 && now() - start > 3000) break;
      }
      elapsed = now() - start;
    }
    keep(hits);
    return (1e6 * elapsed) / count;
  };`;
  const keep = (found: number): void => {
    hits += found;
  };
  return new Function("now", "keep", source)(() => performance.now(), keep) as Timer<Item>;
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
