import type { UsageNames } from "@writ/surface";

export const MESSAGES_USAGE: UsageNames = {
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  cacheReadInputTokens: "cache_read_input_tokens",
  cacheWriteInputTokens: "cache_creation_input_tokens",
};
