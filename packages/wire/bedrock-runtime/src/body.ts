// Reading the bodies of the operations on a model.

import {
  type AnswerResult,
  type BodyFormat,
  type BodyResult,
  emptyContent,
  type JsonObject,
  type ModelDescription,
  memberOf,
  nodeAt,
  openObject,
  readAnswerBody,
  readRequestBody,
  stringOf,
} from "@writ/surface";
import { converse, invokeFormats } from "./family.ts";

/** Undefined for a model whose InvokeModel body is not known. */
export function bodyFormat(operation: string, family: string): BodyFormat | undefined {
  if (operation.startsWith("Converse")) return converse;
  return Object.hasOwn(invokeFormats, family) ? invokeFormats[family] : undefined;
}

/** What an operation says of the call beyond its body. */
export interface BodyContext {
  readonly operation: string;
  /** As the path has it. */
  readonly modelId: string;
  readonly model: ModelDescription;
  readonly stream: boolean;
}

/** Reads the body of a call. One that two readers could take for two things is refused. */
export function readBody(context: BodyContext, body: Uint8Array): BodyResult {
  const { operation, model } = context;
  const format = bodyFormat(operation, model.family);
  if (format === undefined) {
    const message = `${operation} is not inspected for ${model.id}; use Converse, or a model this gateway reads`;
    return { ok: false, refusal: { code: "invalid_request", message } };
  }
  const read = readRequestBody(format, body, (root) => checkConsistent(root, context));
  if (!read.ok || !operation.startsWith("Converse")) return read;
  return { ...read, content: { ...read.content, ...guardrailOf(read.root) } };
}

/** Reads the whole body of an answer of a model. */
export function readAnswer(operation: string, family: string, body: Uint8Array): AnswerResult {
  const format = bodyFormat(operation, family);
  return format === undefined
    ? { ok: false, message: "the response of this model is not read" }
    : readAnswerBody(format, body);
}

/** A body that names another model, or streams where the operation does not, would be read twice in two ways. */
function checkConsistent(
  root: JsonObject,
  { modelId, model, stream: isStreamed }: BodyContext,
): string | undefined {
  for (const member of ["model", "modelId"]) {
    const named = stringOf(memberOf(root, member));
    if (named !== undefined && named !== modelId && named !== model.id)
      return "the body names another model than the path";
  }
  const stream = memberOf(root, "stream");
  return stream?.kind === "literal" && stream.value !== null && stream.value !== isStreamed
    ? "the body's `stream` contradicts the operation"
    : undefined;
}

function guardrailOf(root: JsonObject): {
  readonly guardrail?: { readonly id: string; readonly version?: string };
} {
  const id = stringOf(nodeAt(root, ["guardrailConfig", "guardrailIdentifier"]));
  const version = stringOf(nodeAt(root, ["guardrailConfig", "guardrailVersion"]));
  if (id === undefined) return {};
  return { guardrail: { id, ...(version === undefined ? {} : { version }) } };
}

/** A list of what there is: no body is sent, and what comes is inspected as it is. */
const LIST: BodyFormat = {
  request: openObject({}),
  response: openObject({}),
  required: [],
  maxTokens: [],
  tools: [],
  blocks: undefined,
  usage: () => undefined,
};

export function readList(body: Uint8Array): BodyResult {
  if (body.length === 0)
    return {
      ok: true,
      root: { kind: "object", members: [], start: 0, end: 0 },
      content: emptyContent(),
    };
  const message = "this operation takes no body";
  return { ok: false, refusal: { code: "invalid_request", message } };
}

export function readListAnswer(body: Uint8Array): AnswerResult {
  return readAnswerBody(LIST, body);
}
