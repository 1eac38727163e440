// Tokens, as the model counts them: what each API calls them.

import { countOf, type JsonNode, memberOf } from "../json/node.ts";

export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
}

export type UsageNames = Readonly<Record<keyof Usage, string>>;

export const CONVERSE_USAGE: UsageNames = {
  inputTokens: "inputTokens",
  outputTokens: "outputTokens",
  cacheReadInputTokens: "cacheReadInputTokens",
  cacheWriteInputTokens: "cacheWriteInputTokens",
};

export const CLAUDE_USAGE: UsageNames = {
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  cacheReadInputTokens: "cache_read_input_tokens",
  cacheWriteInputTokens: "cache_creation_input_tokens",
};

/** What Bedrock itself counts of a chunk. */
export const METRICS_USAGE: UsageNames = {
  inputTokens: "inputTokenCount",
  outputTokens: "outputTokenCount",
  cacheReadInputTokens: "cacheReadInputTokenCount",
  cacheWriteInputTokens: "cacheWriteInputTokenCount",
};

/** Undefined where nothing is counted. */
export function readUsage(node: JsonNode | undefined, names: UsageNames): Usage | undefined {
  const counted = Object.entries(names).flatMap(([name, member]) => {
    const count = countOf(memberOf(node, member));
    return count === undefined ? [] : [[name, count] as const];
  });
  return counted.length === 0 ? undefined : Object.fromEntries(counted);
}
