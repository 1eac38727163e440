// What decisions and policies take of memory: what one decision allocates must not grow with the rules, and
// a linked policy must stay small beside the text of its rules.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { builtins } from "@writ/builtins";
import { createPolicy, type Policy } from "@writ/evaluator";
import type { EvaluateBenchRow } from "../evaluate.bench.ts";
import { compileRego } from "./engines.ts";
import { inputSchema, makeWorkload, type Request, toRego } from "./workload.ts";

/** Each rule of workload A has four. */
const CONDITIONS = 4;
const DECISIONS = 4096;
/** What a decision may allocate more for ten thousand rules than for ten. */
const MAX_GROWTH_BYTES = 64;

export function measureMemory(): readonly EvaluateBenchRow[] {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const measured = [10, 10_000].map((n) => {
    const { rules, requests } = makeWorkload(n);
    const compiled = compileRego(toRego(rules), inputSchema);
    // The plan is made when it is asked for, and is none of the linked policy's.
    if (compiled.builtins.length === 0) throw new Error("the rules call built-ins");
    const before = usedBytes(collectGarbage);
    const policy = createPolicy(compiled, builtins);
    const linked = usedBytes(collectGarbage) - before;
    return { n, linked, decision: decisionBytes(policy, requests, collectGarbage) };
  });
  const [few, many] = measured;
  if (few === undefined || many === undefined || many.decision > few.decision + MAX_GROWTH_BYTES)
    throw new Error(
      `a decision allocates ${few?.decision} bytes for few rules, ${many?.decision} for many`,
    );
  const rows = measured.map(({ n, decision }) => ({
    workload: "memory" as const,
    engine: "writ, allocated by a decision",
    n,
    ns: 0,
    bytes: decision,
  }));
  const { n, linked } = many;
  const bytes = linked / (n * CONDITIONS);
  return [...rows, { workload: "memory", engine: "writ, held for a condition", n, ns: 0, bytes }];
}

/**
 * The least of several rounds, after some that warm up: what is compiled or collected meanwhile is no
 * decision's, and code that is not yet optimised boxes numbers.
 */
function decisionBytes(
  policy: Policy,
  requests: readonly Request[],
  collectGarbage: () => void,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 50; round += 1)
    for (const request of requests) policy.evaluate(request);
  for (let round = 0; round < 20; round += 1) {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < DECISIONS; index += 1)
      policy.evaluate(requests[index % requests.length]);
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / DECISIONS);
  }
  return Math.max(0, least);
}

function usedBytes(collectGarbage: () => void): number {
  // Twice: what the first finds no longer used may have held the last of something else.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
