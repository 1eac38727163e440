// What the body formats look like: for Converse, and for each model family that InvokeModel is read of. A
// family is data: where its texts and tool calls are, and what a body cannot do without.

import type { JsonNode } from "../json/node.ts";
import type { RoleTable } from "./content.ts";

/** A tool that the model calls. */
export interface ToolUse {
  readonly id: string;
  readonly name: string;
  /** As the model wrote it; undefined for a call without parameters. */
  readonly input: JsonNode | undefined;
  /** Of the block it stands in. */
  readonly pointer: string;
}

export interface BodyFormat {
  readonly roles: RoleTable;
  /** The members of which a request must have one, and the type it must have. */
  readonly required: readonly (readonly [member: string, type: "string" | "array"])[];
  /** Every member that says how long an answer may be: models know more than one name for it. */
  readonly maxTokens: readonly (readonly string[])[];
  /** Where offered tools are listed, and the path of a name in each. */
  readonly tools:
    | { readonly list: readonly string[]; readonly name: readonly string[] }
    | undefined;
  /** Members of a response: where the content blocks are, and what a tool call is in them. */
  readonly blocks: readonly string[] | undefined;
  readonly stopReason: readonly string[];
  readonly inputTokens: readonly string[];
  readonly outputTokens: readonly string[];
}

const CONTROL =
  /^\/(?:inferenceConfig|textGenerationConfig|anthropic_version|usage|metrics|stopReason|stop_reason|type|role|id|model|schemaVersion)(?:\/|$)/;

const converseRoles: RoleTable = [
  [CONTROL, "control"],
  [/^\/system\//, "system"],
  [/^(?:\/messages\/\d+|\/output\/message)\/role$/, "control"],
  [/\/content\/\d+\/toolUse\//, "tool_use"],
  [/\/content\/\d+\/toolResult\//, "tool_result"],
  [/\/content\/\d+\/document\//, "document"],
  [/\/content\/\d+\/reasoningContent\/reasoningText\/signature$/, "control"],
  [/\/content\/\d+\/reasoningContent\//, "thinking"],
  [/^\/messages\/\d+\/content\//, "by-message"],
  [/^\/output\/message\/content\//, "assistant"],
  [/^\/toolConfig\//, "tool_definition"],
];

export const converse: BodyFormat = {
  roles: converseRoles,
  required: [["messages", "array"]],
  maxTokens: [
    ["inferenceConfig", "maxTokens"],
    ["inferenceConfig", "max_new_tokens"],
    ["additionalModelRequestFields", "max_tokens"],
    ["additionalModelRequestFields", "max_tokens_to_sample"],
    ["additionalModelRequestFields", "max_gen_len"],
    ["additionalModelRequestFields", "max_new_tokens"],
    ["additionalModelRequestFields", "inferenceConfig", "maxTokens"],
    ["additionalModelRequestFields", "inferenceConfig", "max_new_tokens"],
  ],
  tools: { list: ["toolConfig", "tools"], name: ["toolSpec", "name"] },
  blocks: ["output", "message", "content"],
  stopReason: ["stopReason"],
  inputTokens: ["usage", "inputTokens"],
  outputTokens: ["usage", "outputTokens"],
};

const claude: BodyFormat = {
  roles: [
    [CONTROL, "control"],
    [/^\/system(?:\/|$)/, "system"],
    [/^\/messages\/\d+\/role$/, "control"],
    [/^(?:\/messages\/\d+)?\/content\/\d+\/(?:input|name|partial_json)(?:\/|$)/, "tool_use"],
    [/^\/messages\/\d+\/content\/\d+\/content(?:\/|$)/, "tool_result"],
    [/^(?:\/messages\/\d+)?\/content\/\d+\/signature$/, "control"],
    [/^(?:\/messages\/\d+)?\/content\/\d+\/thinking$/, "thinking"],
    [/^\/messages\/\d+\/content(?:\/|$)/, "by-message"],
    [/^\/content\//, "assistant"],
    [/^\/prompt$/, "user"],
    [/^\/completion$/, "assistant"],
    [/^\/tools\//, "tool_definition"],
  ],
  required: [
    ["messages", "array"],
    ["prompt", "string"],
  ],
  maxTokens: [["max_tokens"], ["max_tokens_to_sample"]],
  tools: { list: ["tools"], name: ["name"] },
  blocks: ["content"],
  stopReason: ["stop_reason"],
  inputTokens: ["usage", "input_tokens"],
  outputTokens: ["usage", "output_tokens"],
};

const llama: BodyFormat = {
  roles: [
    [CONTROL, "control"],
    [/^\/prompt$/, "user"],
    [/^\/generation$/, "assistant"],
  ],
  required: [["prompt", "string"]],
  maxTokens: [["max_gen_len"]],
  tools: undefined,
  blocks: undefined,
  stopReason: ["stop_reason"],
  inputTokens: ["prompt_token_count"],
  outputTokens: ["generation_token_count"],
};

const titanText: BodyFormat = {
  roles: [
    [CONTROL, "control"],
    [/^\/inputText$/, "user"],
    [/^\/results\/\d+\/outputText$/, "assistant"],
  ],
  required: [["inputText", "string"]],
  maxTokens: [["textGenerationConfig", "maxTokenCount"]],
  tools: undefined,
  blocks: undefined,
  stopReason: ["results", "0", "completionReason"],
  inputTokens: ["inputTextTokenCount"],
  outputTokens: ["results", "0", "tokenCount"],
};

/** The families InvokeModel is read of. Nova's body is Converse's. */
export const invokeFormats: { readonly [family: string]: BodyFormat | undefined } = {
  claude,
  llama,
  "titan-text": titanText,
  nova: converse,
};
