// Events of a streamed answer of the Messages API, wherever they are carried.

import {
  countOf,
  type DeltaKind,
  type JsonNode,
  type JsonObject,
  memberOf,
  nodeAt,
  type PlaceTable,
  readUsage,
  type StreamStep,
  stringOf,
  type Usage,
} from "@writ/surface";
import { isReadBlock } from "./messages-shapes.ts";
import { isToolUse } from "./tool-use-type.ts";
import { MESSAGES_USAGE } from "./usage.ts";

const WHOLE: PlaceTable = {
  places: { "message/usage/": "control", "usage/": "control" },
  others: "complete",
};

const TABLES: { readonly [type: string]: PlaceTable } = {
  message_start: WHOLE,
  content_block_start: {
    places: {
      index: "control",
      "content_block/text": "text",
      "content_block/thinking": "thinking",
      "content_block/data": "complete",
    },
    others: "complete",
  },
  content_block_delta: {
    places: {
      index: "control",
      type: "complete",
      "delta/type": "complete",
      "delta/text": "text",
      "delta/thinking": "thinking",
      "delta/partial_json": "tool_input",
      "delta/signature": "complete",
      "delta/citation/": "complete",
    },
    others: "joined",
  },
  content_block_stop: {
    places: { index: "control" },
    others: "complete",
  },
  message_delta: WHOLE,
  message_stop: WHOLE,
  ping: WHOLE,
  error: WHOLE,
};
const UNKNOWN: PlaceTable = { places: { type: "complete" }, others: "joined" };

/** Where an event of each type has what; `more` is what its host adds. */
export function messagesTables(more: PlaceTable["places"]): (type: string) => PlaceTable {
  const extend = (table: PlaceTable): PlaceTable => ({
    ...table,
    places: { ...table.places, ...more },
  });
  const tables = new Map(Object.entries(TABLES).map(([type, table]) => [type, extend(table)]));
  const unknown = extend(UNKNOWN);
  return (type) => tables.get(type) ?? unknown;
}

/** The step an event takes; undefined for an event that is not as it should be. */
export function messagesStep(
  type: string,
  value: JsonObject,
  text: string,
): StreamStep | undefined {
  const block = countOf(memberOf(value, "index"))?.toString();
  switch (type) {
    case "message_start": {
      // Content that comes with the start would be in no block.
      const content = nodeAt(value, ["message", "content"]);
      const isEmpty =
        content === undefined || (content.kind === "array" && content.items.length === 0);
      return isEmpty ? { kind: "message-start" } : undefined;
    }
    case "content_block_start":
      return block === undefined ? undefined : startStep(value, block, text);
    case "content_block_delta": {
      const of = deltaKind(value);
      return block === undefined || of === undefined ? undefined : { kind: "delta", block, of };
    }
    case "content_block_stop":
      return block === undefined ? undefined : { kind: "block-stop", block };
    case "message_stop":
      return { kind: "stop" };
    case "error":
      return { kind: "failure" };
    default:
      return otherStep(type, value);
  }
}

/** The event that says why an answer ends. */
const CLOSING = "message_delta";

/** Some clients take a text from the delta of whatever event it is in. */
function otherStep(type: string, value: JsonObject): StreamStep | undefined {
  const delta = memberOf(value, "delta");
  if (delta?.kind === "object" && carriedIn(delta).length > 0) return undefined;
  const isClosing = type === CLOSING && stringOf(memberOf(delta, "stop_reason")) !== undefined;
  return { kind: isClosing ? "closing" : "aside" };
}

function carriedIn(delta: JsonObject): JsonObject["members"] {
  return delta.members.filter(({ key }) => CONTENT_MEMBERS.has(key.value));
}

/** The reasons of an answer that ends because no more tokens were left for it. */
const AT_LIMIT: ReadonlySet<string> = new Set(["max_tokens", "model_context_window_exceeded"]);

/** Whether an event says that the answer ends in the middle. */
export function isMessageCut(type: string, value: JsonObject): boolean {
  return type === CLOSING && AT_LIMIT.has(stringOf(nodeAt(value, ["delta", "stop_reason"])) ?? "");
}

/** What an event says of tokens. */
export function messagesUsage(value: JsonObject): Usage | undefined {
  return readUsage(memberOf(value, "usage") ?? nodeAt(value, ["message", "usage"]), MESSAGES_USAGE);
}

/** What an event begins that no recogniser reads, as it is called in a whole answer. */
export function messagesOpaque(value: JsonObject): readonly string[] {
  const type = stringOf(nodeAt(value, ["content_block", "type"]));
  return type === undefined || isReadBlock(type) ? [] : [type];
}

const BY_BLOCK_TYPE: { readonly [type: string]: DeltaKind | undefined } = {
  text: "text",
  thinking: "thinking",
};

function startStep(value: JsonObject, block: string, text: string): StreamStep | undefined {
  const content = memberOf(value, "content_block");
  const type = stringOf(memberOf(content, "type"));
  if (content?.kind !== "object" || type === undefined) return undefined;
  if (!isToolUse(type)) {
    const of = Object.hasOwn(BY_BLOCK_TYPE, type) ? BY_BLOCK_TYPE[type] : "other";
    return { kind: "block-start", block, of };
  }
  const id = stringOf(memberOf(content, "id"));
  const name = stringOf(memberOf(content, "name"));
  if (id === undefined || name === undefined) return undefined;
  const input = memberOf(content, "input");
  // Parameters that come with the start are whole: with more to follow they would be no JSON.
  const whole =
    input === undefined || isEmpty(input) ? {} : { input: text.slice(input.start, input.end) };
  return { kind: "block-start", block, of: "tool", tool: { id, name, ...whole } };
}

function isEmpty(node: JsonNode): boolean {
  return (
    (node.kind === "object" && node.members.length === 0) ||
    (node.kind === "string" && node.value === "")
  );
}

/** The member of each type of delta that says what its block is. */
const BY_DELTA_TYPE: {
  readonly [type: string]: readonly [member: string, of: DeltaKind] | undefined;
} = {
  text_delta: ["text", "text"],
  thinking_delta: ["thinking", "thinking"],
  input_json_delta: ["partial_json", "tool"],
};

/** The types of text that a client may take a delta for, whatever type it says it is of. */
const CONTENT_MEMBERS = new Set(Object.values(BY_DELTA_TYPE).map((entry) => entry?.[0]));

function deltaKind(value: JsonObject): DeltaKind | undefined {
  const delta = memberOf(value, "delta");
  const type = stringOf(memberOf(delta, "type"));
  if (delta?.kind !== "object" || type === undefined) return undefined;
  const known = Object.hasOwn(BY_DELTA_TYPE, type) ? BY_DELTA_TYPE[type] : undefined;
  const carried = carriedIn(delta);
  if (known === undefined) return carried.length === 0 ? "other" : undefined;
  const isAsExpected =
    carried.length === 1 &&
    carried[0]?.key.value === known[0] &&
    carried[0].value.kind === "string";
  return isAsExpected ? known[1] : undefined;
}
