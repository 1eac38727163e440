// Events of ConverseStream (and of Nova's chunks, which are the same under a wrapper).

import type { Frame } from "../event-stream/frame.ts";
import { isJsonObject, type JsonObject, type StreamEvent, stringsOf } from "./stream-event.ts";

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
    case "messageStart":
      return [{ kind: "passthrough", frame, strings: [] }];
    case "contentBlockStart": {
      const tool = isJsonObject(value["start"]) ? value["start"]["toolUse"] : undefined;
      if (!isJsonObject(tool))
        return [{ kind: "passthrough", frame, strings: stringsOf(value["start"]) }];
      return [
        {
          kind: "tool-start",
          block,
          frame,
          name: String(tool["name"] ?? ""),
          id: String(tool["toolUseId"] ?? ""),
        },
      ];
    }
    case "contentBlockDelta":
      return deltaEvents(message, block);
    case "contentBlockStop":
      return [{ kind: "block-stop", block, frame }];
    case "messageStop":
      return [
        {
          kind: "stop",
          frame,
          stopReason: String(value["stopReason"] ?? ""),
          strings: stringsOf(value["additionalModelResponseFields"]),
        },
      ];
    case "metadata": {
      const usage = isJsonObject(value["usage"]) ? value["usage"] : {};
      const [inputTokens, outputTokens] = [usage["inputTokens"], usage["outputTokens"]];
      return [
        {
          kind: "metadata",
          frame,
          usage: {
            ...(typeof inputTokens === "number" ? { inputTokens } : {}),
            ...(typeof outputTokens === "number" ? { outputTokens } : {}),
          },
          // A guardrail's trace names what it matched.
          strings: stringsOf(value["trace"]),
        },
      ];
    }
    default:
      return [{ kind: "passthrough", frame, strings: stringsOf(value) }];
  }
}

function deltaEvents(
  { value, frame, encode }: StreamMessage,
  block: string,
): readonly StreamEvent[] {
  const delta = isJsonObject(value["delta"]) ? value["delta"] : {};
  // A delta has one member; one that says more is inspected whole.
  if (Object.keys(delta).length > 1)
    return [{ kind: "passthrough", frame, strings: stringsOf(delta) }];
  if (typeof delta["text"] === "string") {
    const withText = (text: string): Frame => encode({ ...value, delta: { ...delta, text } });
    return [{ kind: "text", block: `${block}/text`, text: delta["text"], frame, withText }];
  }
  const tool = delta["toolUse"];
  if (isJsonObject(tool))
    return [{ kind: "tool-delta", block, frame, fragment: String(tool["input"] ?? "") }];
  const reasoning = delta["reasoningContent"];
  if (isJsonObject(reasoning) && typeof reasoning["text"] === "string") {
    const withText = (text: string): Frame =>
      encode({ ...value, delta: { reasoningContent: { ...reasoning, text } } });
    return [
      { kind: "text", block: `${block}/reasoning`, text: reasoning["text"], frame, withText },
    ];
  }
  return [{ kind: "passthrough", frame, strings: stringsOf(delta) }];
}
