// What a call through the gateway costs, with everything on: signature verified, body classified, policy
// decided (request and response), call signed anew, both decisions on disk (fdatasync) before the bytes they
// are about. Beside it, in the same run, the upstream itself and a bare Node proxy. CPU is the process's own
// (user and system) over requests answered; latency is added to that of the direct call. Correctness first.
// BENCH_SECONDS, BENCH_WORKLOADS and BENCH_CONNECTIONS say for how long, and which rows.

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSigner } from "@writ/sigv4";
import { Pool } from "undici";

const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 3);
const WORKLOADS = listed("BENCH_WORKLOADS", "json,stream") as readonly Workload[];
const CONNECTIONS = listed("BENCH_CONNECTIONS", "1,16,64").map(Number);
const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
const PROMPT =
  "Summarise the following paragraph for a busy reader, in two sentences, without losing the main point. ".repeat(
    9,
  );
const body = Buffer.from(
  JSON.stringify({
    messages: [{ role: "user", content: [{ text: PROMPT }] }],
    inferenceConfig: { maxTokens: 512 },
  }),
);

type Workload = "json" | "stream";

interface Target {
  readonly name: string;
  readonly origin: string;
  readonly pid: number | undefined;
  readonly headers: (path: string) => Promise<Record<string, string>>;
}

export interface GatewayBenchRow {
  readonly workload: Workload;
  readonly target: string;
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly cpuMicrosPerRequest: number | undefined;
}

export async function runGatewayBench(): Promise<readonly GatewayBenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), "writ-bench-"));
  const children: ChildProcess[] = [];
  try {
    const targets = await startTargets(home, children);
    for (const target of targets) await assertCorrect(target);
    const rows: GatewayBenchRow[] = [];
    process.stdout.write(
      "workload  target        conns     req/s   p50 ms   p99 ms  +p50 ms  +p99 ms  CPU us/req\n",
    );
    for (const workload of WORKLOADS) {
      for (const connections of CONNECTIONS) {
        let direct: Measured | undefined;
        for (const target of targets) {
          await measure(target, workload, connections, 0.5);
          const measured = await measure(target, workload, connections, SECONDS);
          direct ??= measured;
          const row = toRow(workload, target, connections, measured, direct);
          rows.push(row);
          process.stdout.write(`${formatRow(row)}\n`);
        }
      }
    }
    return rows;
  } finally {
    for (const child of children) {
      child.kill("SIGINT");
      if (child.exitCode === null) await once(child, "exit");
    }
    rmSync(home, { recursive: true, force: true });
  }
}

function listed(name: string, usual: string): readonly string[] {
  return (process.env[name] ?? usual).split(",");
}

async function startTargets(home: string, children: ChildProcess[]): Promise<readonly Target[]> {
  const plain = async (): Promise<Record<string, string>> => ({
    "content-type": "application/json",
  });
  const upstream = fork(new URL("./gateway-upstream.ts", import.meta.url));
  children.push(upstream);
  const [port] = (await once(upstream, "message")) as [number];
  const origin = `http://127.0.0.1:${port}`;
  const baseline = fork(new URL("./gateway-baseline.ts", import.meta.url), [origin]);
  children.push(baseline);
  const [baselinePort] = (await once(baseline, "message")) as [number];
  const writ = fileURLToPath(new URL("../packages/apps/cli/bin/writ.js", import.meta.url));
  const credentials = {
    AWS_ACCESS_KEY_ID: "AKIDBENCHBENCHBENCH0",
    AWS_SECRET_ACCESS_KEY: "b".repeat(40),
  };
  const gateway = spawn(process.execPath, [writ, "dev"], {
    env: {
      ...process.env,
      ...credentials,
      WRIT_HOME: home,
      PORT: "0",
      WRIT_UPSTREAM_URL: origin,
      AWS_REGION: "us-east-1",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(gateway);
  await new Promise<void>((resolve, reject) => {
    gateway.stdout.on("data", (chunk: Buffer) => chunk.includes("Ctrl-C") && resolve());
    gateway.once("exit", () => reject(new Error("the gateway did not start")));
  });
  const facts = JSON.parse(readFileSync(join(home, ".writ", "dev.json"), "utf8")) as {
    readonly [name: string]: string;
  };
  const { endpoint = "", region = "", accessKeyId = "", secretAccessKey = "" } = facts;
  const signer = createSigner({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service: "bedrock",
  });
  const { host } = new URL(endpoint);
  const signed = (path: string): Promise<Record<string, string>> =>
    signer.sign({
      method: "POST",
      path,
      headers: { "content-type": "application/json" },
      body,
      host,
      now: new Date(),
    });
  return [
    { name: "direct", origin, pid: upstream.pid, headers: plain },
    {
      name: "node proxy",
      origin: `http://127.0.0.1:${baselinePort}`,
      pid: baseline.pid,
      headers: plain,
    },
    { name: "writ", origin: endpoint, pid: gateway.pid, headers: signed },
  ];
}

function pathOf(workload: Workload): string {
  return `/model/${encodeURIComponent(MODEL)}/converse${workload === "stream" ? "-stream" : ""}`;
}

/** Each target gives the upstream's own answer, and the gateway does refuse what it must. */
async function assertCorrect(target: Target): Promise<void> {
  const pool = new Pool(target.origin, { connections: 1 });
  for (const workload of ["json", "stream"] as const) {
    const path = pathOf(workload);
    const response = await pool.request({
      method: "POST",
      path,
      headers: await target.headers(path),
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200 || !text.includes("nobody minds"))
      throw new Error(
        `${target.name} does not answer ${workload} as the upstream does: ${response.statusCode} ${text.slice(0, 200)}`,
      );
  }
  if (target.name === "writ") {
    const path = pathOf("json");
    const response = await pool.request({
      method: "POST",
      path,
      headers: { ...(await target.headers(path)), "x-writ-groups": "admins" },
      body,
    });
    await response.body.dump();
    if (response.statusCode !== 403)
      throw new Error("the gateway does not refuse an unsigned identity header");
  }
  await pool.destroy();
}

interface Measured {
  readonly latencies: readonly number[];
  readonly seconds: number;
  readonly cpuMicros: number | undefined;
}

async function measure(
  target: Target,
  workload: Workload,
  connections: number,
  seconds: number,
): Promise<Measured> {
  const pool = new Pool(target.origin, { connections, pipelining: 1 });
  const path = pathOf(workload);
  const headers = await target.headers(path);
  const latencies: number[] = [];
  const cpuBefore = cpuMicros(target.pid);
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      const from = performance.now();
      const response = await pool.request({ method: "POST", path, headers, body });
      await response.body.dump({ limit: 1 << 24 });
      if (response.statusCode !== 200)
        throw new Error(`${target.name} answered ${response.statusCode}`);
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsed = (performance.now() - startedAt) / 1000;
  const cpuAfter = cpuMicros(target.pid);
  await pool.destroy();
  const spent =
    cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  return { latencies: latencies.sort((a, b) => a - b), seconds: elapsed, cpuMicros: spent };
}

/** User and system time of a process, from Linux's /proc; undefined where there is none. */
function cpuMicros(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // Clock ticks, a hundred a second on every Linux that Node runs on.
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return undefined;
  }
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

function toRow(
  workload: Workload,
  target: Target,
  connections: number,
  measured: Measured,
  direct: Measured,
): GatewayBenchRow {
  const [p50, p99] = [quantile(measured.latencies, 0.5), quantile(measured.latencies, 0.99)];
  const count = measured.latencies.length;
  return {
    workload,
    target: target.name,
    connections,
    requestsPerSecond: Math.round(count / measured.seconds),
    p50Ms: round(p50),
    p99Ms: round(p99),
    addedP50Ms: round(p50 - quantile(direct.latencies, 0.5)),
    addedP99Ms: round(p99 - quantile(direct.latencies, 0.99)),
    cpuMicrosPerRequest:
      measured.cpuMicros === undefined ? undefined : Math.round(measured.cpuMicros / count),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function formatRow(row: GatewayBenchRow): string {
  const numbers = [row.p50Ms, row.p99Ms, row.addedP50Ms, row.addedP99Ms].map((value) =>
    value.toFixed(2).padStart(8),
  );
  return `${row.workload.padEnd(9)} ${row.target.padEnd(12)} ${String(row.connections).padStart(6)} ${String(row.requestsPerSecond).padStart(9)} ${numbers.join(" ")} ${String(row.cpuMicrosPerRequest ?? "-").padStart(11)}`;
}
