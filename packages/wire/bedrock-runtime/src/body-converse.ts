// The body of Converse and ConverseStream, and of Nova, whose body is the same
// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).

import {
  control,
  fixed,
  json,
  list,
  object,
  openObject,
  type Shape,
  text,
  textOf,
  unread,
} from "@writ/surface";

/** A union of bytes and a place in S3; what else a source may be is unknown. */
function media(kind: "image" | "audio" | "video"): Shape {
  return object({
    format: control,
    source: object({ bytes: unread(kind), s3Location: unread("file_reference") }),
    error: object({ message: text }),
  });
}

const document: Shape = {
  is: "document",
  source: "format",
  of: object(
    {
      format: control,
      name: text,
      context: text,
      citations: control,
      source: object({
        bytes: unread("document"),
        s3Location: unread("file_reference"),
        text,
        content: list(object({ text })),
      }),
    },
    "document",
  ),
};

const searchResult: Shape = object(
  { source: text, title: text, content: list(object({ text })), citations: control },
  "document",
);

const guardContent: Shape = object({
  text: object({ text, qualifiers: control }),
  image: media("image"),
});

const toolReference: Shape = object({
  tool: object({
    type: control,
    name: fixed("tool_definition"),
    serverName: fixed("tool_definition"),
  }),
});

const cachePoint: Shape = object({ type: control, ttl: control });

const toolUse: Shape = {
  is: "tool-use",
  id: "toolUseId",
  of: object({
    toolUseId: fixed("tool_use"),
    name: fixed("tool_use"),
    type: fixed("tool_use"),
    input: json("tool_use"),
  }),
};

const toolResult: Shape = object(
  {
    toolUseId: control,
    status: control,
    type: control,
    content: list(
      object({
        text,
        json: json("tool_result"),
        image: media("image"),
        video: media("video"),
        document,
        searchResult,
      }),
    ),
  },
  "tool_result",
);

const block: Shape = object({
  text,
  image: media("image"),
  video: media("video"),
  audio: media("audio"),
  document,
  searchResult,
  toolUse,
  toolResult,
  guardContent,
  cachePoint,
  toolAddition: toolReference,
  toolRemoval: toolReference,
  reasoningContent: object(
    {
      reasoningText: object({ text: textOf("thinking"), signature: fixed("control") }, "thinking"),
      redactedContent: unread("encrypted_reasoning"),
    },
    "thinking",
  ),
  citationsContent: object({
    content: list(object({ text })),
    citations: list(
      object({
        title: text,
        source: text,
        sourceContent: list(object({ text: textOf("document") })),
        location: control,
      }),
    ),
  }),
});

const message: Shape = {
  is: "message",
  of: object({ role: control, content: { is: "text-or", text, other: list(block) } }),
};

const toolConfig: Shape = object(
  {
    tools: list(
      object({
        toolSpec: object({
          name: fixed("tool_definition"),
          description: text,
          inputSchema: object({ json: json("tool_definition") }),
          strict: control,
        }),
        systemTool: object({ name: fixed("tool_definition") }),
        cachePoint,
      }),
    ),
    toolChoice: control,
  },
  "tool_definition",
);

/** What models take beside: settings of their own. Content in it goes past every table. */
const additionalFields: Shape = object({
  thinking: control,
  reasoning_config: control,
  reasoning_effort: control,
  reasoningConfig: control,
  anthropic_beta: control,
  anthropic_version: control,
  inferenceConfig: control,
  output_config: control,
  service_tier: control,
  stop_sequences: text,
  tool_choice: control,
  tools: json("tool_definition"),
  toolConfig,
});

export const converseRequest: Shape = object({
  messages: list(message),
  system: {
    is: "text-or",
    text: textOf("system"),
    other: list(object({ text: textOf("system"), guardContent, cachePoint }, "system")),
  },
  toolConfig,
  promptVariables: json("user"),
  requestMetadata: json("other"),
  inferenceConfig: {
    is: "object",
    members: { stopSequences: list({ is: "text", role: "control", continues: false }) },
    others: control,
  },
  outputConfig: object({
    textFormat: object({
      type: control,
      structure: object({
        jsonSchema: object({ schema: text, name: text, description: text }, "control"),
      }),
    }),
    effort: control,
  }),
  guardrailConfig: control,
  additionalModelRequestFields: additionalFields,
  additionalModelResponseFieldPaths: control,
  performanceConfig: control,
  serviceTier: control,
  schemaVersion: control,
});

export const converseResponse: Shape = openObject({
  output: object({ message: object({ role: control, content: list(block) }, "assistant") }),
  stopReason: control,
  usage: control,
  metrics: control,
});
