// The compiler's one entry: typed IR in, everything a bundle carries for the evaluator out.

import type { Program, RuleIR } from "@writ/checker";
import type { CompiledPolicy, Plan, RuleGroup } from "@writ/evaluator";
import type { Locate } from "./locate.ts";
import { lowerClause } from "./lower.ts";
import { compileShape, isNumericAt, type JsonSchema, type Vocabularies } from "./shape.ts";
import { compileTrees } from "./trees.ts";

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
  const rules =
    options.includeTests === true ? program.rules : program.rules.filter((rule) => !rule.isTest);
  const shape = compileShape(options.inputSchema, options.vocabularies);
  const { data, locate } = options;
  const isNumeric = (path: readonly string[]): boolean => isNumericAt(shape, path);
  return {
    format: "writ.policy/1",
    shape,
    plan: compilePlan(rules, program.packages, locate),
    trees: compileTrees({ rules, packages: program.packages }, { data, locate, isNumeric }),
    data,
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
