// What follows from a model's id, as the gateway has it: its provider, family and version. Inputs that are shown to people
// name models that there are.

import type { Dependence } from "@writ/analysis";
import { describeModel } from "@writ/bedrock-runtime";

/** One or two of each family that Bedrock has. */
const EXAMPLES = [
  "anthropic.claude-3-haiku-20240307-v1:0",
  "anthropic.claude-3-5-sonnet-20241022-v2:0",
  "meta.llama3-1-8b-instruct-v1:0",
  "meta.llama3-3-70b-instruct-v1:0",
  "amazon.nova-lite-v1:0",
  "amazon.nova-canvas-v1:0",
  "amazon.nova-reel-v1:0",
  "amazon.nova-sonic-v1:0",
  "amazon.titan-text-express-v1",
  "amazon.titan-embed-text-v2:0",
  "mistral.mistral-large-2402-v1:0",
  "cohere.command-r-plus-v1:0",
  "ai21.jamba-1-5-large-v1:0",
  "deepseek.r1-v1:0",
  "qwen.qwen3-32b-v1:0",
  "openai.gpt-oss-120b-1:0",
  "writer.palmyra-x5-v1:0",
  "stability.stable-image-core-v1:0",
];

export const modelFacts: Dependence = {
  path: ["model", "id"],
  telling: ["provider", "family"],
  examples: EXAMPLES,
  follows(id) {
    const described = describeModel(id);
    // A profile or an ARN is no base model.
    if (described === undefined || described.id !== id) return undefined;
    const { provider, family, version } = described;
    return { provider, family, version };
  },
};
