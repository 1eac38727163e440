// The compiler's one entry: typed IR in, everything a bundle carries for the evaluator out.

import { type CompiledPolicy, type Plan, POLICY_FORMAT, type RuleGroup } from "@writ/evaluator";
import type { JsonSchema, Program, RuleIR, Vocabularies } from "@writ/ir";
import { addBuiltinNames } from "./builtin-names.ts";
import { withoutTests } from "./formula.ts";
import type { Locate } from "./locate.ts";
import { lowerClause } from "./lower.ts";
import { compileShape, isNumericAt } from "./shape.ts";
import { compileTrees } from "./trees.ts";

/** What compiling needs beside the program. */
export interface CompileOptions {
  /** The schema of the input, as `schemas/input.schema.json`. */
  readonly inputSchema: JsonSchema;
  readonly vocabularies: Vocabularies;
  /** The base documents, merged. */
  readonly data: { readonly [key: string]: unknown };
  readonly locate: Locate;
  /** Keep the rules of `*_test.rego` files: for running tests, never for a bundle. */
  readonly includeTests?: boolean;
}

/** Compiles a checked program. Deterministic: the same program gives the same JSON. */
export function compile(program: Program, options: CompileOptions): CompiledPolicy {
  const kept = options.includeTests === true ? program : withoutTests(program);
  const { rules } = kept;
  const shape = compileShape(options.inputSchema, options.vocabularies);
  const { data, locate } = options;
  const isNumeric = (path: readonly string[]): boolean => isNumericAt(shape, path);
  // What is proved about trees seldom needs the plan, and a query no tree: then it is not made.
  const treesOf = once(() => compileTrees(kept, { data, locate, isNumeric, shape }));
  const planOf = once(() => compilePlan(rules, program.packages, locate));
  const builtinsOf = once(() => {
    const names = new Set<string>();
    for (const part of [planOf().groups, treesOf().residuals]) addBuiltinNames(part, names);
    return [...names].sort();
  });
  return {
    format: POLICY_FORMAT,
    shape,
    get plan() {
      return planOf();
    },
    get trees() {
      return treesOf();
    },
    get builtins() {
      return builtinsOf();
    },
    data,
  };
}

/** What it is made from is let go once it is made. */
function once<T>(make: () => T): () => T {
  let waiting: (() => T) | undefined = make;
  let made: T | undefined;
  return () => {
    if (waiting !== undefined) {
      made = waiting();
      waiting = undefined;
    }
    return made as T;
  };
}

function compilePlan(
  rules: readonly RuleIR[],
  packages: Program["packages"],
  locate: Locate,
): Plan {
  const byPath = new Map<string, RuleIR[]>();
  for (const rule of rules) {
    const key = rule.path.join("\u0000");
    const group = byPath.get(key);
    if (group === undefined) byPath.set(key, [rule]);
    else group.push(rule);
  }
  const groups = [...byPath.values()].map((group) => compileGroup(group, locate));
  return { version: 1, groups, ...(packages.length === 0 ? {} : { packages }) };
}

function compileGroup(rules: readonly RuleIR[], locate: Locate): RuleGroup {
  const ordinary = rules.filter((rule) => !rule.isDefault);
  const otherwise = rules.find((rule) => rule.isDefault);
  const [first] = (ordinary.length > 0 ? ordinary : rules) as readonly [RuleIR, ...RuleIR[]];
  return {
    path: first.path,
    kind: first.kind,
    ...(first.kind === "function" ? { arity: first.params.length } : {}),
    ...(first.isTest ? { isTest: true } : {}),
    clauses: ordinary.map((rule) => lowerClause(rule, locate)),
    ...(otherwise === undefined ? {} : { default: lowerClause(otherwise, locate) }),
  };
}
