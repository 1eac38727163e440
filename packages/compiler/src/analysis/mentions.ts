// Which values of a path the rules tell from others.

import {
  type CompiledPolicy,
  DECISION_RULES,
  type InputPath,
  inner,
  type PathTest,
  type Scalar,
  type TreeClause,
} from "@writ/evaluator";
import { hintsFor } from "./hints.ts";
import { constantsOf } from "./tests.ts";
import { readWays } from "./ways.ts";

export interface Mentions {
  /** Whether a rule has a test for just this value, or for what it begins or ends with. */
  readonly isMentioned: (value: string) => boolean;
  /** The constants that tests name, each with a rule that does. */
  readonly constants: ReadonlyMap<Scalar, TreeClause>;
  /** Whether a residual looks at the path as well: then nothing is told of what is not mentioned. */
  readonly isOpen: boolean;
}

export function findMentions(policy: CompiledPolicy, path: InputPath): Mentions {
  const name = path.join("\u0000");
  const constants = new Map<Scalar, TreeClause>();
  const affixes: Extract<PathTest, { op: "prefix" | "suffix" }>[] = [];
  const ways = DECISION_RULES.flatMap((kind) => readWays({ ...policy, opaque: () => [] }, kind));
  for (const { clause, tests } of ways) {
    for (const test of tests.map(inner)) {
      if (test.path.join("\u0000") !== name) continue;
      if (test.op === "prefix" || test.op === "suffix") affixes.push(test);
      else for (const value of constantsOf(test)) constants.set(value, clause);
    }
  }
  const isMentioned = (value: string): boolean =>
    constants.has(value) ||
    affixes.some(({ op, value: affix }) =>
      op === "prefix" ? value.startsWith(affix) : value.endsWith(affix),
    );
  const residuals = policy.trees.residuals.map((_each, residual) => ({ residual }));
  const isOpen = [...hintsFor(policy, residuals).keys()].some(
    (read) => read === name || name.startsWith(`${read}\u0000`),
  );
  return { isMentioned, constants, isOpen };
}
