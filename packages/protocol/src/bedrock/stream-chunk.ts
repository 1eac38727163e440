// Chunks of InvokeModelWithResponseStream, by family. A chunk that carries text and the end at once is
// taken apart, so that the text can be held and the end follow it.

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

type Encode = (value: JsonObject) => Frame;

/** Where a family without content blocks has its text, and what says that it is over. */
const PLAIN: {
  readonly [family: string]: { readonly text: string; readonly stop: string } | undefined;
} = {
  llama: { text: "generation", stop: "stop_reason" },
  "titan-text": { text: "outputText", stop: "completionReason" },
};

/** What Bedrock itself adds to a chunk. */
const METRICS = "amazon-bedrock-invocationMetrics";
/** A guardrail on Bedrock's side ends the stream with this and without a stop reason. */
const GUARDRAIL = "amazon-bedrock-guardrailAction";
const INTERVENED = "INTERVENED";

export function chunkEvents(
  family: string,
  value: JsonObject,
  frame: Frame,
  encode: Encode,
): readonly StreamEvent[] {
  const plain = Object.hasOwn(PLAIN, family) ? PLAIN[family] : undefined;
  if (plain !== undefined) return plainEvents(plain, value, frame, encode);
  return family === "claude"
    ? claudeEvents(value, frame, encode)
    : [{ kind: "passthrough", frame, strings: stringsOf(value) }];
}

function plainEvents(
  plain: { readonly text: string; readonly stop: string },
  value: JsonObject,
  frame: Frame,
  encode: Encode,
): readonly StreamEvent[] {
  const { [plain.text]: text, [plain.stop]: stop, [METRICS]: _, ...others } = value;
  if (typeof text !== "string") return [{ kind: "passthrough", frame, strings: stringsOf(value) }];
  const said = Object.values(others).flatMap(stringsOf);
  const stopReason = value[GUARDRAIL] === INTERVENED ? "guardrail_intervened" : stop;
  const isOver = typeof stopReason === "string";
  if (!isOver && said.length === 0) {
    const withText = (other: string): Frame => encode({ ...value, [plain.text]: other });
    return [{ kind: "text", block: "0/text", text, frame, withText }];
  }
  // Apart: the text, which may be held and masked; what else the chunk says, which may not; the end.
  const only = (other: string): Frame => encode({ [plain.text]: other, [plain.stop]: null });
  const rest = text === "" ? frame : encode({ ...value, [plain.text]: "" });
  const first: readonly StreamEvent[] =
    text === "" ? [] : [{ kind: "text", block: "0/text", text, frame: only(text), withText: only }];
  const last: StreamEvent = isOver
    ? { kind: "stop", frame: rest, stopReason, strings: said }
    : { kind: "passthrough", frame: rest, strings: said };
  return [...first, last];
}

function claudeEvents(value: JsonObject, frame: Frame, encode: Encode): readonly StreamEvent[] {
  const { type } = value;
  const block = String(value["index"] ?? 0);
  if (typeof type !== "string") return legacyEvents(value, frame, encode);
  switch (type) {
    case "content_block_start":
      return [
        ...inspect(othersOf(value, "type", "index", "content_block")),
        ...startEvents(value, block, frame, encode),
      ];
    case "content_block_delta":
      return [
        ...inspect(othersOf(value, "type", "index", "delta")),
        ...deltaEvents(value, block, frame, encode),
      ];
    case "content_block_stop":
      return [
        ...inspect(othersOf(value, "type", "index", METRICS)),
        { kind: "block-stop", block, frame },
      ];
    case "message_stop":
      return [
        {
          kind: "stop",
          frame,
          stopReason: "message_stop",
          strings: othersOf(value, "type", METRICS),
        },
      ];
    default:
      return [
        ...inspect([], holdsOpaque(value)),
        { kind: "passthrough", frame, strings: othersOf(value, "type") },
      ];
  }
}

function startEvents(
  value: JsonObject,
  block: string,
  frame: Frame,
  encode: Encode,
): readonly StreamEvent[] {
  const content = isJsonObject(value["content_block"]) ? value["content_block"] : {};
  if (typeof content["type"] === "string" && content["type"].endsWith("tool_use")) {
    const { input } = content;
    const isEmpty = isJsonObject(input) && Object.keys(input).length === 0;
    return [
      ...inspect(othersOf(content, "type", "id", "name", "input")),
      {
        kind: "tool-start",
        block,
        frame,
        name: String(content["name"] ?? ""),
        id: String(content["id"] ?? ""),
        // Parameters may come with the start; with more to follow they would be no JSON.
        ...(input === undefined || isEmpty ? {} : { fragment: JSON.stringify(input) }),
      },
    ];
  }
  const text = content["text"];
  if (content["type"] === "text" && typeof text === "string" && text !== "") {
    const withText = (other: string): Frame =>
      encode({ ...value, content_block: { ...content, text: other } });
    return [
      ...inspect(othersOf(content, "type", "text")),
      { kind: "text", block: `${block}/text`, text, frame, withText },
    ];
  }
  return [
    ...inspect([], holdsOpaque(content)),
    { kind: "passthrough", frame, strings: othersOf(content, "type") },
  ];
}

/** The member of each kind of delta that is text. */
const DELTA_TEXT: { readonly [type: string]: string | undefined } = {
  text_delta: "text",
  thinking_delta: "thinking",
};

function deltaEvents(
  value: JsonObject,
  block: string,
  frame: Frame,
  encode: Encode,
): readonly StreamEvent[] {
  const delta = isJsonObject(value["delta"]) ? value["delta"] : {};
  const type = String(delta["type"] ?? "");
  if (type === "input_json_delta") {
    return [
      ...inspect(othersOf(delta, "type", "partial_json")),
      { kind: "tool-delta", block, frame, fragment: String(delta["partial_json"] ?? "") },
    ];
  }
  const member = Object.hasOwn(DELTA_TEXT, type) ? DELTA_TEXT[type] : undefined;
  const text = member === undefined ? undefined : delta[member];
  if (member === undefined || typeof text !== "string")
    return [
      ...inspect([], holdsOpaque(delta)),
      { kind: "passthrough", frame, strings: stringsOf(delta) },
    ];
  const withText = (other: string): Frame =>
    encode({ ...value, delta: { ...delta, [member]: other } });
  return [
    ...inspect(othersOf(delta, "type", member)),
    { kind: "text", block: `${block}/${member}`, text, frame, withText },
  ];
}

/** The Text Completions form of older Claude models. */
function legacyEvents(value: JsonObject, frame: Frame, encode: Encode): readonly StreamEvent[] {
  return plainEvents({ text: "completion", stop: "stop_reason" }, value, frame, encode);
}
