// The same programs against the real OPA, where the environment variable OPA names one: what it refuses we
// refuse, and every document is the same. What may differ is listed here, with the reason.

import { readdirSync, readFileSync } from "node:fs";
import { jsonText, parseJson } from "@writ/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCase } from "./kept-case.ts";
import { type Program, programs } from "./programs.ts";
import { RealOpa } from "./real-opa.ts";
import { canonical, loadModules, outcome } from "./run-program.ts";

const binary = process.env["OPA"];
const runs = Number(process.env["FUZZ_RUNS"] ?? 300);
/** A server is asked, and asked again while a difference is made smaller. */
const timeoutMs = 60_000 + runs * 200;

/** What OPA refuses and we, asked for no more than OPA's rules, do not; and at most how many of the programs. */
const REFUSED_BY_OPA_ALONE: readonly (readonly [message: RegExp, share: number, reason: string])[] =
  [
    [
      /^rego_type_error/,
      0.2,
      "types are checked against the schema of the input, not when like OPA",
    ],
    [
      /^rego_unsafe_var_error/,
      0.01,
      "OPA takes a variable that a reference and a closure of one statement share, `[][x] == [1 | x > 1]`, for the closure's own, though a statement before binds it",
    ],
  ];

/** Outcomes that may differ: `[OPA's, ours, reason]`. */
const DIFFERENT_OUTCOMES: readonly (readonly [opa: RegExp, ours: RegExp, reason: string])[] = [
  [
    /^(?!eval_)/,
    /^eval_conflict_error$/,
    "OPA leaves out rules that its index excludes, entries of an object nobody asked for, and what comes after a body that holds: a conflict in them is not met. Here it always is",
  ],
];

/** What was refused by OPA alone, by the index of the reason; undefined when all was compared. */
async function compareWithOpa(opa: RealOpa, program: Program): Promise<number | undefined> {
  const engines = loadModules(program.modules.map(({ text }) => text));
  const refusal = await opa.load(program);
  if (refusal !== undefined) {
    if ("refused" in engines) return undefined;
    const known = REFUSED_BY_OPA_ALONE.findIndex(([message]) => message.test(refusal.refused));
    if (known < 0) throw new Error(`OPA alone refuses it: ${refusal.refused}`);
    return known;
  }
  if ("refused" in engines) throw new Error(`OPA accepts it: ${engines.refused}`);
  for (const input of program.inputs)
    for (const path of program.documents) {
      const wanted = normal(await opa.document(path, input));
      const found = outcome(engines.plan.query(path, input as never));
      const isKnown = DIFFERENT_OUTCOMES.some(
        ([theirs, ours]) => theirs.test(wanted) && ours.test(found),
      );
      if (!isKnown) expect(`${path.join(".")} ${found}`).toBe(`${path.join(".")} ${wanted}`);
    }
  return undefined;
}

function normal(text: string): string {
  return /^(?:undefined|eval_\w+)$/.test(text) ? text : jsonText(canonical(parseJson(text)));
}

async function withOpa(work: (opa: RealOpa) => Promise<void>): Promise<void> {
  const opa = await RealOpa.start(binary ?? "");
  try {
    await work(opa);
  } finally {
    await opa.stop();
  }
}

describe("beside the real OPA", () => {
  it.skipIf(binary === undefined)(
    "a random program is accepted and means the same",
    async () => {
      const refused = REFUSED_BY_OPA_ALONE.map(() => 0);
      await withOpa((opa) =>
        fc.assert(
          fc.asyncProperty(programs({ templates: false }), async (program) => {
            const known = await compareWithOpa(opa, program);
            if (known !== undefined) refused[known] = (refused[known] ?? 0) + 1;
          }),
          { numRuns: runs },
        ),
      );
      for (const [index, [, share]] of REFUSED_BY_OPA_ALONE.entries())
        expect(refused[index]).toBeLessThanOrEqual(Math.ceil(share * runs));
    },
    timeoutMs,
  );

  it.skipIf(binary === undefined)("a kept program means the same", async () => {
    const folder = new URL("./cases/", import.meta.url);
    await withOpa(async (opa) => {
      for (const name of readdirSync(folder)) {
        const { modules, input, documents } = readCase(readFileSync(new URL(name, folder), "utf8"));
        // OPA 1.4 has no templates.
        if (modules.some(({ text }) => text.includes('$"'))) continue;
        const refusal = await opa.load({ modules });
        if (refusal !== undefined) throw new Error(`${name}: ${refusal.refused}`);
        for (const { path, expected } of documents)
          expect([name, path, normal(await opa.document(path, input))]).toEqual([
            name,
            path,
            expected,
          ]);
      }
    });
  });
});
