// Which values of a path the rules tell from others.

import {
  type CompiledPolicy,
  DECISION_RULES,
  type InputPath,
  inner,
  type PathTest,
  type Scalar,
  type SourceRef,
} from "@writ/evaluator";
import { hintsFor } from "./hints.ts";
import { namedValues } from "./named-values.ts";
import { constantsOf } from "./tests.ts";
import { readWays } from "./ways.ts";

/** What rules say of the values at one path. */
export interface Mentions {
  /** Whether a rule names just this value, or what it begins or ends with. */
  readonly isMentioned: (value: string) => boolean;
  /** The constants that rules compare what is there with, each with where one does. */
  readonly constants: ReadonlyMap<Scalar, SourceRef>;
  /** Whether a residual looks at the path as well: then nothing is told of what is not mentioned. */
  readonly isOpen: boolean;
}

/** Reads trees and plan; nothing is proved. `path`: below the input, of a text or of a list of texts. */
export function findMentions(policy: CompiledPolicy, path: InputPath): Mentions {
  const name = path.join("\u0000");
  const constants = new Map<Scalar, SourceRef>(namedValues(policy.plan, path));
  const affixes: Extract<PathTest, { op: "prefix" | "suffix" }>[] = [];
  const ways = DECISION_RULES.flatMap((kind) => readWays({ ...policy, opaque: () => [] }, kind));
  for (const { clause, tests } of ways) {
    for (const test of tests.map(inner)) {
      if (test.path.join("\u0000") !== name) continue;
      if (test.op === "prefix" || test.op === "suffix") affixes.push(test);
      else for (const value of constantsOf(test)) constants.set(value, clause.source);
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
