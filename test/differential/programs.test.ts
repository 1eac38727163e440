// The production engine against the executable specification: random programs, and the programs in which
// they once differed. Every document must have the same value, or the same code of error.

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeptCase, readCase } from "./kept-case.ts";
import { programs } from "./programs.ts";
import { findDifferences, loadModules, outcome } from "./run-program.ts";

const runs = Number(process.env["FUZZ_RUNS"] ?? 1000);
const folder = new URL("./cases/", import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith(".rego"))
  .map((name): [string, KeptCase] => [name, readCase(readFileSync(new URL(name, folder), "utf8"))]);

describe("a random program", () => {
  it("means what the specification says", () => {
    const counts = { accepted: 0, all: 0 };
    fc.assert(
      fc.property(programs({ templates: true }), (program) => {
        const engines = loadModules(program.modules.map(({ text }) => text));
        counts.all += 1;
        if ("refused" in engines) return;
        counts.accepted += 1;
        expect(findDifferences(engines, program)).toEqual([]);
      }),
      { numRuns: runs },
    );
    // A generator whose programs are refused compares nothing.
    expect(counts.accepted / counts.all).toBeGreaterThan(0.9);
  });
});

describe("a kept program", () => {
  it.each(cases)("%s means what OPA says", (_, { modules, input, documents }) => {
    const engines = loadModules(modules.map(({ text }) => text));
    if ("refused" in engines) throw new Error(engines.refused);
    for (const [name, engine] of Object.entries(engines))
      expect([name, ...documents.map(({ path }) => outcome(engine.query(path, input)))]).toEqual([
        name,
        ...documents.map(({ expected }) => expected),
      ]);
  });
});
