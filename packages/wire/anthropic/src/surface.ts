// The Messages API as a surface (https://docs.claude.com/en/api/messages).

import {
  type AnswerResult,
  type BodyFormat,
  control,
  emptyContent,
  type JsonObject,
  type ModelDescription,
  memberOf,
  type Operation,
  openObject,
  type ReceivedRequest,
  type RequestResult,
  type RequestTarget,
  readAnswerBody,
  readRequestBody,
  type Surface,
  type SurfaceKind,
  type SurfaceOptions,
  stringOf,
  type TargetResult,
  withWords,
} from "@writ/surface";
import { readAttempt } from "./attempt.ts";
import { checkCaller } from "./caller.ts";
import { encodeRefusal, errors, readUpstreamError, upstreamRequestId } from "./errors.ts";
import { passedHeaders, readHeaders } from "./headers.ts";
import { messagesFormat } from "./messages-format.ts";
import { operations } from "./operations.ts";
import { anthropicHost, bedrockHost, type Host, REMEDY, readCredentials } from "./upstream.ts";

/** Anthropic's Messages, counting of tokens and lists of models. */
export const anthropicMessages: SurfaceKind = {
  name: "anthropic",
  credentialsRemedy: REMEDY,
  checkCredentials: readCredentials,
  create,
};

function create(options: SurfaceOptions): Surface {
  const host =
    options.upstream["kind"] === "bedrock" ? bedrockHost(options) : anthropicHost(options);
  return {
    name: "anthropic",
    operations,
    owns: (path) => path.startsWith("/v1/"),
    errors,
    clientForms: [],
    checkCaller,
    readAttempt,
    readTarget,
    readRequest: (received) => readRequest(received, host),
    upstreamBody: (request, _target, body) => host.body(request, body),
    upstreamRequest: (call) => host.request(call),
    upstreamRequestId,
    readUpstreamError,
    readAnswer: ({ operation }, _request, body): AnswerResult =>
      readAnswerBody(FORMATS[operation.name] ?? LIST, body),
    openStream: (_target, { model }, maxFrameBytes) =>
      host.openStream(model?.id ?? "", maxFrameBytes),
    answerHeaders: (_target, { stream }, { requestId, upstream }) => ({
      ...passedHeaders(upstream),
      "content-type": stream ? "text/event-stream; charset=utf-8" : "application/json",
      ...(stream ? { "cache-control": "no-cache" } : {}),
      "request-id": requestId,
    }),
    encodeRefusal,
  };
}

const LIST: BodyFormat = {
  request: openObject({}),
  response: openObject({}),
  required: [],
  maxTokens: [],
  tools: [],
  blocks: undefined,
  usage: () => undefined,
};
const FORMATS: { readonly [operation: string]: BodyFormat | undefined } = {
  CreateMessage: messagesFormat,
  CountTokens: {
    ...messagesFormat,
    response: openObject({ input_tokens: control, context_management: control }),
    blocks: undefined,
    // What is counted is not used.
    usage: () => undefined,
  },
};

/** What each operation may be asked with. */
const QUERIES: { readonly [operation: string]: RegExp | undefined } = {
  CreateMessage: /^(?:beta=true)?$/,
  CountTokens: /^(?:beta=true)?$/,
  ListModels:
    /^(?:(?:beta=true|limit=\d{1,4}|(?:after|before)_id=[A-Za-z0-9._-]{1,128})(?:&|$)){0,4}$/,
};
const NO_QUERY = /^(?:beta=true)?$/;
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,255}$/;

function readTarget(operation: Operation, rawTarget: string): TargetResult {
  const question = rawTarget.indexOf("?");
  const path = question < 0 ? rawTarget : rawTarget.slice(0, question);
  const query = question < 0 ? "" : rawTarget.slice(question + 1);
  if (!(QUERIES[operation.name] ?? NO_QUERY).test(query))
    return invalid("the query has a parameter that this operation does not take");
  if (operation.name !== "GetModel") return { ok: true, target: { operation, query } };
  const modelId = path.slice(path.lastIndexOf("/") + 1);
  return MODEL_ID.test(modelId)
    ? { ok: true, target: { operation, modelId, query } }
    : invalid("invalid model identifier");
}

/** What a caller says beside its body: names of betas, and what lists are asked for. */
function wordsOf({ query = "", modelId }: RequestTarget, betas: string | undefined): string[] {
  const asked = [...new URLSearchParams(query).values()];
  return [...asked, ...(betas?.split(",") ?? []), ...(modelId === undefined ? [] : [modelId])]
    .map((word) => word.trim())
    .filter((word) => word !== "" && word !== "true");
}

function readRequest({ target, rawHeaders, body }: ReceivedRequest, host: Host): RequestResult {
  const { operation, modelId } = target;
  const read = readHeaders(rawHeaders);
  if (!read.ok) return read;
  const { headers } = read;
  const format = FORMATS[operation.name];
  if (format === undefined) {
    const refused = host.refuse(operation.name, modelId);
    if (refused !== undefined) return { ok: false, refusal: refused };
    if (body.length > 0) return invalid("this operation takes no body");
    const model = modelId === undefined ? {} : { model: describeModel(modelId) };
    const content = withWords(emptyContent(), wordsOf(target, headers["anthropic-beta"]));
    return { ok: true, request: { ...model, stream: false, content, headers } };
  }
  const checked = readRequestBody(format, body, (root) => checkMembers(root, operation));
  if (!checked.ok) return checked;
  const { root } = checked;
  const content = withWords(checked.content, wordsOf(target, headers["anthropic-beta"]));
  const id = stringOf(memberOf(root, "model")) ?? "";
  const refused = host.refuse(operation.name, id);
  if (refused !== undefined) return { ok: false, refusal: refused };
  const stream = isTrue(root, "stream");
  return { ok: true, request: { model: describeModel(id), stream, content, headers } };
}

function describeModel(id: string): ModelDescription {
  return { id, provider: "anthropic", family: "claude" };
}

function checkMembers(root: JsonObject, operation: Operation): string | undefined {
  const model = stringOf(memberOf(root, "model"));
  if (model === undefined) return "model: field is required";
  if (!MODEL_ID.test(model)) return "model: invalid model identifier";
  const stream = memberOf(root, "stream");
  if (stream !== undefined && !(stream.kind === "literal" && stream.value !== null))
    return "stream: must be true or false";
  return isTrue(root, "stream") && operation.name !== "CreateMessage"
    ? "stream: this operation does not stream"
    : undefined;
}

function isTrue(root: JsonObject, member: string): boolean {
  const node = memberOf(root, member);
  return node?.kind === "literal" && node.value === true;
}

function invalid(message: string): {
  readonly ok: false;
  readonly refusal: { readonly code: "invalid_request"; readonly message: string };
} {
  return { ok: false, refusal: { code: "invalid_request", message } };
}
