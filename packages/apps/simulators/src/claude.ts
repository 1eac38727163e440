// An answer of Claude, whole and as the events of a stream: the same on Anthropic's own surface and on Bedrock.

import { type Directives, pieces } from "./directives.ts";

/** A block of an answer. */
export type ContentBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "redacted_thinking"; readonly data: string }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    };

export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly [count: string]: number;
}

export interface Message {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: string;
  readonly stop_sequence: null;
  readonly usage: Usage;
  readonly [field: string]: unknown;
}

/** An event of a stream; its type is in what it says. */
export interface MessageEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Nothing that was signed: long enough to be told from text. */
const SIGNATURE = "EqMBCkYSimulatedSignatureOfAThoughtThatNobodyHad==";

/** The blocks that a prompt's directives ask for. */
export function contentOf({ text, thinking, tool }: Directives): readonly ContentBlock[] {
  return [
    ...(thinking === undefined
      ? []
      : [{ type: "thinking" as const, thinking, signature: SIGNATURE }]),
    { type: "text", text },
    ...(tool === undefined ? [] : [{ type: "tool_use" as const, id: "toolu_sim1", ...tool }]),
  ];
}

/** A whole answer of these blocks; it stops for its tool calls, unless `rest` has another reason. */
export function messageOf(
  content: readonly ContentBlock[],
  rest: {
    readonly id: string;
    readonly model: string;
    readonly usage: Usage;
    readonly stop_reason?: string;
    readonly stop_details?: object;
  },
): Message {
  const { id, model, usage, ...stop } = rest;
  const isCall = content.some(({ type }) => type === "tool_use");
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content,
    stop_reason: isCall ? "tool_use" : "end_turn",
    ...stop,
    stop_sequence: null,
    usage,
  };
}

/** The events that say a whole answer bit by bit, `size` characters a delta. */
export function eventsOf(message: Message, size: number): readonly MessageEvent[] {
  const { content, stop_reason, stop_sequence, stop_details, usage } = message;
  const { stop_details: _, ...start } = message;
  return [
    {
      type: "message_start",
      message: { ...start, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    },
    ...content.flatMap((block, index) => blockEvents(block, index, size)),
    {
      type: "message_delta",
      delta: {
        stop_reason,
        stop_sequence,
        ...(stop_details === undefined ? {} : { stop_details }),
      },
      usage,
    },
    { type: "message_stop" },
  ];
}

function blockEvents(block: ContentBlock, index: number, size: number): readonly MessageEvent[] {
  const [content_block, deltas] = startAndDeltas(block, size);
  return [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

/** A block as it is when it starts, and what is added to it. */
function startAndDeltas(block: ContentBlock, size: number): [object, readonly object[]] {
  switch (block.type) {
    case "text":
      return [
        { ...block, text: "" },
        pieces(block.text, size).map((text) => ({ type: "text_delta", text })),
      ];
    case "thinking":
      return [
        { ...block, thinking: "", signature: "" },
        [
          ...pieces(block.thinking, size).map((thinking) => ({ type: "thinking_delta", thinking })),
          { type: "signature_delta", signature: block.signature },
        ],
      ];
    case "tool_use":
      return [
        { ...block, input: {} },
        pieces(JSON.stringify(block.input), size).map((partial_json) => ({
          type: "input_json_delta",
          partial_json,
        })),
      ];
    case "redacted_thinking":
      return [block, []];
  }
}
