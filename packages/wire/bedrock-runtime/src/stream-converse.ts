// Events of ConverseStream, and of Nova's chunks, which are the same under a name.

import {
  countOf,
  type DeltaKind,
  isNothing,
  type JsonNode,
  type JsonObject,
  memberOf,
  nodeAt,
  type PlaceTable,
  readUsage,
  type StreamStep,
  stringOf,
  type ToolStart,
  type Usage,
} from "@writ/surface";
import { CONVERSE_USAGE } from "./usage.ts";

const WHOLE: PlaceTable = { places: {}, others: "complete" };

const TABLES: { readonly [type: string]: PlaceTable | undefined } = {
  messageStart: WHOLE,
  contentBlockStart: { places: { contentBlockIndex: "control" }, others: "complete" },
  contentBlockDelta: {
    places: {
      contentBlockIndex: "control",
      "delta/text": "text",
      "delta/reasoningContent/signature": "complete",
      "delta/reasoningContent/text": "thinking",
      "delta/toolUse/input": "tool_input",
      // Each a citation of its own.
      "delta/citation/": "complete",
    },
    others: "joined",
  },
  contentBlockStop: { places: { contentBlockIndex: "control" }, others: "complete" },
  messageStop: WHOLE,
  metadata: {
    places: { "usage/": "control", "metrics/": "control" },
    others: "complete",
  },
};
const UNKNOWN: PlaceTable = { places: {}, others: "joined" };

export function converseTable(type: string): PlaceTable {
  return (Object.hasOwn(TABLES, type) ? TABLES[type] : undefined) ?? UNKNOWN;
}

/** The step an event takes; undefined for an event that is not as it should be. */
export function converseStep(type: string, value: JsonObject): StreamStep | undefined {
  switch (type) {
    case "messageStart":
      return { kind: "message-start" };
    case "contentBlockStart":
      return startStep(value);
    case "contentBlockDelta": {
      const [block, of] = [blockOf(value), deltaKind(value)];
      return block === undefined || of === undefined ? undefined : { kind: "delta", block, of };
    }
    case "contentBlockStop": {
      const block = blockOf(value);
      return block === undefined ? undefined : { kind: "block-stop", block };
    }
    case "messageStop":
      return { kind: "stop" };
    case "metadata":
      return { kind: "after-stop" };
    default:
      return { kind: "aside" };
  }
}

/** The reasons of an answer that ends because no more tokens were left for it. */
const AT_LIMIT: ReadonlySet<string> = new Set(["max_tokens", "model_context_window_exceeded"]);

export function isConverseCut(type: string, value: JsonObject): boolean {
  return type === "messageStop" && AT_LIMIT.has(stringOf(memberOf(value, "stopReason")) ?? "");
}

export function converseUsage(value: JsonObject): Usage | undefined {
  return readUsage(memberOf(value, "usage"), CONVERSE_USAGE);
}

function blockOf(value: JsonObject): string | undefined {
  return countOf(memberOf(value, "contentBlockIndex"))?.toString();
}

function startStep(value: JsonObject): StreamStep | undefined {
  const block = blockOf(value);
  const start = memberOf(value, "start");
  if (block === undefined) return undefined;
  if (isNothing(start)) return { kind: "block-start", block, of: undefined };
  if (start?.kind !== "object") return undefined;
  // A union: a start that is of two kinds is of none.
  const given = start.members.filter((member) => !isNothing(member.value));
  if (given.length > 1) return undefined;
  const tool = memberOf(start, "toolUse");
  if (isNothing(tool))
    return { kind: "block-start", block, of: given.length === 0 ? undefined : "other" };
  const read = readTool(tool);
  return read === undefined ? undefined : { kind: "block-start", block, of: "tool", tool: read };
}

function readTool(tool: ReturnType<typeof memberOf>): ToolStart | undefined {
  const id = stringOf(memberOf(tool, "toolUseId"));
  const name = stringOf(memberOf(tool, "name"));
  // Parameters come in deltas only.
  if (id === undefined || name === undefined || memberOf(tool, "input") !== undefined)
    return undefined;
  return { id, name };
}

/** Where a delta has a part of a text. */
const TEXTS: readonly (readonly string[])[] = [
  ["text"],
  ["toolUse", "input"],
  ["reasoningContent", "text"],
  ["reasoningContent", "signature"],
];

function isTextOrNothing(node: JsonNode | undefined): boolean {
  return isNothing(node) || node?.kind === "string";
}

/** Members of a delta that say what its block is. */
const BY_MEMBER: { readonly [member: string]: DeltaKind | undefined } = {
  text: "text",
  toolUse: "tool",
};

function deltaKind(value: JsonObject): DeltaKind | undefined {
  const delta = memberOf(value, "delta");
  if (delta?.kind !== "object") return undefined;
  // Clients append whatever is there: a number would be digits of a text.
  if (!TEXTS.every((path) => isTextOrNothing(nodeAt(delta, path)))) return undefined;
  const kinds = new Set(
    delta.members
      .filter(({ value: given }) => !isNothing(given))
      .map(({ key }) => {
        if (key.value === "reasoningContent")
          return isNothing(nodeAt(delta, ["reasoningContent", "text"])) ? "other" : "thinking";
        return (Object.hasOwn(BY_MEMBER, key.value) ? BY_MEMBER[key.value] : undefined) ?? "other";
      }),
  );
  if (kinds.size <= 1) return [...kinds][0] ?? "other";
  kinds.delete("other");
  // Members that are unknown beside the text are inspected; beside parameters nobody knows what they do to them.
  return kinds.size === 1 && !kinds.has("tool") ? [...kinds][0] : undefined;
}
