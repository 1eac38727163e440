// Which rules hold while the `test_` rules of a policy set run.

import {
  type BuiltinTable,
  type CompiledPolicy,
  createPolicy,
  type Observer,
  SILENT_PROBE,
} from "@writ/evaluator";
import { isSkipped, isTestRule } from "./test-rules.ts";

/** Ids of clauses. */
export function rulesHeldByTests(
  compiled: CompiledPolicy,
  builtins: BuiltinTable,
): ReadonlySet<string> {
  const held = new Set<string>();
  const observer: Observer = {
    rule: ({ id }) => ({
      ...SILENT_PROBE,
      hold: () => {
        held.add(id);
      },
    }),
    condition: () => SILENT_PROBE,
  };
  const tests = compiled.plan.groups.filter((group) => isTestRule(group) && !isSkipped(group.path));
  if (tests.length === 0) return held;
  const policy = createPolicy(compiled, builtins, observer);
  for (const { path } of tests) policy.query(path, undefined);
  return held;
}
