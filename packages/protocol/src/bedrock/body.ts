// Reading request and response bodies of the enabled operations into the one form that is inspected.

import type { Refusal } from "../refusal.ts";
import { type Content, walkContent } from "./content.ts";
import { at, type BodyFormat, converse, invokeFormats, type ToolUse } from "./family.ts";
import { parseJson } from "./json.ts";
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
  const parsed = parseJson(body);
  if (!parsed.ok) return invalid(parsed.message);
  if (!isObject(parsed.value)) return invalid("the body is not a JSON object");
  const value = parsed.value;
  const problem = checkRequired(value, format) ?? checkConsistent(value, operation, model);
  if (problem !== undefined) return invalid(problem);
  const content = walkContent(value, format.roles);
  if (content === undefined) return invalid("the body has more parts than this gateway inspects");
  const limits = format.maxTokens.map((path) => at(value, path)).filter(isGiven);
  // What one reader takes for a limit and another does not is none.
  if (limits.some((limit) => asCount(limit) === undefined))
    return invalid("the limit on the answer's tokens is not a whole number");
  const maxTokens = limits.length === 0 ? undefined : Math.max(...limits.map(Number));
  return {
    ok: true,
    content: {
      ...content,
      tools: toolNames(value, format),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...guardrailOf(value),
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
  const parsed = parseJson(body);
  if (format === undefined || !parsed.ok || !isObject(parsed.value))
    return { ok: false, message: "the response is not a JSON object" };
  const value = parsed.value;
  const content = walkContent(value, format.roles);
  if (content === undefined)
    return { ok: false, message: "the response has more parts than this gateway inspects" };
  if (!areBlocksReadable(value, format))
    return { ok: false, message: "the response's content is not a list of blocks" };
  const stopReason = at(value, format.stopReason);
  const [inputTokens, outputTokens] = [
    asCount(at(value, format.inputTokens)),
    asCount(at(value, format.outputTokens)),
  ];
  return {
    ok: true,
    content: { ...content, tools: [] },
    toolUses: toolUses(value, format),
    usage: {
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
    },
    ...(typeof stopReason === "string" ? { stopReason } : {}),
  };
}

function checkRequired(
  value: { readonly [key: string]: unknown },
  { required }: BodyFormat,
): string | undefined {
  const isMet = ([member, type]: BodyFormat["required"][number]): boolean => {
    const given = Object.hasOwn(value, member) ? value[member] : undefined;
    return type === "array"
      ? Array.isArray(given) && given.length > 0 && given.every(isObject)
      : typeof given === "string";
  };
  if (required.some(isMet)) return undefined;
  return `the body needs ${required.map(([member, type]) => `\`${member}\` (${type === "array" ? "a list of messages" : "a text"})`).join(" or ")}`;
}

/** A body that names another model, or streams where the operation does not, would be read twice in two ways. */
function checkConsistent(
  value: { readonly [key: string]: unknown },
  operation: OperationMatch,
  model: ModelDescription,
): string | undefined {
  const named = value["model"];
  if (typeof named === "string" && named !== operation.modelId && named !== model.id)
    return "the body names another model than the path";
  const stream = value["stream"];
  return typeof stream === "boolean" && stream !== operation.stream
    ? "the body's `stream` contradicts the operation"
    : undefined;
}

function toolNames(value: unknown, { tools }: BodyFormat): readonly string[] {
  const list = tools === undefined ? undefined : at(value, tools.list);
  if (!Array.isArray(list) || tools === undefined) return [];
  // A tool without a name of its own (a server-side one) is named by what it is.
  return list.map((tool) => {
    const name = at(tool, tools.name) ?? at(tool, ["systemTool", "name"]) ?? at(tool, ["type"]);
    return typeof name === "string" ? name : "unknown";
  });
}

function toolUses(value: unknown, { blocks }: BodyFormat): readonly ToolUse[] {
  const list = blocks === undefined ? undefined : at(value, blocks);
  if (!Array.isArray(list)) return [];
  return list.flatMap((block, index): readonly ToolUse[] => {
    const pointer = `/${(blocks ?? []).join("/")}/${index}`;
    const converseUse = at(block, ["toolUse"]);
    if (isObject(converseUse))
      return [describeToolUse(converseUse, "toolUseId", `${pointer}/toolUse`)];
    const type = at(block, ["type"]);
    return typeof type === "string" && type.endsWith("tool_use") && isObject(block)
      ? [describeToolUse(block, "id", pointer)]
      : [];
  });
}

/** A tool call in a form nobody expects would not be decided as an action, and a client might still act on it. */
function areBlocksReadable(value: unknown, { blocks }: BodyFormat): boolean {
  const list = blocks === undefined ? undefined : at(value, blocks);
  if (!isGiven(list)) return true;
  if (!Array.isArray(list)) return false;
  return list.every((block) => {
    const use = at(block, ["toolUse"]);
    return isObject(block) && (!isGiven(use) || isObject(use));
  });
}

function describeToolUse(
  use: { readonly [key: string]: unknown },
  idMember: string,
  pointer: string,
): ToolUse {
  return {
    id: String(use[idMember] ?? ""),
    name: String(use["name"] ?? ""),
    input: use["input"] ?? {},
    pointer,
  };
}

function guardrailOf(value: unknown): {
  readonly guardrail?: { readonly id: string; readonly version?: string };
} {
  const id = at(value, ["guardrailConfig", "guardrailIdentifier"]);
  const version = at(value, ["guardrailConfig", "guardrailVersion"]);
  if (typeof id !== "string") return {};
  return { guardrail: { id, ...(typeof version === "string" ? { version } : {}) } };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function asCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string): RequestResult {
  return { ok: false, refusal: { status: 400, code: "ValidationException", message } };
}
