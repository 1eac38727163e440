// The body of the Messages API (https://docs.claude.com/en/api/messages), and of the Text Completions before it, which
// is the body that hosts of these models take as well.

import {
  control,
  fixed,
  json,
  list,
  object,
  type Shape,
  text,
  textOf,
  unread,
} from "@writ/surface";
import { isToolUse } from "./tool-use-type.ts";

const laterBlocks: Shape = { is: "later", shape: () => blocks };

/** Where the bytes of an image or a document are; only what is in the body, and is text, is read. */
function source(kind: "image" | "document"): Shape {
  return {
    is: "by-type",
    types: {
      base64: object({ type: control, media_type: control, data: unread(kind) }),
      text: object({ type: control, media_type: control, data: text }),
      content: object({ type: control, content: { is: "text-or", text, other: laterBlocks } }),
      url: unread("file_reference"),
      file: unread("file_reference"),
    },
  };
}

const document: Shape = object(
  {
    type: control,
    title: text,
    context: text,
    citations: control,
    cache_control: control,
    // The source itself says of which media type it is.
    source: { is: "document", source: "media_type", of: source("document") },
  },
  "document",
);

const toolUse: Shape = {
  is: "tool-use",
  id: "id",
  of: object({
    type: fixed("tool_use"),
    id: fixed("tool_use"),
    name: fixed("tool_use"),
    server_name: fixed("tool_use"),
    caller: control,
    input: json("tool_use"),
    cache_control: control,
  }),
};

const toolResult: Shape = object(
  {
    type: control,
    tool_use_id: control,
    is_error: control,
    cache_control: control,
    content: { is: "text-or", text, other: laterBlocks },
  },
  "tool_result",
);

const citations: Shape = json("document");

const types: Readonly<Record<string, Shape>> = {
  text: object({ type: control, text, citations, cache_control: control }),
  image: object({ type: control, source: source("image"), cache_control: control }),
  document,
  thinking: object(
    { type: control, thinking: textOf("thinking"), signature: fixed("control") },
    "thinking",
  ),
  redacted_thinking: object({ type: control, data: unread("encrypted_reasoning") }, "thinking"),
  tool_result: toolResult,
  mcp_tool_result: toolResult,
  search_result: object(
    {
      type: control,
      source: text,
      title: text,
      content: laterBlocks,
      citations: control,
      cache_control: control,
    },
    "document",
  ),
  container_upload: unread("file_reference"),
};

/** Whether a block of this type is read, or has parts that say of themselves that they are not. */
export function isReadBlock(type: string): boolean {
  return isToolUse(type) || (Object.hasOwn(types, type) && types[type]?.is !== "opaque");
}

const block: Shape = {
  is: "by-type",
  types,
  others: (type) => (isToolUse(type) ? toolUse : undefined),
};
const blocks: Shape = list(block);

const message: Shape = {
  is: "message",
  of: object({ role: control, content: { is: "text-or", text, other: blocks } }),
};

export const messagesRequest: Shape = object({
  messages: list(message),
  system: { is: "text-or", text: textOf("system"), other: list(systemBlock()) },
  prompt: textOf("user"),
  tools: json("tool_definition"),
  tool_choice: control,
  stop_sequences: list({ is: "text", role: "control", continues: false }),
  metadata: json("other"),
  mcp_servers: unread("remote_tools"),
  container: unread("stored_conversation"),
  thread: unread("stored_conversation"),
  user_profile_id: unread("stored_conversation"),
  anthropic_version: control,
  anthropic_beta: control,
  model: control,
  max_tokens: control,
  max_tokens_to_sample: control,
  temperature: control,
  top_k: control,
  top_p: control,
  stream: control,
  thinking: control,
  service_tier: control,
  speed: control,
  inference_geo: control,
  output_config: json("control"),
  output_format: json("control"),
  context_management: control,
  cache_control: control,
  "amazon-bedrock-guardrailConfig": control,
});

function systemBlock(): Shape {
  return object(
    { type: control, text: textOf("system"), cache_control: control, citations: control },
    "system",
  );
}

export const messagesResponse: Shape = {
  is: "object",
  role: "assistant",
  others: json("other"),
  members: {
    content: blocks,
    completion: text,
    id: control,
    type: control,
    role: control,
    model: control,
    stop_reason: control,
    stop_sequence: { is: "text", role: "control", continues: false },
    usage: control,
  },
};
