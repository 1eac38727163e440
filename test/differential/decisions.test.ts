// Decisions by the trees against decisions by the book, over policies that fit the shipped input schema.
// The whole decision is compared: effect, reasons, redactions, obligations and errors.

import { readFileSync } from "node:fs";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import { createPolicy, type Decision, type Policy } from "@writ/evaluator";
import { parseRego } from "@writ/syntax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtins } from "../../packages/apps/cli/src/builtins.ts";
import type { ReferenceDecision } from "../reference/decision.ts";
import { interpret, type Reference } from "../reference/interpret.ts";
import { decisionPrograms, LABELS, SETTINGS } from "./decision-programs.ts";

const runs = Number(process.env["FUZZ_RUNS"] ?? 1000);
const inputSchema = JSON.parse(
  readFileSync(new URL("../../schemas/input.schema.json", import.meta.url), "utf8"),
) as { readonly [key: string]: unknown };
const vocabularies = { labels: LABELS };

interface Engines {
  readonly policy: Policy;
  readonly reference: Reference;
}

/** Undefined for a policy that the checker refuses, such as one that can never hold. */
function load(texts: readonly string[]): Engines | undefined {
  const files = texts.map((text, index) => ({ file: `p${index}.rego`, text }));
  const modules = files.map((file) => parseRego(file).module);
  const sources = makeSources(files);
  const options = { inputSchema, vocabularies, builtins, sources, data: SETTINGS };
  const { program } = check(modules, options);
  if (program === undefined) return undefined;
  const compiled = compile(program, {
    inputSchema,
    vocabularies,
    data: SETTINGS,
    locate: () => ({ line: 1, column: 1 }),
  });
  return {
    policy: createPolicy(compiled, builtins),
    reference: interpret(modules, { data: SETTINGS, builtins }),
  };
}

function told({ effect, reasons, redactions, obligations, errors }: Decision): ReferenceDecision {
  return { effect, reasons, redactions, obligations, errors: errors.map(({ code }) => code) };
}

describe("a decision", () => {
  it("by the trees is the decision by the book", () => {
    const counts = { loaded: 0, all: 0, decided: 0, failed: 0 };
    fc.assert(
      fc.property(decisionPrograms, ({ texts, inputs }) => {
        counts.all += 1;
        const engines = load(texts);
        if (engines === undefined) return;
        counts.loaded += 1;
        for (const input of inputs) {
          const found = told(engines.policy.evaluate(input));
          const meant = engines.reference.decide(input);
          expect(found.errors).not.toContain("input_invalid");
          // The trees may see that a rule does not hold before they come to what is an error in it; they
          // never find an error where the book has none.
          if (meant.errors.length > 0) {
            counts.failed += 1;
            if (found.errors.length > 0) expect(found.effect).toBe("deny");
            continue;
          }
          counts.decided += 1;
          expect(found).toEqual(meant);
        }
      }),
      { numRuns: runs },
    );
    expect(counts.loaded / counts.all).toBeGreaterThan(0.5);
    expect(counts.decided).toBeGreaterThan(2 * counts.failed);
  });
});
