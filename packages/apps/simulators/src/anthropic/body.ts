// Whether the body of a request is one that the API takes; if not, the first thing that is wrong with it.

import type { Version } from "./routes.ts";
import {
  BLOCKS,
  BODIES,
  fieldProblems,
  isObject,
  type Json,
  MESSAGES,
  OTHER_BLOCKS,
  SAMPLING,
  TOOL,
} from "./shapes.ts";
import { pairingProblems } from "./tool-calls.ts";

/** Only in results. */
const RESULT_BLOCKS = ["browser_state", "tool_reference"];

/** The object that a body holds, or undefined. */
export function parseBody(body: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with the body first, or undefined. */
export function bodyProblem(
  body: Json,
  operation: "messages" | "count_tokens",
  version: Version,
): string | undefined {
  return problems(body, operation, version).next().value ?? undefined;
}

function* problems(
  body: Json,
  operation: "messages" | "count_tokens",
  version: Version,
): Generator<string, undefined> {
  const { required, optional } = BODIES[operation];
  const sampling = operation === "messages" && version === "2023-06-01" ? SAMPLING : {};
  yield* fieldProblems(body, { required, optional: { ...optional, ...sampling } }, "");
  const messages = body["messages"] as readonly unknown[];
  if (messages.length === 0) yield "messages: at least one message is required";
  for (const [index, message] of messages.entries())
    yield* messageProblems(message, `messages.${index}`, index === messages.length - 1);
  yield* pairingProblems(messages as readonly Json[]);
  if (Array.isArray(body["system"]))
    yield* contentProblems(body["system"] as readonly unknown[], "system", "system");
  if (Array.isArray(body["tools"])) yield* toolProblems(body["tools"] as readonly unknown[]);
  return undefined;
}

function* messageProblems(message: unknown, path: string, isLast: boolean): Generator<string> {
  if (!isObject(message)) return yield `${path}: Input should be an object`;
  const { role, content } = message;
  const shape =
    typeof role === "string" && Object.hasOwn(MESSAGES, role) ? MESSAGES[role] : undefined;
  if (typeof role !== "string" || shape === undefined)
    return yield `messages: Unexpected role "${String(role)}". Allowed roles are "user", "assistant" and "system"`;
  yield* fieldProblems(message, shape, path);
  if (content === "" || (Array.isArray(content) && content.length === 0)) {
    if (!(isLast && role === "assistant"))
      yield `${path}: all messages must have non-empty content except for the optional final assistant message`;
  }
  if (Array.isArray(content)) yield* contentProblems(content, `${path}.content`, role);
}

function* contentProblems(
  content: readonly unknown[],
  path: string,
  role: string,
): Generator<string> {
  for (const [index, block] of content.entries())
    yield* blockProblems(block, `${path}.${index}`, role);
}

function* blockProblems(block: unknown, path: string, role: string): Generator<string> {
  if (!isObject(block)) return yield `${path}: Input should be an object`;
  const { type, ...fields } = block;
  if (typeof type !== "string") return yield `${path}.type: Field required`;
  if (OTHER_BLOCKS.has(type)) return;
  const shape = Object.hasOwn(BLOCKS, type) ? BLOCKS[type] : undefined;
  if (shape === undefined)
    return yield `${path}: Input tag '${type}' found using 'type' does not match any of the expected tags`;
  if (!shape.roles.includes(role))
    yield `${path}: \`${type}\` blocks are not permitted in ${role} messages`;
  yield* fieldProblems(fields, shape, `${path}.${type}`);
  if (fields["text"] === "") yield `${path}: text content blocks must be non-empty`;
  // What a tool gave back is made of what a user may say.
  if (type === "tool_result" && Array.isArray(fields["content"]))
    yield* resultProblems(fields["content"], `${path}.tool_result.content`);
}

function* resultProblems(content: readonly unknown[], path: string): Generator<string> {
  for (const [index, block] of content.entries()) {
    if (isObject(block) && RESULT_BLOCKS.includes(String(block["type"]))) continue;
    yield* blockProblems(block, `${path}.${index}`, "user");
  }
}

function* toolProblems(tools: readonly unknown[]): Generator<string> {
  const names = new Set<unknown>();
  for (const [index, tool] of tools.entries()) {
    if (!isObject(tool)) return yield `tools.${index}: Input should be an object`;
    const { type, name } = tool;
    // The others are Anthropic's own, each with a shape of its date.
    if (type === undefined || type === null || type === "custom")
      yield* fieldProblems(tool, TOOL, `tools.${index}.custom`);
    if (name !== undefined && names.has(name)) yield "tools: Tool names must be unique.";
    names.add(name);
  }
}
