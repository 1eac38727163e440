// Bodies of one format: where its texts and tool calls are, and what a body cannot do without. A format is data.

import { countOf, isNothing, type JsonObject, memberOf, nodeAt, stringOf } from "../json/node.ts";
import { readJson } from "../json/read.ts";
import type { Refusal } from "../refusal.ts";
import type { AnswerResult } from "../request.ts";
import type { Usage } from "../usage.ts";
import type { Content } from "./content.ts";
import type { Shape } from "./shape.ts";
import { walkContent } from "./walk.ts";

export interface BodyFormat {
  readonly request: Shape;
  readonly response: Shape;
  /** The members of which a request must have one, and the type it must have. */
  readonly required: readonly (readonly [member: string, type: "string" | "array"])[];
  /** Every member that says how long an answer may be: models know more than one name for it. */
  readonly maxTokens: readonly (readonly string[])[];
  /** Where offered tools are listed, and where each has its name, in the first of these places. */
  readonly tools: readonly {
    readonly list: readonly string[];
    readonly names: readonly (readonly string[])[];
  }[];
  /** Where the content blocks of an answer are: they must be a list. */
  readonly blocks: readonly string[] | undefined;
  /** What is wrong with a block of an answer, beyond its shape. */
  readonly isBlock?: (block: JsonObject) => boolean;
  readonly usage: (answer: JsonObject) => Usage | undefined;
}

/** What a request says, and the object it was read from; or the refusal of it. */
export type BodyResult =
  | { readonly ok: true; readonly root: JsonObject; readonly content: Content }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads the body of a request. One that two readers could take for two things is refused; so is what `check` finds. */
export function readRequestBody(
  format: BodyFormat,
  body: Uint8Array,
  check: (root: JsonObject) => string | undefined,
): BodyResult {
  const read = readJson(body);
  if (!read.ok) return invalid(`the body cannot be read: ${read.message}`);
  const { root, text } = read;
  if (root.kind !== "object") return invalid("the body is not a JSON object");
  const problem = checkRequired(root, format) ?? check(root);
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
  const content = {
    ...walked.content,
    tools: toolNames(root, format),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
  return { ok: true, root, content };
}

/** Reads the whole body of an answer, with the tools it calls and what it used. */
export function readAnswerBody(format: BodyFormat, body: Uint8Array): AnswerResult {
  const read = readJson(body);
  if (!read.ok || read.root.kind !== "object")
    return { ok: false, message: "the response is not a JSON object that can be read in one way" };
  const { root, text } = read;
  const walked = walkContent(body, text, root, format.response);
  if (!walked.ok) return walked;
  if (!areBlocksReadable(root, format))
    return { ok: false, message: "the response's content is not a list of blocks" };
  return {
    ok: true,
    content: walked.content,
    toolUses: walked.content.toolUses,
    usage: format.usage(root) ?? {},
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
  if (required.length === 0 || required.some(isMet)) return undefined;
  return `the body needs ${required.map(([member, type]) => `\`${member}\` (${type === "array" ? "a list of messages" : "a text"})`).join(" or ")}`;
}

function toolNames(root: JsonObject, { tools }: BodyFormat): readonly string[] {
  return tools.flatMap(({ list, names }) => {
    const offered = nodeAt(root, list);
    if (offered?.kind !== "array") return [];
    return offered.items.map((tool) => {
      const named = names.map((name) => stringOf(nodeAt(tool, name)));
      return named.find((name) => name !== undefined) ?? "unknown";
    });
  });
}

/** A tool call in a form nobody expects would not be decided as an action, and a client might still act on it. */
function areBlocksReadable(root: JsonObject, { blocks, isBlock }: BodyFormat): boolean {
  const list = blocks === undefined ? undefined : nodeAt(root, blocks);
  if (isNothing(list)) return true;
  if (list?.kind !== "array") return false;
  return list.items.every((block) => block.kind === "object" && (isBlock?.(block) ?? true));
}

function invalid(message: string): BodyResult {
  return { ok: false, refusal: { code: "invalid_request", message } };
}
