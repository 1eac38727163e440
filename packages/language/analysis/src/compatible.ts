// The ways that can hold together with a cube: the tree is walked with what the cube says, and only branches
// that it leaves open are entered.

import type { DecisionRule, Scalar, Test } from "@writ/evaluator";
import { areCompatible } from "./implied.ts";
import type { Rules } from "./policy-rules.ts";
import type { Way } from "./ways.ts";

export function compatibleWith(
  rules: Rules,
  kind: DecisionRule,
  cube: readonly Test[],
): readonly Way[] {
  return [...eachCompatibleWith(rules, kind, cube)];
}

/** The same one by one: there may be as many as the policy has, and few be wanted. */
export function* eachCompatibleWith(
  rules: Rules,
  kind: DecisionRule,
  cube: readonly Test[],
): Generator<Way> {
  const { shape } = rules.compiled;
  const fixed = new Map<string, Scalar>();
  for (const test of cube) if (test.op === "eq") fixed.set(test.path.join("\u0000"), test.value);
  for (const way of rules.open(kind, fixed)) if (areCompatible(shape, cube, way.tests)) yield way;
}
