// What the body formats look like: for Converse, and for each model family that InvokeModel is read of. A
// family is data: where its texts and tool calls are, and what a body cannot do without.

import { control, object, openObject, type Shape, textOf, unread } from "../content/shape.ts";
import { type JsonObject, memberOf, nodeAt } from "../json/node.ts";
import { claudeRequest, claudeResponse } from "./body-claude.ts";
import { converseRequest, converseResponse } from "./body-converse.ts";
import { CLAUDE_USAGE, CONVERSE_USAGE, readUsage, type Usage } from "./usage.ts";

export interface BodyFormat {
  readonly request: Shape;
  readonly response: Shape;
  /** The members of which a request must have one, and the type it must have. */
  readonly required: readonly (readonly [member: string, type: "string" | "array"])[];
  /** Every member that says how long an answer may be: models know more than one name for it. */
  readonly maxTokens: readonly (readonly string[])[];
  /** Where offered tools are listed, and where each has its name. */
  readonly tools: readonly { readonly list: readonly string[]; readonly name: readonly string[] }[];
  /** Where the content blocks of a response are: they must be a list. */
  readonly blocks: readonly string[] | undefined;
  readonly stopReason: readonly string[];
  readonly usage: (response: JsonObject) => Usage | undefined;
}

const LIMIT_NAMES = [
  "max_tokens",
  "max_tokens_to_sample",
  "max_completion_tokens",
  "max_gen_len",
  "max_new_tokens",
  "maxTokens",
  "maxTokenCount",
];
const limitsUnder = (...under: readonly string[]): readonly (readonly string[])[] =>
  LIMIT_NAMES.map((name) => [...under, name]);

const ADDITIONAL = "additionalModelRequestFields";

export const converse: BodyFormat = {
  request: converseRequest,
  response: converseResponse,
  required: [["messages", "array"]],
  maxTokens: [
    ...limitsUnder("inferenceConfig"),
    ...limitsUnder(ADDITIONAL),
    ...limitsUnder(ADDITIONAL, "inferenceConfig"),
    ...limitsUnder(ADDITIONAL, "textGenerationConfig"),
    [ADDITIONAL, "thinking", "budget_tokens"],
    [ADDITIONAL, "reasoning_config", "budget_tokens"],
  ],
  tools: [
    { list: ["toolConfig", "tools"], name: ["toolSpec", "name"] },
    { list: [ADDITIONAL, "toolConfig", "tools"], name: ["toolSpec", "name"] },
    { list: [ADDITIONAL, "tools"], name: ["name"] },
  ],
  blocks: ["output", "message", "content"],
  stopReason: ["stopReason"],
  usage: (response) => readUsage(memberOf(response, "usage"), CONVERSE_USAGE),
};

const claude: BodyFormat = {
  request: claudeRequest,
  response: claudeResponse,
  required: [
    ["messages", "array"],
    ["prompt", "string"],
  ],
  maxTokens: [...limitsUnder(), ["thinking", "budget_tokens"]],
  tools: [
    { list: ["tools"], name: ["name"] },
    { list: ["mcp_servers"], name: ["name"] },
  ],
  blocks: ["content"],
  stopReason: ["stop_reason"],
  usage: (response) => readUsage(memberOf(response, "usage"), CLAUDE_USAGE),
};

const NONE = { cacheReadInputTokens: "", cacheWriteInputTokens: "" };
const LLAMA_USAGE = {
  ...NONE,
  inputTokens: "prompt_token_count",
  outputTokens: "generation_token_count",
};
const TITAN_INPUT = { ...NONE, inputTokens: "inputTextTokenCount", outputTokens: "" };
const TITAN_OUTPUT = { ...NONE, inputTokens: "", outputTokens: "tokenCount" };

const llama: BodyFormat = {
  request: object({
    prompt: textOf("user"),
    max_gen_len: control,
    temperature: control,
    top_p: control,
    images: unread("image"),
  }),
  response: openObject({
    generation: textOf("assistant"),
    stop_reason: control,
    prompt_token_count: control,
    generation_token_count: control,
  }),
  required: [["prompt", "string"]],
  maxTokens: limitsUnder(),
  tools: [],
  blocks: undefined,
  stopReason: ["stop_reason"],
  usage: (response) => readUsage(response, LLAMA_USAGE),
};

const titanText: BodyFormat = {
  request: object({
    inputText: textOf("user"),
    textGenerationConfig: {
      is: "object",
      members: { stopSequences: { is: "list", of: textOf("control") } },
      others: control,
    },
  }),
  response: openObject({
    inputTextTokenCount: control,
    results: {
      is: "list",
      of: openObject({
        outputText: textOf("assistant"),
        tokenCount: control,
        completionReason: control,
      }),
    },
  }),
  required: [["inputText", "string"]],
  maxTokens: [...limitsUnder(), ...limitsUnder("textGenerationConfig")],
  tools: [],
  blocks: undefined,
  stopReason: ["results", "0", "completionReason"],
  usage: (response) => ({
    ...readUsage(response, TITAN_INPUT),
    ...readUsage(nodeAt(response, ["results", "0"]), TITAN_OUTPUT),
  }),
};

/** The families InvokeModel is read of. Nova's body is Converse's. */
export const invokeFormats: { readonly [family: string]: BodyFormat | undefined } = {
  claude,
  llama,
  "titan-text": titanText,
  nova: converse,
};
