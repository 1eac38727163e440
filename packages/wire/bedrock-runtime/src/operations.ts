// The operations of bedrock-runtime, and of its neighbours on the same host: one row each. What is not inspected is
// known by name and denied: passing it on would be a way around the policy.

import type { Operation } from "@writ/surface";

const MODEL = "/model/:model{.+}";

type Row = readonly [method: Operation["method"], path: string, name: string];

const INSPECTED: readonly Row[] = [
  ["POST", `${MODEL}/converse`, "Converse"],
  ["POST", `${MODEL}/converse-stream`, "ConverseStream"],
  ["POST", `${MODEL}/invoke`, "InvokeModel"],
  ["POST", `${MODEL}/invoke-with-response-stream`, "InvokeModelWithResponseStream"],
  // Of the control plane, but clients that are given one host for both ask it here.
  ["GET", "/inference-profiles", "ListInferenceProfiles"],
];

const DENIED: readonly Row[] = [
  ["POST", `${MODEL}/invoke-with-bidirectional-stream`, "InvokeModelWithBidirectionalStream"],
  ["POST", `${MODEL}/count-tokens`, "CountTokens"],
  ["POST", "/guardrail/:guardrail/version/:version/apply", "ApplyGuardrail"],
  ["POST", "/guardrail-checks/invoke", "InvokeGuardrailChecks"],
  ["POST", "/async-invoke", "StartAsyncInvoke"],
  ["GET", "/async-invoke", "ListAsyncInvokes"],
  ["GET", "/async-invoke/:invocation{.+}", "GetAsyncInvoke"],
  ["POST", "/openai/v1/responses", "the OpenAI Responses API"],
  ["POST", "/v1/responses", "the OpenAI Responses API"],
  ["POST", "/openai/v1/chat/completions", "the OpenAI Chat Completions API"],
  ["POST", "/v1/chat/completions", "the OpenAI Chat Completions API"],
  ["POST", "/anthropic/v1/messages", "the Anthropic Messages API"],
  ["POST", "/agents/:agent/agentAliases/:alias/sessions/:session/text", "InvokeAgent"],
  ["POST", "/agents/:session", "InvokeInlineAgent"],
  ["POST", "/retrieveAndGenerate", "RetrieveAndGenerate"],
  ["POST", "/retrieveAndGenerateStream", "RetrieveAndGenerateStream"],
  ["POST", "/knowledgebases/:base/retrieve", "Retrieve"],
  ["POST", "/agenticRetrieveStream", "AgenticRetrieveStream"],
  ["POST", "/rerank", "Rerank"],
  ["POST", "/generateQuery", "GenerateQuery"],
  ["POST", "/optimize-prompt", "OptimizePrompt"],
  ["POST", "/flows/:flow/aliases/:alias", "InvokeFlow"],
];

export const operations: readonly Operation[] = [
  ...INSPECTED.map(([method, path, name]) => ({ method, path, name, stance: "inspect" as const })),
  ...DENIED.map(([method, path, name]) => ({ method, path, name, stance: "deny" as const })),
];

/** The last part of the path of an operation on a model. */
export function suffixOf({ path }: Operation): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
