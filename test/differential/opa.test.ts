// The same programs against the real OPA, where the environment variable OPA names one: what it refuses we
// refuse, and every document is the same.

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDifference, type KnownDifference, normal } from "./beside-opa.ts";
import { readCase } from "./kept-case.ts";
import { type Program, programs } from "./programs.ts";
import { type Answers, askOpa } from "./real-opa.ts";
import { withSetsAsUnions } from "./sets-as-unions.ts";
import { makeSmaller } from "./smaller.ts";

const binary = process.env["OPA"] ?? "";
const runs = Number(process.env["FUZZ_RUNS"] ?? 2000);
/** Programs that OPA is asked about at once. */
const BATCH = 500;
/** OPA is asked, and asked again while a difference is made smaller. */
const timeoutMs = 120_000 + runs * 50;

describe.skipIf(binary === "")("beside the real OPA", () => {
  it(
    "a random program is accepted and means the same",
    () => {
      const arbitrary = programs({ templates: false });
      const seed = fc.readConfigureGlobal()?.seed ?? Date.now() & 0x7fffffff;
      const counts = new Map<KnownDifference, number>();
      for (let from = 0; from < runs; from += BATCH) {
        const numRuns = Math.min(BATCH, runs - from);
        const batch = fc.sample(arbitrary, { seed, path: String(from), numRuns });
        const said = askOpa(binary, batch);
        for (const [index, program] of batch.entries()) {
          const found = findDifference(program, said[index] as Answers);
          if (typeof found === "object") counts.set(found, (counts.get(found) ?? 0) + 1);
          if (typeof found !== "string" || isOpasBug(program)) continue;
          throw new Error(`${smallest(program, found)}\nseed ${seed}, program ${from + index}`);
        }
      }
      for (const [{ share, reason }, count] of counts)
        expect(count, reason).toBeLessThanOrEqual(Math.ceil(share * runs));
    },
    timeoutMs,
  );

  it("a kept program means the same", () => {
    const folder = new URL("./cases/", import.meta.url);
    for (const name of readdirSync(folder)) {
      const { modules, input, documents } = readCase(readFileSync(new URL(name, folder), "utf8"));
      // OPA 1.4 rounds integers of more than 64 bits, and has no templates.
      if (name === "integers-of-any-size.rego") continue;
      if (modules.some(({ text }) => text.includes('$"'))) continue;
      const paths = documents.map(({ path }) => path);
      const [said] = askOpa(binary, [{ modules, documents: paths, inputs: [input] }]);
      const answers = said !== undefined && "answers" in said ? said.answers.map(normal) : said;
      expect([name, answers]).toEqual([name, documents.map(({ expected }) => expected)]);
    }
  });
});

/** Whether OPA says the same as we once sets have each member once. */
function isOpasBug(program: Program): boolean {
  const other = withSetsAsUnions(program);
  const [said] = askOpa(binary, [other]);
  return findDifference(other, said as Answers) === undefined;
}

/** What is left of a program that differs, and how that does. */
function smallest(program: Program, found: string): string {
  const differences = (programs: readonly Program[]): readonly unknown[] => {
    const said = askOpa(binary, programs);
    return programs.map((each, index) => findDifference(each, said[index] as Answers));
  };
  // A value that differs does not become a refusal that does.
  const isRefusal = (difference: unknown): boolean => /^OPA/.test(String(difference));
  const left = makeSmaller(program, (programs) =>
    differences(programs).map(
      (each) => typeof each === "string" && isRefusal(each) === isRefusal(found),
    ),
  );
  const texts = left.modules.map(({ text }) => text);
  return [...texts, ...differences([left])].join("\n");
}
