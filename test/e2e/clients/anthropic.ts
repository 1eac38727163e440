import { readFileSync } from "node:fs";
import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import Anthropic from "@anthropic-ai/sdk";
import { Agent, fetch } from "undici";
import type { DevFacts } from "../running-gateway.ts";
import {
  ANTHROPIC_MODEL,
  BEDROCK_MODEL,
  type CallOptions,
  type Client,
  type Got,
  REFUND,
} from "./client.ts";

/** What both clients have. */
type Messages = Pick<Anthropic["messages"], "create" | "stream">;

async function call(
  messages: Messages,
  model: string,
  { prompt, stream, signal, onText }: CallOptions,
): Promise<Got> {
  const body = {
    model,
    max_tokens: 200,
    messages: [{ role: "user" as const, content: prompt }],
    tools: [{ name: REFUND.name, description: REFUND.description, input_schema: REFUND.schema }],
  };
  const streamed = (): ReturnType<Messages["stream"]> =>
    // SAFETY: the schema is a constant, which their type would have mutable.
    messages.stream(body as never, { signal }).on("text", onText);
  const answer: Anthropic.Message = stream
    ? ((await streamed().finalMessage()) as Anthropic.Message)
    : await messages.create(body as never, { signal });
  return {
    text: answer.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    tools: answer.content.flatMap((block) => (block.type === "tool_use" ? [block.name] : [])),
    stop: answer.stop_reason ?? undefined,
  };
}

export function anthropicSdk(version: "HTTP/1.1" | "HTTP/2"): (facts: DevFacts) => Client {
  return ({ anthropicApiKey: apiKey, anthropicBaseUrl, caFile, tlsEndpoint }) => {
    // Over TLS the version is agreed on.
    const baseURL = version === "HTTP/2" ? tlsEndpoint : anthropicBaseUrl;
    const dispatcher = new Agent({
      allowH2: version === "HTTP/2",
      connect: { ca: readFileSync(caFile) },
    });
    const client = new Anthropic({
      apiKey,
      baseURL,
      maxRetries: 0,
      fetch: ((url: string, init: object) => fetch(url, { ...init, dispatcher })) as never,
    });
    return {
      name: `@anthropic-ai/sdk, ${version}`,
      call: (options) => call(client.messages, ANTHROPIC_MODEL, options),
      close: () => void dispatcher.destroy(),
    };
  };
}

export function anthropicBedrock({
  endpoint: baseURL,
  region: awsRegion,
  accessKeyId: awsAccessKey,
  secretAccessKey: awsSecretKey,
}: DevFacts): Client {
  const client = new AnthropicBedrock({
    awsAccessKey,
    awsSecretKey,
    awsRegion,
    baseURL,
    maxRetries: 0,
  });
  return {
    name: "@anthropic-ai/bedrock-sdk",
    call: (options) => call(client.messages as unknown as Messages, BEDROCK_MODEL, options),
  };
}
