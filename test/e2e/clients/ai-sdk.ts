import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createAnthropic } from "@ai-sdk/anthropic";
import { generateText, jsonSchema, type LanguageModel, streamText, type ToolSet, tool } from "ai";
import type { DevFacts } from "../running-gateway.ts";
import {
  ANTHROPIC_MODEL,
  BEDROCK_MODEL,
  type CallOptions,
  type Client,
  type Got,
  REFUND,
} from "./client.ts";

async function call(
  model: LanguageModel,
  { prompt, stream, signal: abortSignal, onText }: CallOptions,
): Promise<Got> {
  const { name, description, schema } = REFUND;
  const settings = {
    model,
    prompt,
    abortSignal,
    maxRetries: 0,
    // SAFETY: what such a tool takes is known when it is called.
    tools: {
      [name]: tool({ description, inputSchema: jsonSchema(schema as never) }),
    } as unknown as ToolSet,
  };
  if (!stream) {
    const { text, toolCalls, finishReason } = await generateText(settings);
    return { text, tools: toolCalls.map(({ toolName }) => toolName), stop: finishReason };
  }
  let text = "";
  let stop: string | undefined;
  const tools: string[] = [];
  for await (const part of streamText({ ...settings, onError: () => undefined }).fullStream) {
    if (part.type === "error") throw part.error;
    if (part.type === "abort") throw new Error("aborted");
    if (part.type === "text-delta") text += part.text;
    if (part.type === "tool-call") tools.push(part.toolName);
    if (part.type === "finish") stop = part.finishReason;
    if (part.type === "text-delta") onText();
  }
  return { text, tools, stop };
}

export function aiBedrock({
  endpoint: baseURL,
  region,
  accessKeyId,
  secretAccessKey,
}: DevFacts): Client {
  const provider = createAmazonBedrock({ baseURL, region, accessKeyId, secretAccessKey });
  return {
    name: "@ai-sdk/amazon-bedrock",
    call: (options) => call(provider(BEDROCK_MODEL), options),
  };
}

export function aiAnthropic({ anthropicApiKey: apiKey, anthropicBaseUrl }: DevFacts): Client {
  const provider = createAnthropic({ apiKey, baseURL: `${anthropicBaseUrl}/v1` });
  return {
    name: "@ai-sdk/anthropic",
    call: (options) => call(provider(ANTHROPIC_MODEL), options),
  };
}
