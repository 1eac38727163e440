// The alternatives that can hold together with a cube: the tree is walked with what the cube says, and
// only branches that it leaves open are entered.

import { type DecisionRule, holdsOf, pathOf, type Scalar, type Test } from "@writ/evaluator";
import type { Alternative } from "./alternatives.ts";
import { areCompatible } from "./implied.ts";
import type { Rules } from "./subject.ts";

/** Asked often of one cube: what it fixes is worked out once. */
export function compatibleWith(
  subject: Rules,
  kind: DecisionRule,
  cube: readonly Test[],
): readonly Alternative[] {
  const { shape } = subject.compiled;
  const fixed = new Map<string, Scalar>();
  for (const test of cube) if (test.op === "eq") fixed.set(test.path.join("\u0000"), test.value);
  const isOpen = (test: Test): boolean => {
    const value = fixed.get(pathOf(test).join("\u0000"));
    return value === undefined || holdsOf(test, value);
  };
  return subject
    .open(kind, fixed)
    .filter(({ tests }) => tests.every(isOpen) && areCompatible(shape, cube, tests));
}
