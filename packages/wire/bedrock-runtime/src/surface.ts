// Amazon Bedrock's runtime as a surface
// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html).

import { createSigner, type Signer } from "@writ/sigv4";
import {
  type Operation,
  type ReadRequest,
  type ReceivedRequest,
  type RequestResult,
  type RequestTarget,
  type Surface,
  type SurfaceKind,
  type SurfaceOptions,
  type TargetResult,
  withWords,
} from "@writ/surface";
import { readAttempt } from "./attempt.ts";
import { type BodyContext, readAnswer, readBody, readList, readListAnswer } from "./body.ts";
import { callerCheck } from "./caller.ts";
import { type Credentials, REMEDY, readCredentials } from "./credentials.ts";
import {
  clientForms,
  encodeRefusal,
  errors,
  readUpstreamError,
  upstreamRequestId,
} from "./errors.ts";
import { headerGuardrail, passedHeaders, readControlHeaders } from "./headers.ts";
import { describeModel } from "./model.ts";
import { operations, suffixOf } from "./operations.ts";
import { openAnswerStream } from "./stream.ts";

const SERVICE = "bedrock";
const EVENT_STREAM = "application/vnd.amazon.eventstream";
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9:/._-]{0,2047}$/;
/** Of the lists: what a caller may ask for. */
const LIST_QUERY =
  /^(?:(?:type=(?:SYSTEM_DEFINED|APPLICATION)|maxResults=\d{1,4}|nextToken=[A-Za-z0-9%_.=-]{1,2048})(?:&|$)){0,3}$/;

/** Bedrock's runtime: Converse and InvokeModel, whole and streamed. */
export const bedrockRuntime: SurfaceKind = {
  name: SERVICE,
  credentialsRemedy: REMEDY,
  checkCredentials: readCredentials,
  create,
};

function create(options: SurfaceOptions): Surface {
  const { region, models } = options;
  const [runtime, control] = originsOf(options.upstream);
  const signerOf = signers(options);
  return {
    name: SERVICE,
    operations,
    // What no other surface has is answered in these words.
    owns: () => true,
    errors,
    clientForms,
    checkCaller: (head, context) => callerCheck(head, { ...context, region, services: [SERVICE] }),
    readAttempt,
    readTarget,
    readRequest: (received) => readRequest(received, models),
    upstreamBody: (_request, _target, body) => body,
    async upstreamRequest({ target, rawTarget, request, body, payloadHash, now }) {
      const { method } = target.operation;
      const origin = target.modelId === undefined ? control : runtime;
      const path = target.modelId === undefined ? rawTarget : modelPath(target, target.modelId);
      const isEmpty = method === "GET";
      const headers = isEmpty
        ? request.headers
        : { "content-type": "application/json", ...request.headers };
      const { host } = new URL(origin);
      const signed = await signerOf().sign({ method, path, headers, body, payloadHash, host, now });
      return { origin, method, path, headers: signed, body: isEmpty ? undefined : body };
    },
    upstreamRequestId,
    readUpstreamError,
    readAnswer: ({ operation }, { model }, body) =>
      model === undefined ? readListAnswer(body) : readAnswer(operation.name, model.family, body),
    openStream: ({ operation }, { model }, maxFrameBytes) =>
      openAnswerStream(operation.name, model?.family ?? "", maxFrameBytes),
    answerHeaders: ({ operation }, { stream }, { requestId, upstream }) => ({
      ...passedHeaders(upstream),
      "content-type": stream ? EVENT_STREAM : "application/json",
      "x-amzn-requestid": requestId,
      ...(operation.name === "InvokeModelWithResponseStream"
        ? { "x-amzn-bedrock-content-type": "application/json" }
        : {}),
    }),
    encodeRefusal,
  };
}

/** The hosts of the runtime and of the control plane; one host may be both. */
function originsOf({ url, controlUrl }: SurfaceOptions["upstream"]): readonly [string, string] {
  const runtime = new URL(url).origin;
  const control =
    typeof controlUrl === "string"
      ? new URL(controlUrl).origin
      : runtime.replace("://bedrock-runtime.", "://bedrock.");
  return [runtime, control];
}

/** A signer for the credentials as they are: a new one when they have changed. */
function signers({ region, credentials: read }: SurfaceOptions): () => Signer {
  let text: string | undefined;
  let signer: Signer | undefined;
  return () => {
    const now = read();
    if (signer === undefined || now !== text) {
      const checked = readCredentials(now);
      // What cannot be used does not take the place of what could.
      if (!checked.ok && signer !== undefined) return signer;
      text = now;
      const credentials = checked.ok ? checked.credentials : NOBODY;
      signer = createSigner({ credentials, region, service: SERVICE });
    }
    return signer;
  };
}

const NOBODY: Credentials = { accessKeyId: "none", secretAccessKey: "none" };

function readTarget(operation: Operation, rawTarget: string): TargetResult {
  const question = rawTarget.indexOf("?");
  const path = question < 0 ? rawTarget : rawTarget.slice(0, question);
  if (!operation.path.startsWith("/model/")) {
    const query = question < 0 ? "" : rawTarget.slice(question + 1);
    return LIST_QUERY.test(query)
      ? { ok: true, target: { operation, query } }
      : invalid("the query has a parameter that this operation does not take");
  }
  if (question >= 0) return invalid(`${operation.name} takes no query parameters`);
  const modelId = decode(path.slice("/model/".length, -(suffixOf(operation).length + 1)));
  if (modelId === undefined) return invalid("invalid model identifier");
  return { ok: true, target: { operation, modelId } };
}

/** Decoded once; what is still encoded after that, or is no identifier, is refused. */
function decode(encoded: string): string | undefined {
  try {
    const decoded = decodeURIComponent(encoded);
    return MODEL_ID.test(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/** Percent-encoded in the one way AWS's SDKs do. */
function modelPath({ operation }: RequestTarget, modelId: string): string {
  return `/model/${encodeURIComponent(modelId)}/${suffixOf(operation)}`;
}

function readRequest(
  { target, rawHeaders, body }: ReceivedRequest,
  models: SurfaceOptions["models"],
): RequestResult {
  const { operation, modelId } = target;
  const control = readControlHeaders(rawHeaders);
  if (!control.ok) return control;
  const { headers } = control;
  if (modelId === undefined) {
    const read = readList(body);
    // What a list is asked for goes upstream as well.
    const asked = [...new URLSearchParams(target.query).values()];
    return read.ok
      ? { ok: true, request: { stream: false, content: withWords(read.content, asked), headers } }
      : read;
  }
  const model = describeModel(modelId, { models });
  if (model === undefined)
    return invalid(
      `the model ${modelId} is of no family this gateway can read; configure what its ARN stands for`,
    );
  const stream = suffixOf(operation).endsWith("-stream");
  const context: BodyContext = { operation: operation.name, modelId, model, stream };
  const read = readBody(context, body);
  if (!read.ok) return read;
  const guardrail = headerGuardrail(operation.name, headers);
  const content = { ...read.content, ...(guardrail === undefined ? {} : { guardrail }) };
  const request: ReadRequest = { model, stream, content, headers };
  return { ok: true, request };
}

function invalid(message: string): {
  readonly ok: false;
  readonly refusal: { readonly code: "invalid_request"; readonly message: string };
} {
  return { ok: false, refusal: { code: "invalid_request", message } };
}
