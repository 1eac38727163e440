// Reading request and response bodies of the enabled operations into the one form that is inspected.

import {
  countOf,
  isNothing,
  type JsonNode,
  type JsonObject,
  memberOf,
  nodeAt,
  stringOf,
} from "../json/node.ts";
import { readJson } from "../json/read.ts";
import type { Refusal } from "../refusal.ts";
import { type Content, walkContent } from "./content.ts";
import { type BodyFormat, converse, invokeFormats, type ToolUse } from "./family.ts";
import type { ModelDescription } from "./model.ts";
import type { OperationMatch } from "./operation.ts";

/** What a request says, or the refusal to answer it with. */
export type RequestResult =
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly refusal: Refusal };

/** Tokens, as the model counts them. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** What a response says, or why it cannot be read. */
export type ResponseResult =
  | {
      readonly ok: true;
      readonly content: Content;
      readonly toolUses: readonly ToolUse[];
      readonly usage: Usage;
      readonly stopReason?: string;
    }
  | { readonly ok: false; readonly message: string };

/** Undefined for a model whose InvokeModel body is not known. */
export function bodyFormat(
  operation: OperationMatch,
  model: ModelDescription,
): BodyFormat | undefined {
  if (operation.name === "Converse" || operation.name === "ConverseStream") return converse;
  return Object.hasOwn(invokeFormats, model.family) ? invokeFormats[model.family] : undefined;
}

/** Reads the body of a call. One that two readers could take for two things is refused. */
export function readRequest(
  operation: OperationMatch,
  model: ModelDescription,
  body: Uint8Array,
): RequestResult {
  const format = bodyFormat(operation, model);
  if (format === undefined)
    return invalid(
      `${operation.name} is not inspected for ${model.id}; use Converse, or a model this gateway reads`,
    );
  const read = readJson(body);
  if (!read.ok) return invalid(`the body cannot be read: ${read.message}`);
  const { root, text } = read;
  if (root.kind !== "object") return invalid("the body is not a JSON object");
  const problem = checkRequired(root, format) ?? checkConsistent(root, operation, model);
  if (problem !== undefined) return invalid(problem);
  const walked = walkContent(body, text, root, format.roles);
  if (!walked.ok) return invalid(`the body cannot be inspected: ${walked.message}`);
  const limits = format.maxTokens
    .map((path) => nodeAt(root, path))
    .filter((node) => !isNothing(node));
  // What one reader takes for a limit and another does not is none.
  if (limits.some((limit) => countOf(limit) === undefined))
    return invalid("the limit on the answer's tokens is not a whole number");
  const maxTokens =
    limits.length === 0 ? undefined : Math.max(...limits.map((limit) => countOf(limit) ?? 0));
  return {
    ok: true,
    content: {
      ...walked.content,
      tools: toolNames(root, format),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...guardrailOf(root),
    },
  };
}

/** Reads the whole body of an answer, with the tools it calls and what it used. */
export function readResponse(
  operation: OperationMatch,
  model: ModelDescription,
  body: Uint8Array,
): ResponseResult {
  const format = bodyFormat(operation, model);
  const read = readJson(body);
  if (format === undefined || !read.ok || read.root.kind !== "object")
    return { ok: false, message: "the response is not a JSON object that can be read in one way" };
  const { root, text } = read;
  const walked = walkContent(body, text, root, format.roles);
  if (!walked.ok) return walked;
  const uses = toolUses(root, format);
  if (uses === undefined)
    return { ok: false, message: "the response's content is not a list of blocks" };
  const stopReason = stringOf(nodeAt(root, format.stopReason));
  const [inputTokens, outputTokens] = [
    countOf(nodeAt(root, format.inputTokens)),
    countOf(nodeAt(root, format.outputTokens)),
  ];
  return {
    ok: true,
    content: { ...walked.content, tools: [] },
    toolUses: uses,
    usage: {
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
    },
    ...(stopReason === undefined ? {} : { stopReason }),
  };
}

function checkRequired(root: JsonObject, { required }: BodyFormat): string | undefined {
  const isMet = ([member, type]: BodyFormat["required"][number]): boolean => {
    const given = memberOf(root, member);
    if (type === "string") return given?.kind === "string";
    return (
      given?.kind === "array" &&
      given.items.length > 0 &&
      given.items.every(({ kind }) => kind === "object")
    );
  };
  if (required.some(isMet)) return undefined;
  return `the body needs ${required.map(([member, type]) => `\`${member}\` (${type === "array" ? "a list of messages" : "a text"})`).join(" or ")}`;
}

/** A body that names another model, or streams where the operation does not, would be read twice in two ways. */
function checkConsistent(
  root: JsonObject,
  operation: OperationMatch,
  model: ModelDescription,
): string | undefined {
  const named = stringOf(memberOf(root, "model"));
  if (named !== undefined && named !== operation.modelId && named !== model.id)
    return "the body names another model than the path";
  const stream = memberOf(root, "stream");
  return stream?.kind === "literal" && stream.value !== null && stream.value !== operation.stream
    ? "the body's `stream` contradicts the operation"
    : undefined;
}

function toolNames(root: JsonObject, { tools }: BodyFormat): readonly string[] {
  const list = tools === undefined ? undefined : nodeAt(root, tools.list);
  if (list?.kind !== "array" || tools === undefined) return [];
  // A tool without a name of its own (a server-side one) is named by what it is.
  return list.items.map((tool) => {
    const name =
      nodeAt(tool, tools.name) ?? nodeAt(tool, ["systemTool", "name"]) ?? nodeAt(tool, ["type"]);
    return stringOf(name) ?? "unknown";
  });
}

/**
 * The tools an answer calls; undefined where its blocks are in a form nobody expects: a call in it would not be
 * decided as an action, and a client might still act on it.
 */
function toolUses(root: JsonObject, { blocks }: BodyFormat): readonly ToolUse[] | undefined {
  const list = blocks === undefined ? undefined : nodeAt(root, blocks);
  if (isNothing(list)) return [];
  if (list?.kind !== "array") return undefined;
  const found: ToolUse[] = [];
  for (const [index, block] of list.items.entries()) {
    const pointer = `/${(blocks ?? []).join("/")}/${index}`;
    const use = readBlock(block, pointer);
    if (use === undefined) return undefined;
    if (use !== "none") found.push(use);
  }
  return found;
}

function readBlock(block: JsonNode, pointer: string): ToolUse | "none" | undefined {
  if (block.kind !== "object") return undefined;
  const converseUse = memberOf(block, "toolUse");
  if (!isNothing(converseUse))
    return converseUse?.kind === "object"
      ? describeToolUse(converseUse, "toolUseId", `${pointer}/toolUse`)
      : undefined;
  return isToolUse(stringOf(memberOf(block, "type")))
    ? describeToolUse(block, "id", pointer)
    : "none";
}

/** `tool_use`, and `server_tool_use` and `mcp_tool_use`, which the service has carried out itself. */
export function isToolUse(type: string | undefined): boolean {
  return type?.endsWith("tool_use") ?? false;
}

/** Undefined for a call whose name or id is not a text. */
function describeToolUse(use: JsonObject, idMember: string, pointer: string): ToolUse | undefined {
  const [id, name] = [stringOf(memberOf(use, idMember)), stringOf(memberOf(use, "name"))];
  if (id === undefined || name === undefined) return undefined;
  return { id, name, input: memberOf(use, "input"), pointer };
}

function guardrailOf(root: JsonObject): {
  readonly guardrail?: { readonly id: string; readonly version?: string };
} {
  const id = stringOf(nodeAt(root, ["guardrailConfig", "guardrailIdentifier"]));
  const version = stringOf(nodeAt(root, ["guardrailConfig", "guardrailVersion"]));
  if (id === undefined) return {};
  return { guardrail: { id, ...(version === undefined ? {} : { version }) } };
}

function invalid(message: string): RequestResult {
  return { ok: false, refusal: { status: 400, code: "ValidationException", message } };
}
