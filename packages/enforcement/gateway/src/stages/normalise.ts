// What is asked, of which model: the body in the one form that classification and policy understand. A
// model whose family is unknown cannot be read, so it is refused rather than guessed at.

import { describeModel, headerGuardrail, readControlHeaders, readRequest } from "@writ/protocol";
import { establish, fact } from "../call.ts";
import type { GatewayStage } from "../pipeline.ts";

export const normalise: GatewayStage = (call, { config }) => {
  const operation = fact(call, "operation");
  const model = describeModel(operation.modelId, { models: config.models });
  if (model === undefined) {
    const message = `the model ${operation.modelId} is of no family this gateway can read; configure what its ARN stands for`;
    return { status: 400, code: "ValidationException", message };
  }
  establish(call, { model });
  const control = readControlHeaders(call.rawHeaders);
  if (!control.ok) return control.refusal;
  const read = readRequest(operation, model, fact(call, "body"));
  if (!read.ok) return read.refusal;
  const guardrail = headerGuardrail(operation, control.headers);
  const content = { ...read.content, ...(guardrail === undefined ? {} : { guardrail }) };
  return establish(call, { content, controlHeaders: control.headers });
};
