// What is read of a body of the Messages API.

import { type BodyFormat, memberOf, readUsage } from "@writ/surface";
import { messagesRequest, messagesResponse } from "./messages-shapes.ts";
import { MESSAGES_USAGE } from "./usage.ts";

/** A tool without a name of its own (a server-side one) is named by what it is. */
const TOOL_NAMES = [["name"], ["type"]];

/** Bodies of the Messages API, on every host. */
export const messagesFormat: BodyFormat = {
  request: messagesRequest,
  response: messagesResponse,
  required: [["messages", "array"]],
  maxTokens: [["max_tokens"], ["max_tokens_to_sample"], ["thinking", "budget_tokens"]],
  tools: [
    { list: ["tools"], names: TOOL_NAMES },
    { list: ["mcp_servers"], names: TOOL_NAMES },
  ],
  blocks: ["content"],
  usage: (answer) => readUsage(memberOf(answer, "usage"), MESSAGES_USAGE),
};
