// Laws of `writ diff`: what it lists is what changes, no more and no less, and every example is one.

import { type Condition, type DiffRegion, diffPolicies } from "@writ/analysis";
import { builtins } from "@writ/builtins";
import {
  type CompiledPolicy,
  createPolicy,
  type Decision,
  holdsIn,
  type Value,
} from "@writ/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSmall, everyInput, regoOf, smallPolicy } from "./small-policies.ts";

const runs = Math.ceil(Number(process.env["FUZZ_RUNS"] ?? 1000) / 20);

/** Whether an input is in a region, as far as tests say it. */
function isIn(
  { region: { when, andOneOf, unless } }: DiffRegion,
  input: Value,
  isResidual: boolean,
): boolean {
  const holds = ({ tests, residual }: Condition): boolean =>
    (residual === undefined || isResidual) && tests.every((test) => holdsIn(test, input));
  return (
    when.every((test) => holdsIn(test, input)) &&
    (andOneOf.length === 0 || andOneOf.some((each) => tests(each, input))) &&
    !unless.some(holds)
  );
}

function tests({ tests: own }: Condition, input: Value): boolean {
  return own.every((test) => holdsIn(test, input));
}

function changeOf(before: Decision, after: Decision): string {
  if (before.effect !== after.effect) return after.effect === "allow" ? "widened" : "narrowed";
  const isSame = after.effect === "deny" || before.redactions.join() === after.redactions.join();
  return isSame ? "none" : "redactions";
}

describe("writ diff", () => {
  it("tells of another redaction in the same place once", () => {
    const [before, after] = ["pii.x", "pii.y"].map((label) =>
      compileSmall(
        `package p\n\nallow if input.stage == "request"\n\nredact contains "${label}" if input.model == "a"\n`,
      ),
    ) as [CompiledPolicy, CompiledPolicy];
    const { regions } = diffPolicies(before, after, builtins);
    expect(regions.map(({ direction, because }) => [direction, because.change])).toEqual([
      ["redactions", "changed"],
    ]);
  });

  it("does not take for granted what may fail to be formatted", () => {
    const [before, after] = ['"wide"', 'sprintf("%20000d", [1])'].map((message) =>
      compileSmall(
        `package p\n\nallow if input.stage == "request"\n\ndeny contains ${message} if input.model == "a"\n`,
      ),
    ) as [CompiledPolicy, CompiledPolicy];
    expect(diffPolicies(before, after, builtins).regions).not.toEqual([]);
  });

  it("of a policy with itself is empty", () => {
    fc.assert(
      fc.property(smallPolicy(true), (policy) => {
        const compiled = compileSmall(regoOf(policy));
        expect(diffPolicies(compiled, compiled, builtins).regions).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("of a refactoring is empty", () => {
    fc.assert(
      fc.property(smallPolicy(true), (policy) => {
        const { rules, helper } = policy;
        const renamed = regoOf({ rules: rules.toReversed(), helper }).replaceAll(
          "helper",
          "other_name",
        );
        const diff = diffPolicies(compileSmall(regoOf(policy)), compileSmall(renamed), builtins);
        expect(diff.regions).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("lists exactly the inputs whose decision changes", () => {
    fc.assert(
      fc.property(smallPolicy(false), smallPolicy(false), (a, b) => {
        const [before, after] = [compileSmall(regoOf(a)), compileSmall(regoOf(b))];
        const { regions } = diffPolicies(before, after, builtins);
        const [old, current] = [createPolicy(before, builtins), createPolicy(after, builtins)];
        for (const region of regions) expect(region.example).toBeDefined();
        const wrong = everyInput.filter((input) => {
          const change = changeOf(old.evaluate(input), current.evaluate(input));
          const directions = regions
            .filter((each) => isIn(each, input, false))
            .map(({ direction }) => direction)
            // What is newly allowed may be redacted as well.
            .filter(
              (direction) =>
                direction !== "redactions" || change === "none" || change === direction,
            );
          return change === "none"
            ? directions.length > 0
            : directions.length === 0 || directions.some((each) => each !== change);
        });
        expect(wrong.slice(0, 2)).toEqual([]);
      }),
      { numRuns: runs },
    );
  }, 120_000);

  it("misses no change, whatever its residuals do", () => {
    fc.assert(
      fc.property(smallPolicy(true), smallPolicy(true), (a, b) => {
        const [before, after] = [compileSmall(regoOf(a)), compileSmall(regoOf(b))];
        const { regions } = diffPolicies(before, after, builtins);
        const [old, current] = [createPolicy(before, builtins), createPolicy(after, builtins)];
        for (const { example } of regions)
          if (example !== undefined)
            expect(changeOf(example.before, example.after)).not.toBe("none");
        for (const input of everyInput) {
          const change = changeOf(old.evaluate(input), current.evaluate(input));
          if (change === "none") continue;
          const isListed = regions.some(
            (each) => each.direction === change && isIn(each, input, false),
          );
          expect([JSON.stringify(input), isListed]).toEqual([JSON.stringify(input), true]);
        }
      }),
      { numRuns: runs },
    );
  }, 120_000);
});
