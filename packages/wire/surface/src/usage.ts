// Tokens, as the model counts them.

import { countOf, type JsonNode, memberOf } from "./json/node.ts";

/** Tokens of one call; what is not counted is absent. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
}

/** What an API calls each count. */
export type UsageNames = Readonly<Record<keyof Usage, string>>;

/** Undefined where nothing is counted. */
export function readUsage(node: JsonNode | undefined, names: UsageNames): Usage | undefined {
  const counted = Object.entries(names).flatMap(([name, member]) => {
    const count = countOf(memberOf(node, member));
    return count === undefined ? [] : [[name, count] as const];
  });
  return counted.length === 0 ? undefined : Object.fromEntries(counted);
}
