// Answers in the form of each operation and model family: whole bodies, and the events a stream is made of.

import { contentOf, eventsOf, type Message, messageOf } from "../claude.ts";
import { type Directives, lastUserText, pieces } from "../directives.ts";

export type Format = "converse" | "claude" | "llama" | "titan" | "nova";

interface Json {
  readonly [key: string]: unknown;
}

const METRICS = {
  inputTokenCount: 12,
  outputTokenCount: 24,
  invocationLatency: 9,
  firstByteLatency: 4,
};
const USAGE = { inputTokens: 12, outputTokens: 24, totalTokens: 36 };

export function formatOf(operation: string, modelId: string): Format | undefined {
  if (operation.startsWith("converse")) return "converse";
  if (modelId.includes("anthropic.")) return "claude";
  if (modelId.includes("meta.")) return "llama";
  if (modelId.includes("amazon.titan")) return "titan";
  return modelId.includes("amazon.nova") ? "nova" : undefined;
}

/** The text of the last thing the user said. */
export function promptOf(format: Format, body: Json): string {
  if (format === "llama") return String(body["prompt"] ?? "");
  if (format === "titan") return String(body["inputText"] ?? "");
  if (typeof body["prompt"] === "string") return body["prompt"];
  return lastUserText(body);
}

export function wholeReply(format: Format, directives: Directives): Json {
  const { text, tool } = directives;
  switch (format) {
    case "converse":
    case "nova": {
      const use =
        tool === undefined
          ? []
          : [{ toolUse: { toolUseId: "tooluse_sim1", name: tool.name, input: tool.input } }];
      return {
        output: { message: { role: "assistant", content: [{ text }, ...use] } },
        stopReason: tool === undefined ? "end_turn" : "tool_use",
        usage: USAGE,
        metrics: { latencyMs: 5 },
      };
    }
    case "claude":
      return claudeMessage(directives);
    case "llama":
      return {
        generation: text,
        prompt_token_count: 12,
        generation_token_count: 24,
        stop_reason: "stop",
      };
    case "titan":
      return {
        inputTextTokenCount: 12,
        results: [{ tokenCount: 24, outputText: text, completionReason: "FINISH" }],
      };
  }
}

export interface StreamPart {
  readonly type: string;
  readonly value: Json;
  /** What is cut off when a stream is cut short. */
  readonly isEnd?: true;
}

/** The events of a ConverseStream; those of Nova's chunks are the same. */
function converseParts(directives: Directives): readonly StreamPart[] {
  const { tool } = directives;
  const parts: StreamPart[] = [{ type: "messageStart", value: { role: "assistant" } }];
  for (const text of pieces(directives.text, directives.chunkSize)) {
    parts.push({ type: "contentBlockDelta", value: { contentBlockIndex: 0, delta: { text } } });
  }
  parts.push({ type: "contentBlockStop", value: { contentBlockIndex: 0 } });
  if (tool !== undefined) {
    const start = { toolUse: { toolUseId: "tooluse_sim1", name: tool.name } };
    parts.push({ type: "contentBlockStart", value: { contentBlockIndex: 1, start } });
    for (const input of pieces(JSON.stringify(tool.input), directives.chunkSize)) {
      parts.push({
        type: "contentBlockDelta",
        value: { contentBlockIndex: 1, delta: { toolUse: { input } } },
      });
    }
    parts.push({ type: "contentBlockStop", value: { contentBlockIndex: 1 } });
  }
  parts.push({
    type: "messageStop",
    value: { stopReason: tool === undefined ? "end_turn" : "tool_use" },
    isEnd: true,
  });
  parts.push({ type: "metadata", value: { usage: USAGE, metrics: { latencyMs: 5 } }, isEnd: true });
  return parts;
}

function claudeMessage(directives: Directives): Message {
  const usage = { input_tokens: 12, output_tokens: 24 };
  return messageOf(contentOf(directives), { id: "msg_sim1", model: "claude-sim", usage });
}

/** What Bedrock's last events have otherwise: the message's counts say only what came out, the end says the rest. */
const ENDS: { readonly [type: string]: Json } = {
  message_delta: { usage: { output_tokens: 24 } },
  message_stop: { "amazon-bedrock-invocationMetrics": METRICS },
};

function claudeParts(directives: Directives): readonly StreamPart[] {
  return eventsOf(claudeMessage(directives), directives.chunkSize).map((event): StreamPart => {
    const end = ENDS[event.type];
    return {
      type: event.type,
      value: { ...event, ...end },
      ...(end === undefined ? {} : { isEnd: true }),
    };
  });
}

export function streamParts(format: Format, directives: Directives): readonly StreamPart[] {
  switch (format) {
    case "converse":
      return converseParts(directives);
    case "nova":
      return converseParts(directives).map((part) => ({
        ...part,
        value: { [part.type]: part.value },
      }));
    case "claude":
      return claudeParts(directives);
    case "llama": {
      const texts = pieces(directives.text, directives.chunkSize);
      const parts = texts.map(
        (generation, index): StreamPart => ({
          type: "chunk",
          value: {
            generation,
            prompt_token_count: index === 0 ? 12 : null,
            generation_token_count: index + 1,
            stop_reason: null,
          },
        }),
      );
      const end = {
        generation: "",
        prompt_token_count: null,
        generation_token_count: 24,
        stop_reason: "stop",
        "amazon-bedrock-invocationMetrics": METRICS,
      };
      return [...parts, { type: "chunk", value: end, isEnd: true }];
    }
    case "titan": {
      const texts = pieces(directives.text, directives.chunkSize);
      // Titan says that it is over in the chunk that carries the last of the text.
      return texts.map((outputText, index): StreamPart => {
        const isEnd = index === texts.length - 1;
        const value = {
          outputText,
          index: 0,
          totalOutputTextTokenCount: isEnd ? 24 : null,
          completionReason: isEnd ? "FINISH" : null,
          inputTextTokenCount: index === 0 ? 12 : null,
        };
        return {
          type: "chunk",
          value: isEnd ? { ...value, "amazon-bedrock-invocationMetrics": METRICS } : value,
          ...(isEnd ? { isEnd } : {}),
        };
      });
    }
  }
}
