// What the body formats look like: for Converse, and for each model family that InvokeModel is read of. A
// family is data: where its texts and tool calls are, and what a body cannot do without.

import { messagesFormat } from "@writ/anthropic";
import {
  type BodyFormat,
  control,
  isNothing,
  memberOf,
  nodeAt,
  object,
  openObject,
  readUsage,
  textOf,
  unread,
} from "@writ/surface";
import { converseRequest, converseResponse } from "./body-converse.ts";
import { CONVERSE_USAGE } from "./usage.ts";

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

/** A tool without a name of its own (a server-side one) is named by what it is. */
const TOOL_NAMES: BodyFormat["tools"][number]["names"] = [
  ["toolSpec", "name"],
  ["systemTool", "name"],
  ["type"],
];
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
    { list: ["toolConfig", "tools"], names: TOOL_NAMES },
    { list: [ADDITIONAL, "toolConfig", "tools"], names: TOOL_NAMES },
    { list: [ADDITIONAL, "tools"], names: [["name"], ...TOOL_NAMES] },
  ],
  blocks: ["output", "message", "content"],
  isBlock: (block) => {
    const use = memberOf(block, "toolUse");
    return isNothing(use) || use?.kind === "object";
  },
  usage: (response) => readUsage(memberOf(response, "usage"), CONVERSE_USAGE),
};

/** Claude's body is that of the Messages API; older models complete a prompt. */
const claude: BodyFormat = {
  ...messagesFormat,
  required: [
    ["messages", "array"],
    ["prompt", "string"],
  ],
  maxTokens: [...limitsUnder(), ["thinking", "budget_tokens"]],
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
