// No call of a built-in runs away: whatever it is given, it ends, is an error of its own, or uses up the steps
// of the evaluation, within the time that so many steps take. And it throws nothing that is no error of Rego.

import { builtins } from "@writ/builtins";
import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  spend,
  type Value,
  withinSteps,
} from "@writ/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileValues } from "./hostile-values.ts";

/** What a decision has. */
const STEPS = 1_000_000;
/** A step is some 50 ns; machines that run tests have other things to do. */
const MOST_MS = 5_000;
/** They leave the process. */
const REACH_OUT = ["http.send", "net.lookup_ip_addr"];

const all = [...builtins.values()].filter(({ name }) => !REACH_OUT.includes(name));

function call(builtin: Builtin, args: readonly Value[]): unknown {
  const context: BuiltinContext = { cache: new Map(), step: spend };
  try {
    return withinSteps(STEPS, () => {
      spend(builtin.cost.before(args));
      return builtin.call(args, context);
    });
  } catch (error) {
    return error;
  }
}

/** Of a deep nesting and of a text too long, the evaluation knows what V8 says. */
function isExpected(result: unknown): boolean {
  const isLimit = result instanceof RangeError && /call stack|string length/.test(result.message);
  return !(result instanceof Error) || result instanceof BuiltinError || isLimit;
}

describe("a built-in", () => {
  it.each([...builtins.values()])("declares its cost: $name", ({ cost, args }) => {
    expect(["constant", "linear", "superlinear"]).toContain(cost.growth);
    const none = args.map((): Value => null);
    expect(cost.before(none)).toBeGreaterThanOrEqual(0);
  });

  it.each(all)(
    "ends: $name",
    (builtin) => {
      const pools = builtin.args.map(hostileValues);
      const choices = fc.tuple(...pools.map((pool) => fc.constantFrom(...pool)));
      // The same value for every argument, wherever the types allow, is the worst for many.
      const alike = (pools[0] ?? []).filter((value) => pools.every((pool) => pool.includes(value)));
      const chosen = [
        ...fc.sample(choices, { numRuns: pools.length === 0 ? 1 : 25, seed: 1 }),
        ...alike.map((value) => pools.map(() => value)),
      ];
      for (const args of chosen) {
        const start = performance.now();
        const result = call(builtin, args);
        expect(performance.now() - start, `${builtin.name} of ${describeArgs(args)}`).toBeLessThan(
          MOST_MS,
        );
        expect(isExpected(result), `${builtin.name}: ${String(result)}`).toBe(true);
      }
    },
    120_000,
  );

  const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<Value>(null, true, false, "", "__proto__", "a", -1, 0, 1.5),
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 4, noNullPrototype: false }),
    ),
  })).value;

  it.each(all)("throws errors of Rego alone: $name", (builtin) => {
    const typed = builtin.args.map((type) =>
      fc.oneof(value, fc.constantFrom(...hostileSmall(type))),
    );
    fc.assert(
      fc.property(fc.tuple(...typed), (args) => {
        const result = call(builtin, args);
        expect(isExpected(result), `${builtin.name}: ${String(result)}`).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

/** Those that many calls can be made with. */
function hostileSmall(type: Parameters<typeof hostileValues>[0]): readonly Value[] {
  const small = hostileValues(type).filter((value) =>
    typeof value === "string" ? value.length < 100 : typeof value !== "object" || value === null,
  );
  return small.length === 0 ? [null] : small;
}

function describeArgs(args: readonly Value[]): string {
  return args
    .map((arg) => (typeof arg === "string" ? `${arg.slice(0, 20)}… (${arg.length})` : typeof arg))
    .join(", ");
}
