// What proofs about a policy cost, after compilation: two versions of N rules compared (ten rules fewer, ten
// more, ten changed, a deny changed), every rule asked whether it changes anything, a question, and inputs
// that reach every way to decide.

import { askPolicy, coverPolicy, diffPolicies, findIdleRules } from "@writ/analysis";
import type { Test } from "@writ/evaluator";
import { builtins } from "../packages/apps/cli/src/builtins.ts";
import { compileRego } from "./evaluate/engines.ts";
import { type AllowRule, inputSchema, makeWorkload, toRego } from "./evaluate/workload.ts";

export interface AnalysisRow {
  readonly what: "diff" | "idle" | "ask" | "cover";
  readonly n: number;
  readonly ms: number;
  /** Regions, rules found idle, answers or proposals. */
  readonly found: number;
}

const SIZES = [100, 1000, 10_000];

/** The median of some runs, in milliseconds. */
function time(runs: number, work: () => readonly unknown[]): { ms: number; found: number } {
  let found = 0;
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    found = work().length;
    return performance.now() - start;
  });
  return { ms: times.sort((a, b) => a - b)[runs >> 1] as number, found };
}

function changed(rules: readonly AllowRule[]): readonly AllowRule[] {
  const edited = rules
    .slice(10)
    .map((rule, index) => (index < 10 ? { ...rule, group: "others" } : rule));
  const added = rules.slice(0, 10).map((rule) => ({ ...rule, group: "newcomers" }));
  return [...edited, ...added];
}

export function runAnalysisBench(): readonly AnalysisRow[] {
  const rows: AnalysisRow[] = [];
  for (const n of SIZES) {
    const { rules } = makeWorkload(n);
    const before = compileRego(toRego(rules), inputSchema);
    const text = toRego(changed(rules)).replace('if "quarantined"', 'if "isolated"');
    const after = compileRego(text, inputSchema);
    const { regions } = diffPolicies(before, after, builtins);
    if (regions.length === 0 || regions.some(({ example }) => example === undefined))
      throw new Error("a diff without evidence");
    if (diffPolicies(before, before, builtins).regions.length > 0)
      throw new Error("a policy differs from itself");
    const asked: readonly Test[] = [{ op: "has", path: ["groups"], value: "group-3" }];
    const work = {
      diff: time(9, () => diffPolicies(before, after, builtins).regions),
      idle: time(5, () => findIdleRules(before, builtins)),
      ask: time(5, () => askPolicy(before, builtins, asked, "allow")),
      cover: time(1, () => coverPolicy(before, builtins, []).proposals),
    };
    for (const [what, result] of Object.entries(work)) {
      const row = { what: what as AnalysisRow["what"], n, ...result };
      rows.push(row);
      const { ms, found } = row;
      process.stdout.write(
        `${what.padEnd(6)}${String(n).padStart(7)} rules  ${ms.toFixed(1).padStart(8)} ms  ${found} found\n`,
      );
    }
  }
  return rows;
}
