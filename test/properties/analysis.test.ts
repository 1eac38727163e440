// What is claimed about a policy holds of what it decides: every answer of `ask` and nothing besides, no
// input reaches a rule that is called idle, and every turn turns the decision.

import {
  askPolicy,
  type Condition,
  coverPolicy,
  findIdleRules,
  findTurns,
  MutantJudge,
  mutantsOf,
  type Region,
  withMutant,
} from "@writ/analysis";
import { builtins } from "@writ/builtins";
import {
  type CompiledPolicy,
  createPolicy,
  type DecisionRule,
  type DecisionTrees,
  type Effect,
  holdsIn,
  type InputPath,
  type Test,
  type TreeNode,
  type Value,
} from "@writ/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testKey } from "../../packages/language/analysis/src/tests.ts";
import { readWays } from "../../packages/language/analysis/src/ways.ts";
import {
  checkSmall,
  compileProgram,
  compileSmall,
  everyInput,
  regoOf,
  type SmallRule,
  smallPolicy,
} from "./small-policies.ts";

const runs = Math.ceil(Number(process.env["FUZZ_RUNS"] ?? 1000) / 20);

function holdsAll(tests: readonly Test[], input: Value): boolean {
  return tests.every((test) => holdsIn(test, input));
}

/** Whether an input is in a region; residuals are taken to hold where that puts it in. */
function isIn({ when, andOneOf, unless }: Region, input: Value): boolean {
  const isOpen = ({ residual }: Condition): boolean => residual === undefined;
  return (
    holdsAll(when, input) &&
    (andOneOf.length === 0 || andOneOf.some(({ tests }) => holdsAll(tests, input))) &&
    !unless.some((each) => isOpen(each) && holdsAll(each.tests, input))
  );
}

const constraint: fc.Arbitrary<readonly Test[]> = fc.constantFrom<readonly Test[]>(
  [],
  [{ op: "has", path: ["groups"], value: "a" }],
  [{ op: "eq", path: ["stage"], value: "action" }],
  [{ op: "not", test: { op: "has", path: ["labels"], value: "pii.x" } }],
  [
    { op: "gt", path: ["tokens"], value: 2 },
    { op: "has", path: ["groups"], value: "b" },
  ],
);
const effects = fc.constantFrom<Effect>("allow", "deny");

describe("writ ask", () => {
  it("lists exactly the inputs that are decided so", () => {
    fc.assert(
      fc.property(smallPolicy(false), constraint, effects, (rules, asked, effect) => {
        const compiled = compileSmall(regoOf(rules));
        const policy = createPolicy(compiled, builtins);
        const regions = askPolicy(compiled, builtins, asked, effect);
        for (const { example } of regions) expect(example?.decision.effect).toBe(effect);
        const wrong = everyInput.filter((input) => {
          const isAnswer = holdsAll(asked, input) && policy.evaluate(input).effect === effect;
          return isAnswer !== regions.some(({ region }) => isIn(region, input));
        });
        expect(wrong.slice(0, 2)).toEqual([]);
      }),
      { numRuns: runs },
    );
  }, 120_000);

  it("misses none, whatever residuals do", () => {
    fc.assert(
      fc.property(smallPolicy(true), constraint, effects, (rules, asked, effect) => {
        const compiled = compileSmall(regoOf(rules));
        const policy = createPolicy(compiled, builtins);
        const regions = askPolicy(compiled, builtins, asked, effect);
        const missed = everyInput.filter(
          (input) =>
            holdsAll(asked, input) &&
            policy.evaluate(input).effect === effect &&
            !regions.some(({ region }) => isIn(region, input)),
        );
        expect(missed.slice(0, 2)).toEqual([]);
      }),
      { numRuns: runs },
    );
  }, 120_000);
});

describe("a rule that is called idle", () => {
  it("is never what decides", () => {
    fc.assert(
      fc.property(smallPolicy(true), (rules) => {
        const compiled = compileSmall(regoOf(rules));
        const policy = createPolicy(compiled, builtins);
        const idle = findIdleRules(compiled, builtins);
        for (const input of everyInput) {
          const { effect, determining } = policy.evaluate(input);
          const decisive = new Set(determining.map(({ rule }) => rule));
          const holds = idle.filter(({ clause }) => decisive.has(clause.rule));
          for (const each of holds) {
            expect(each.kind).not.toBe("never");
            // An allow that is always denied determines nothing, and a shadowed rule has company.
            expect(each.kind === "overridden" && effect === "allow").toBe(false);
            if (each.kind === "shadowed")
              expect(each.by.some(({ rule }) => decisive.has(rule))).toBe(true);
          }
        }
      }),
      { numRuns: runs },
    );
  }, 120_000);

  it("can be left out: nothing is decided otherwise", () => {
    let found = 0;
    fc.assert(
      fc.property(smallPolicy(false), ({ rules, helper }) => {
        const compiled = compileSmall(regoOf({ rules, helper }));
        const idle = findIdleRules(compiled, builtins).filter(({ kind }) => kind !== "redundant");
        if (idle.length === 0) return;
        found += 1;
        // Rules of one kind are numbered in the order of the text.
        const numbers = new Map<string, number>();
        const kept = rules.filter(({ kind }) => {
          const number = (numbers.get(kind) ?? 0) + 1;
          numbers.set(kind, number);
          return !idle.some(({ clause }) => clause.rule === `p.${kind}#${number}`);
        });
        const [before, after] = [compiled, compileSmall(regoOf({ rules: kept, helper }))].map(
          (each) => createPolicy(each, builtins),
        );
        const wrong = everyInput.filter((input) => {
          const [a, b] = [before?.evaluate(input), after?.evaluate(input)];
          return a?.effect !== b?.effect || a?.redactions.join() !== b?.redactions.join();
        });
        expect(wrong.slice(0, 2)).toEqual([]);
      }),
      { numRuns: runs },
    );
    expect(found).toBeGreaterThan(0);
  }, 120_000);

  it("has a condition too many where it is said to: without it nothing is decided otherwise", () => {
    let found = 0;
    fc.assert(
      fc.property(smallPolicy(false), ({ rules, helper }) => {
        const compiled = compileSmall(regoOf({ rules, helper }));
        const before = createPolicy(compiled, builtins);
        for (const each of findIdleRules(compiled, builtins)) {
          if (each.kind !== "redundant") continue;
          found += 1;
          const trees = withoutTest(compiled, each.clause.rule, each.test);
          const after = createPolicy({ ...compiled, trees }, builtins);
          const wrong = everyInput.filter((input) => {
            const [a, b] = [before.evaluate(input), after.evaluate(input)];
            return a.effect !== b.effect || a.redactions.join() !== b.redactions.join();
          });
          expect(wrong.slice(0, 2)).toEqual([]);
        }
      }),
      { numRuns: runs * 4 },
    );
    expect(found).toBeGreaterThan(0);
  }, 120_000);
});

/** The trees with one test fewer before a rule's leaves, as guards over each way of every rule. */
function withoutTest(compiled: CompiledPolicy, rule: string, test: Test): DecisionTrees {
  const key = testKey(test);
  const rootOf = (kind: DecisionRule): TreeNode => {
    const ways = readWays({ ...compiled, opaque: () => [] }, kind);
    const nodes = ways.map(({ clause, index, tests }): TreeNode => {
      // Two conditions may say the same; one of them is taken away.
      const at = clause.rule === rule ? tests.findIndex((each) => testKey(each) === key) : -1;
      const kept = tests.filter((_each, place) => place !== at);
      return { kind: "guard", tests: kept, node: { kind: "leaf", clauses: [{ clause: index }] } };
    });
    return { kind: "all", nodes };
  };
  const roots = {
    allow: rootOf("allow"),
    deny: rootOf("deny"),
    redact: rootOf("redact"),
    oblige: rootOf("oblige"),
  };
  return { ...compiled.trees, roots };
}

/** A change of `action.kind` is none of `action`, which a test asks for as well. */
const turnedInsideAnObject: [{ rules: readonly SmallRule[]; helper: string }, Value] = [
  {
    rules: [{ kind: "allow", body: '{\n\tinput.action\n\tnot input.action.kind == "tool"\n}' }],
    helper: '{\n\tinput.model == "a"\n}',
  },
  { stage: "action", groups: [], labels: [], action: { kind: "tool" } },
];

describe("writ explain", () => {
  it("offers changes that turn the decision", () => {
    let found = 0;
    fc.assert(
      fc.property(smallPolicy(true), fc.constantFrom(...everyInput), (rules, input) => {
        const compiled = compileSmall(regoOf(rules));
        const policy = createPolicy(compiled, builtins);
        const { effect } = policy.evaluate(input);
        for (const { changes } of findTurns(compiled, builtins, input)) {
          found += 1;
          const changed = structuredClone(input) as { [key: string]: unknown };
          for (const { path, to } of changes) setAt(changed, path, to);
          const turned = policy.evaluate(changed);
          expect([changes, turned.effect, turned.errors]).not.toEqual([
            changes,
            effect,
            turned.errors,
          ]);
          expect(turned.errors).toEqual([]);
        }
      }),
      { numRuns: runs * 4 },
    );
    expect(found).toBeGreaterThan(runs);
  });

  it("finds a change of one value where there is one, for rules that are tests", () => {
    fc.assert(
      fc.property(smallPolicy(false), fc.constantFrom(...everyInput), (rules, input) => {
        const compiled = compileSmall(regoOf(rules));
        const policy = createPolicy(compiled, builtins);
        const { effect } = policy.evaluate(input);
        const turned = everyInput.some(
          (other) => differences(input, other) === 1 && policy.evaluate(other).effect !== effect,
        );
        if (!turned) return;
        const [first] = findTurns(compiled, builtins, input);
        expect(first?.changes.length, JSON.stringify(first?.changes)).toBe(1);
      }),
      { numRuns: runs, examples: [turnedInsideAnObject] },
    );
  }, 120_000);
});

/** Sets what a path names, or takes it away. */
function setAt(input: { [key: string]: unknown }, path: InputPath, to: Value | undefined): void {
  const last = path.at(-1) ?? "";
  let at = input;
  for (const key of path.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as { [key: string]: unknown };
  }
  if (to === undefined) delete at[last];
  else at[last] = to;
}

function differences(a: Value, b: Value): number {
  const [left, right] = [a, b] as [{ [key: string]: Value }, { [key: string]: Value }];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].filter((key) => JSON.stringify(left[key]) !== JSON.stringify(right[key])).length;
}

describe("writ cover", () => {
  it("proposes inputs that reach every way that can be", () => {
    fc.assert(
      fc.property(smallPolicy(false), (rules) => {
        const compiled = compileSmall(regoOf(rules));
        const { proposals } = coverPolicy(compiled, builtins, []);
        const { leaves } = coverPolicy(
          compiled,
          builtins,
          proposals.map(({ input }) => input),
        );
        const policy = createPolicy(compiled, builtins);
        // What is denied is not redacted.
        const decisive = new Set(
          everyInput.flatMap((input) => {
            const { effect, determining } = policy.evaluate(input);
            return determining.flatMap(({ kind, rule }) =>
              effect === "deny" && kind !== "deny" ? [] : [rule],
            );
          }),
        );
        const missing = leaves.filter(
          ({ clause, isReached }) =>
            !isReached && clause !== undefined && decisive.has(clause.rule),
        );
        // A rule that decides somewhere has at least one way that is reached.
        const reached = new Set(
          leaves.flatMap(({ clause, isReached }) =>
            isReached && clause !== undefined ? [clause.rule] : [],
          ),
        );
        expect(
          missing.filter(({ clause }) => clause !== undefined && !reached.has(clause.rule)),
        ).toEqual([]);
      }),
      { numRuns: runs },
    );
  }, 120_000);
});

describe("writ mutate", () => {
  it("judges a mutant as its compiled form decides", () => {
    const cases = fc.uniqueArray(fc.constantFrom(...everyInput), { maxLength: 6 });
    fc.assert(
      fc.property(smallPolicy(false), cases, (rules, inputs) => {
        const program = checkSmall(regoOf(rules));
        const compiled = compileProgram(program);
        const policy = createPolicy(compiled, builtins);
        const expected = inputs.map((input) => {
          const { effect, redactions } = policy.evaluate(input);
          return { input, effect, hasReasons: false, redactions };
        });
        const judge = new MutantJudge(program, compiled, builtins, expected);
        for (const mutant of mutantsOf(program)) {
          const verdict = judge.judge(mutant);
          if (verdict === "open") continue;
          const mutated = createPolicy(compileProgram(withMutant(program, mutant)), builtins);
          const isNoticed = expected.some(({ input, effect, redactions }) => {
            const now = mutated.evaluate(input);
            return now.effect !== effect || now.redactions.join() !== redactions.join();
          });
          expect([mutant.change, verdict === "noticed"]).toEqual([mutant.change, isNoticed]);
          if (verdict === "noticed") continue;
          const isOther = everyInput.some((input) => {
            const [a, b] = [policy.evaluate(input), mutated.evaluate(input)];
            const isAllowed = a.effect === "allow" && b.effect === "allow";
            return (
              a.effect !== b.effect || (isAllowed && a.redactions.join() !== b.redactions.join())
            );
          });
          expect([mutant.change, verdict === "survives"]).toEqual([mutant.change, isOther]);
        }
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
  }, 120_000);
});
