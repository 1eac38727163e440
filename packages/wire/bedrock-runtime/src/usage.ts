// What the service calls each count of tokens.

import type { UsageNames } from "@writ/surface";

export const CONVERSE_USAGE: UsageNames = {
  inputTokens: "inputTokens",
  outputTokens: "outputTokens",
  cacheReadInputTokens: "cacheReadInputTokens",
  cacheWriteInputTokens: "cacheWriteInputTokens",
};

/** What Bedrock itself counts of a chunk. */
export const METRICS_USAGE: UsageNames = {
  inputTokens: "inputTokenCount",
  outputTokens: "outputTokenCount",
  cacheReadInputTokens: "cacheReadInputTokenCount",
  cacheWriteInputTokens: "cacheWriteInputTokenCount",
};
