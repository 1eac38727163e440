// A call of Bedrock as a surface reads it, without a gateway around it.

import type {
  AnswerResult,
  AnswerStream,
  Content,
  ModelDescription,
  Operation,
  Refusal,
} from "@writ/surface";
import { bodyFormat, readAnswer, readBody } from "../packages/wire/bedrock-runtime/src/body.ts";
import { describeModel } from "../packages/wire/bedrock-runtime/src/model.ts";
import { openAnswerStream } from "../packages/wire/bedrock-runtime/src/stream.ts";
import { bedrockRuntime } from "../packages/wire/bedrock-runtime/src/surface.ts";

const surface = bedrockRuntime.create({
  region: "us-east-1",
  models: {},
  upstream: { url: "https://bedrock-runtime.us-east-1.amazonaws.com" },
  credentials: () => "{}",
});

export interface BedrockCall {
  readonly name: string;
  readonly modelId: string;
  readonly model: ModelDescription;
  readonly stream: boolean;
}

/** The operation on a model that a target is for; undefined for others, and for models nobody can tell. */
export function callOf(method: string, target: string): BedrockCall | undefined {
  const operation = surface.operations.find(
    (each) => each.method === method && each.stance === "inspect" && routeOf(each).test(target),
  );
  const read = operation === undefined ? undefined : surface.readTarget(operation, target);
  const modelId = read?.ok === true ? read.target.modelId : undefined;
  const model = modelId === undefined ? undefined : describeModel(modelId);
  if (operation === undefined || modelId === undefined || model === undefined) return undefined;
  return { name: operation.name, modelId, model, stream: operation.path.endsWith("-stream") };
}

function routeOf({ path }: Operation): RegExp {
  return new RegExp(`^${path.replace(/:\w+\{\.\+\}/g, ".+").replace(/:\w+/g, "[^/]+")}$`);
}

export function isRead({ name, model }: BedrockCall): boolean {
  return bodyFormat(name, model.family) !== undefined;
}

export function readRequest(
  call: BedrockCall,
  body: Uint8Array,
):
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly refusal: Refusal } {
  const { name: operation, modelId, model, stream } = call;
  return readBody({ operation, modelId, model, stream }, body);
}

export function readResponse({ name, model }: BedrockCall, body: Uint8Array): AnswerResult {
  return readAnswer(name, model.family, body);
}

export function openStream({ name, model }: BedrockCall): AnswerStream {
  return openAnswerStream(name, model.family, 1 << 24);
}
