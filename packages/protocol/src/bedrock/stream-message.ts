// Events of ConverseStream (and of Nova's chunks, which are the same under a wrapper).

import type { Frame } from "../event-stream/frame.ts";
import {
  holdsOpaque,
  inspect,
  isJsonObject,
  type JsonObject,
  othersOf,
  type StreamEvent,
  stringsOf,
} from "./stream-event.ts";

export interface StreamMessage {
  readonly type: string;
  readonly value: JsonObject;
  readonly frame: Frame;
  /** The same frame with another value. */
  readonly encode: (value: JsonObject) => Frame;
}

export function messageEvents(message: StreamMessage): readonly StreamEvent[] {
  const { type, value, frame } = message;
  const block = String(value["contentBlockIndex"] ?? 0);
  switch (type) {
    case "contentBlockStart":
      return startEvents(message, block);
    case "contentBlockDelta":
      return [
        ...inspect(othersOf(value, "contentBlockIndex", "delta")),
        ...deltaEvents(message, block),
      ];
    case "contentBlockStop":
      return [
        ...inspect(othersOf(value, "contentBlockIndex")),
        { kind: "block-stop", block, frame },
      ];
    case "messageStop":
      return [
        {
          kind: "stop",
          frame,
          stopReason: String(value["stopReason"] ?? ""),
          strings: othersOf(value),
        },
      ];
    case "metadata":
      // A guardrail's trace names what it matched.
      return [{ kind: "metadata", frame, usage: usageOf(value), strings: othersOf(value) }];
    default:
      return [
        ...inspect([], holdsOpaque(value)),
        { kind: "passthrough", frame, strings: othersOf(value) },
      ];
  }
}

function usageOf(value: JsonObject): {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
} {
  const usage = isJsonObject(value["usage"]) ? value["usage"] : {};
  const [inputTokens, outputTokens] = [usage["inputTokens"], usage["outputTokens"]];
  return {
    ...(typeof inputTokens === "number" ? { inputTokens } : {}),
    ...(typeof outputTokens === "number" ? { outputTokens } : {}),
  };
}

function startEvents({ value, frame }: StreamMessage, block: string): readonly StreamEvent[] {
  const start = isJsonObject(value["start"]) ? value["start"] : {};
  const tool = start["toolUse"];
  const beside = othersOf(value, "contentBlockIndex", "start");
  if (!isJsonObject(tool)) {
    return [
      ...inspect(beside, holdsOpaque(start)),
      { kind: "passthrough", frame, strings: stringsOf(value["start"]) },
    ];
  }
  const strings = [...beside, ...othersOf(start, "toolUse"), ...othersOf(tool, "name")];
  return [
    ...inspect(strings),
    {
      kind: "tool-start",
      block,
      frame,
      name: String(tool["name"] ?? ""),
      id: String(tool["toolUseId"] ?? ""),
    },
  ];
}

function deltaEvents(
  { value, frame, encode }: StreamMessage,
  block: string,
): readonly StreamEvent[] {
  const delta = isJsonObject(value["delta"]) ? value["delta"] : {};
  const whole: readonly StreamEvent[] = [
    ...inspect([], holdsOpaque(delta)),
    { kind: "passthrough", frame, strings: stringsOf(value["delta"]) },
  ];
  // A delta has one member; one that says more is inspected whole.
  if (Object.keys(delta).length !== 1) return whole;
  if (typeof delta["text"] === "string") {
    const withText = (text: string): Frame => encode({ ...value, delta: { ...delta, text } });
    return [{ kind: "text", block: `${block}/text`, text: delta["text"], frame, withText }];
  }
  const tool = delta["toolUse"];
  if (isJsonObject(tool)) {
    return [
      ...inspect(othersOf(tool, "input")),
      { kind: "tool-delta", block, frame, fragment: String(tool["input"] ?? "") },
    ];
  }
  const reasoning = delta["reasoningContent"];
  if (isJsonObject(reasoning) && typeof reasoning["text"] === "string") {
    if (Object.keys(reasoning).length !== 1) return whole;
    const withText = (text: string): Frame =>
      encode({ ...value, delta: { reasoningContent: { ...reasoning, text } } });
    return [
      { kind: "text", block: `${block}/reasoning`, text: reasoning["text"], frame, withText },
    ];
  }
  return whole;
}
