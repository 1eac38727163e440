// What a policy author and their CI wait for: whole processes over generated sets, with their memory, beside
// a bare Node and, where `OPA` names it, the real OPA. And whether reading is linear in the text.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseRego } from "@writ/syntax";
import { generateModules, generateTests } from "./generate-policies.ts";

const writ = fileURLToPath(new URL("../packages/apps/cli/bin/writ.js", import.meta.url));
const RUNS = 5;
/** Reports the process's highest memory on its fourth descriptor. */
const REPORT =
  'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))';

interface Process {
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it must print for its time to count. */
  readonly says: RegExp;
  /** 0 unless told. */
  readonly exits?: number;
}

export interface AuthoringResult {
  readonly processes: readonly { readonly what: string; seconds: number; megabytes?: number }[];
  readonly reading: readonly { readonly lines: number; readonly nsPerLine: number }[];
}

export function runAuthoringBench(): AuthoringResult {
  const folder = mkdtempSync(join(tmpdir(), "writ-bench-"));
  try {
    const processes = processesIn(folder).map(measure);
    for (const { what, seconds, megabytes } of processes)
      process.stdout.write(
        `${what.padEnd(28)} ${seconds.toFixed(2)} s${megabytes === undefined ? "" : `  ${megabytes} MB`}\n`,
      );
    const reading = [1_000, 10_000, 100_000].map(measureReading);
    for (const { lines, nsPerLine } of reading)
      process.stdout.write(`reading ${String(lines).padStart(7)} lines   ${nsPerLine} ns a line\n`);
    return { processes, reading };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function processesIn(folder: string): readonly Process[] {
  const sets = [1_000, 10_000].map((rules) => {
    const dir = mkdtempSync(join(folder, `${rules}-`));
    // What is to be laid out is not laid out yet.
    const loose = mkdtempSync(join(folder, `loose-${rules}-`));
    for (const [name, text] of generateModules(rules)) {
      writeFileSync(join(dir, name), text);
      writeFileSync(join(loose, name), text.replaceAll("\t", "    ").replaceAll(" == ", "=="));
    }
    return { rules, dir, loose };
  });
  const tested = mkdtempSync(join(folder, "tested-"));
  for (const [name, text] of generateModules(1_000)) writeFileSync(join(tested, name), text);
  writeFileSync(join(tested, "all_test.rego"), generateTests(1_000));
  const opa = process.env["OPA"];
  const node = { command: process.execPath };
  return [
    { what: "node, doing nothing", ...node, args: ["-e", "0"], says: /^$/ },
    ...sets.flatMap(({ rules, dir, loose }) => [
      {
        what: `writ check, ${rules} rules`,
        ...node,
        args: [writ, "check", dir],
        says: new RegExp(`${rules + 1} rules: 0 errors`),
      },
      {
        what: `writ fmt, ${rules} rules`,
        ...node,
        args: [writ, "fmt", "--check", loose],
        says: /guard\.rego\n(?:.*\n)*.*rules_0\.rego\n/,
        exits: 1,
      },
    ]),
    {
      what: "writ test, 1000 tests",
      ...node,
      args: [writ, "test", tested],
      says: /1,?000 passed, 0 failed/,
    },
    ...(opa === undefined
      ? []
      : [
          ...sets.flatMap(({ rules, dir, loose }) => [
            { what: `opa check, ${rules} rules`, command: opa, args: ["check", dir], says: /^$/ },
            {
              what: `opa fmt, ${rules} rules`,
              command: opa,
              args: ["fmt", "-l", loose],
              says: /rules_0\.rego/,
            },
          ]),
          {
            what: "opa test, 1000 tests",
            command: opa,
            args: ["test", tested],
            says: /PASS: 1000\/1000/,
          },
        ]),
  ];
}

/** The median of several runs, each of which must have done its work. */
function measure({
  what,
  command,
  args,
  says,
  exits = 0,
}: Process): AuthoringResult["processes"][number] {
  const isNode = command === process.execPath;
  const runs = Array.from({ length: RUNS }, () => {
    const startedAt = performance.now();
    const { status, stdout, stderr, output } = spawnSync(
      command,
      isNode ? ["--import", REPORT, ...args] : [...args],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe", "pipe"] },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    if (status !== exits || !says.test(stdout))
      throw new Error(`${what}: exit ${status}\n${stdout}${stderr}`.slice(0, 2000));
    return { seconds, megabytes: Math.round(Number(output[3] ?? 0) / 1024) };
  }).sort((a, b) => a.seconds - b.seconds);
  const { seconds = 0 } = runs[Math.floor(RUNS / 2)] ?? {};
  const most = Math.max(...runs.map(({ megabytes }) => megabytes));
  return { what, seconds, ...(isNode ? { megabytes: most } : {}) };
}

function measureReading(lines: number): AuthoringResult["reading"][number] {
  const rule = [
    "allow if {",
    '\t"g1" in input.identity.groups',
    '\tinput.model.id == "m1"',
    "}",
    "",
  ];
  const text = `package p\n\n${`${rule.join("\n")}\n`.repeat(lines / rule.length)}`;
  const times = Array.from({ length: RUNS }, () => {
    const startedAt = performance.now();
    const { module, diagnostics } = parseRego({ file: "p.rego", text });
    if (diagnostics.length > 0 || module.rules.length !== lines / rule.length)
      throw new Error("the text was not read");
    return performance.now() - startedAt;
  }).sort((a, b) => a - b);
  return { lines, nsPerLine: Math.round(((times[Math.floor(RUNS / 2)] ?? 0) * 1e6) / lines) };
}
