import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import { NodeHttp2Handler, NodeHttpHandler } from "@smithy/node-http-handler";
import type { DevFacts } from "../running-gateway.ts";
import { BEDROCK_MODEL, type CallOptions, type Client, type Got, REFUND } from "./client.ts";

function awsClient(
  { endpoint, region, accessKeyId, secretAccessKey }: DevFacts,
  requestHandler: NodeHttpHandler | NodeHttp2Handler,
): BedrockRuntimeClient {
  const credentials = { accessKeyId, secretAccessKey };
  return new BedrockRuntimeClient({
    endpoint,
    region,
    credentials,
    requestHandler,
    maxAttempts: 1,
  });
}

async function call(
  client: BedrockRuntimeClient,
  { prompt, stream, signal, onText }: CallOptions,
): Promise<Got> {
  const input = {
    modelId: BEDROCK_MODEL,
    messages: [{ role: "user" as const, content: [{ text: prompt }] }],
    toolConfig: {
      tools: [
        {
          toolSpec: {
            name: REFUND.name,
            description: REFUND.description,
            // SAFETY: the schema is a constant, which their type would have mutable.
            inputSchema: { json: REFUND.schema as never },
          },
        },
      ],
    },
  };
  if (!stream) {
    const answer = await client.send(new ConverseCommand(input), { abortSignal: signal });
    const content = answer.output?.message?.content ?? [];
    return {
      text: content.map(({ text }) => text ?? "").join(""),
      tools: content.flatMap(({ toolUse }) => toolUse?.name ?? []),
      stop: answer.stopReason,
    };
  }
  const answer = await client.send(new ConverseStreamCommand(input), { abortSignal: signal });
  let text = "";
  let stop: string | undefined;
  const tools: string[] = [];
  for await (const event of answer.stream ?? []) {
    signal.throwIfAborted();
    text += event.contentBlockDelta?.delta?.text ?? "";
    tools.push(...(event.contentBlockStart?.start?.toolUse?.name?.split(" ") ?? []));
    stop = event.messageStop?.stopReason ?? stop;
    onText();
  }
  return { text, tools, stop };
}

export function awsSdk(version: "HTTP/1.1" | "HTTP/2"): (facts: DevFacts) => Client {
  return (facts) => {
    const handler = version === "HTTP/2" ? new NodeHttp2Handler() : new NodeHttpHandler();
    const client = awsClient(facts, handler);
    return {
      name: `@aws-sdk/client-bedrock-runtime, ${version}`,
      call: (options) => call(client, options),
      close: () => client.destroy(),
    };
  };
}

export function langchain(facts: DevFacts): Client {
  const client = awsClient(facts, new NodeHttp2Handler());
  const model = new ChatBedrockConverse({
    model: BEDROCK_MODEL,
    region: facts.region,
    client,
    maxRetries: 0,
  }).bindTools([{ name: REFUND.name, description: REFUND.description, schema: REFUND.schema }]);
  return {
    name: "@langchain/aws",
    async call({ prompt, stream, signal, onText }) {
      if (!stream) {
        const { text, tool_calls: tools = [] } = await model.invoke(prompt, { signal });
        return { text, tools: tools.map(({ name }) => name) };
      }
      let text = "";
      const tools: string[] = [];
      for await (const chunk of await model.stream(prompt, { signal })) {
        text += chunk.text;
        tools.push(...(chunk.tool_call_chunks ?? []).flatMap(({ name }) => name ?? []));
        onText();
      }
      return { text, tools };
    },
    close: () => client.destroy(),
  };
}
