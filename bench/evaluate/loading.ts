// What comes before the first decision: compiling a set of ten thousand rules, and loading its bundle.

import { generateKeyPairSync } from "node:crypto";
import { builtins } from "@writ/builtins";
import { openBundle, packBundle } from "@writ/bundle";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import { createPolicy } from "@writ/evaluator";
import { parseRego } from "@writ/syntax";
import type { EvaluateBenchRow } from "../evaluate.bench.ts";
import { compileRego } from "./engines.ts";
import { inputSchema, makeWorkload, toRego } from "./workload.ts";

const RULES = 10_000;
const RUNS = 5;

type Stages = readonly (readonly [stage: string, ms: number])[];

export function measureCompiling(): readonly EvaluateBenchRow[] {
  const source = { file: "bench.rego", text: toRego(makeWorkload(RULES).rules) };
  return medians("compile", () => {
    const start = performance.now();
    const { module } = parseRego(source);
    const parsed = performance.now();
    const { program } = check([module], {
      builtins,
      sources: makeSources([source]),
      vocabularies: {},
      inputSchema,
      data: {},
    });
    const checked = performance.now();
    if (program === undefined) throw new Error("the rules have errors");
    const locate = () => ({ line: 1, column: 1 });
    const compiled = compile(program, { inputSchema, vocabularies: {}, data: {}, locate });
    // The plan is made when it is asked for: that belongs to compiling.
    if (compiled.builtins.length === 0) throw new Error("the rules call built-ins");
    const end = performance.now();
    return [
      ["parse", parsed - start],
      ["check", checked - parsed],
      ["compile", end - checked],
      ["whole", end - start],
    ];
  });
}

export function measureLoading(): readonly EvaluateBenchRow[] {
  const { rules, requests, allowed } = makeWorkload(RULES);
  const text = toRego(rules);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { bytes } = packBundle({
    policy: compileRego(text, inputSchema),
    sources: [{ path: "bench.rego", bytes: Buffer.from(text) }],
    revision: "1",
    inputSchema,
    sign: { key: privateKey, keyId: "bench" },
  });
  const keys = new Map([["bench", publicKey]]);
  const rows = medians("load-bundle", () => {
    const start = performance.now();
    const opened = openBundle(bytes, keys);
    const verified = performance.now();
    if (!opened.ok) throw new Error(opened.error.message);
    const policy = createPolicy(opened.bundle.policy, builtins);
    const linked = performance.now();
    const { effect } = policy.evaluate(requests[0]);
    const end = performance.now();
    if ((effect === "allow") !== allowed[0]) throw new Error("the loaded policy decides otherwise");
    return [
      ["verify and parse", verified - start],
      ["link", linked - verified],
      ["first decision", end - linked],
      ["whole", end - start],
    ];
  });
  const size = { workload: "load-bundle", engine: "writ, the bundle", n: RULES, ns: 0 } as const;
  return [...rows, { ...size, bytes: bytes.length }];
}

function medians(
  workload: "compile" | "load-bundle",
  run: () => Stages,
): readonly EvaluateBenchRow[] {
  const runs = Array.from({ length: RUNS }, run);
  return (runs[0] ?? []).map(([stage], index) => {
    const sorted = runs.map((stages) => stages[index]?.[1] ?? 0).sort((a, b) => a - b);
    const ns = 1e6 * (sorted[Math.floor(RUNS / 2)] ?? Number.NaN);
    return { workload, engine: `writ, ${stage}`, n: RULES, ns };
  });
}
