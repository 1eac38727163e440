// Reading request and response bodies of the enabled operations into the one form that is inspected.

import type { Content, ToolUse, Walked } from "../content/content.ts";
import { walkContent } from "../content/walk.ts";
import { countOf, isNothing, type JsonObject, memberOf, nodeAt, stringOf } from "../json/node.ts";
import { readJson } from "../json/read.ts";
import type { Refusal } from "../refusal.ts";
import { type BodyFormat, converse, invokeFormats } from "./family.ts";
import type { ModelDescription } from "./model.ts";
import type { OperationMatch } from "./operation.ts";
import type { Usage } from "./usage.ts";

/** What a request says, or the refusal to answer it with. */
export type RequestResult =
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly refusal: Refusal };

/** What a response says, or why it cannot be read. */
export type ResponseResult =
  | {
      readonly ok: true;
      readonly content: Walked;
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
  const walked = walkContent(body, text, root, format.request);
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
      ...(operation.name.startsWith("Converse") ? guardrailOf(root) : {}),
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
  const walked = walkContent(body, text, root, format.response);
  if (!walked.ok) return walked;
  if (!areBlocksReadable(root, format))
    return { ok: false, message: "the response's content is not a list of blocks" };
  const stopReason = stringOf(nodeAt(root, format.stopReason));
  return {
    ok: true,
    content: walked.content,
    toolUses: walked.content.toolUses,
    usage: format.usage(root) ?? {},
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
  for (const member of ["model", "modelId"]) {
    const named = stringOf(memberOf(root, member));
    if (named !== undefined && named !== operation.modelId && named !== model.id)
      return "the body names another model than the path";
  }
  const stream = memberOf(root, "stream");
  return stream?.kind === "literal" && stream.value !== null && stream.value !== operation.stream
    ? "the body's `stream` contradicts the operation"
    : undefined;
}

function toolNames(root: JsonObject, { tools }: BodyFormat): readonly string[] {
  return tools.flatMap(({ list, name }) => {
    const offered = nodeAt(root, list);
    if (offered?.kind !== "array") return [];
    // A tool without a name of its own (a server-side one) is named by what it is.
    return offered.items.map((tool) => {
      const named =
        nodeAt(tool, name) ??
        nodeAt(tool, ["toolSpec", "name"]) ??
        nodeAt(tool, ["systemTool", "name"]) ??
        nodeAt(tool, ["type"]);
      return stringOf(named) ?? "unknown";
    });
  });
}

/** A tool call in a form nobody expects would not be decided as an action, and a client might still act on it. */
function areBlocksReadable(root: JsonObject, { blocks }: BodyFormat): boolean {
  const list = blocks === undefined ? undefined : nodeAt(root, blocks);
  if (isNothing(list)) return true;
  if (list?.kind !== "array") return false;
  return list.items.every((block) => {
    const use = memberOf(block, "toolUse");
    return block.kind === "object" && (isNothing(use) || use?.kind === "object");
  });
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
