// The operations of bedrock-runtime, and of its neighbours on the same host, by method and path. What this
// gateway does not inspect is refused by name: passing it on would be a way around the policy.

import type { Refusal } from "../refusal.ts";

/** The operations that are inspected; all others are refused. */
export type OperationName =
  | "InvokeModel"
  | "InvokeModelWithResponseStream"
  | "Converse"
  | "ConverseStream";

/** An operation, and the model it is asked of. */
export interface OperationMatch {
  readonly name: OperationName;
  readonly stream: boolean;
  /** Decoded once: a base model id, a profile id or an ARN. */
  readonly modelId: string;
  /** The path to call upstream with, percent-encoded in the one way AWS's SDKs do. */
  readonly path: string;
}

/** The operation a request is for, or the refusal of one that is not let through. */
export type MatchResult =
  | { readonly ok: true; readonly operation: OperationMatch }
  | { readonly ok: false; readonly refusal: Refusal };

const OPERATIONS: readonly (readonly [suffix: string, name: OperationName, stream: boolean])[] = [
  ["converse", "Converse", false],
  ["converse-stream", "ConverseStream", true],
  ["invoke", "InvokeModel", false],
  ["invoke-with-response-stream", "InvokeModelWithResponseStream", true],
];
const ENABLED = OPERATIONS.map(([suffix, name, stream]) => ({
  suffix,
  name,
  stream,
  pattern: new RegExp(`^/model/(.+)/${suffix}$`),
}));

const KNOWN: readonly (readonly [method: string, path: RegExp, name: string])[] = [
  ["POST", /^\/model\/.+\/invoke-with-bidirectional-stream$/, "InvokeModelWithBidirectionalStream"],
  ["POST", /^\/model\/.+\/count-tokens$/, "CountTokens"],
  ["POST", /^\/guardrail\/[^/]+\/version\/[^/]+\/apply$/, "ApplyGuardrail"],
  ["POST", /^\/guardrail-checks\/invoke$/, "InvokeGuardrailChecks"],
  ["POST", /^\/async-invoke$/, "StartAsyncInvoke"],
  ["GET", /^\/async-invoke$/, "ListAsyncInvokes"],
  ["GET", /^\/async-invoke\/.+$/, "GetAsyncInvoke"],
  ["POST", /^\/(?:openai\/)?v1\/responses$/, "the OpenAI Responses API"],
  ["POST", /^\/(?:openai\/)?v1\/chat\/completions$/, "the OpenAI Chat Completions API"],
  ["POST", /^\/anthropic\/v1\/messages$/, "the Anthropic Messages API"],
  ["POST", /^\/agents\/[^/]+\/agentAliases\/[^/]+\/sessions\/[^/]+\/text$/, "InvokeAgent"],
  ["POST", /^\/agents\/[^/]+$/, "InvokeInlineAgent"],
  ["POST", /^\/retrieveAndGenerate$/, "RetrieveAndGenerate"],
  ["POST", /^\/retrieveAndGenerateStream$/, "RetrieveAndGenerateStream"],
  ["POST", /^\/knowledgebases\/[^/]+\/retrieve$/, "Retrieve"],
  ["POST", /^\/agenticRetrieveStream$/, "AgenticRetrieveStream"],
  ["POST", /^\/rerank$/, "Rerank"],
  ["POST", /^\/generateQuery$/, "GenerateQuery"],
  ["POST", /^\/optimize-prompt$/, "OptimizePrompt"],
  ["POST", /^\/flows\/[^/]+\/aliases\/[^/]+$/, "InvokeFlow"],
];

const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9:/._-]{0,2047}$/;

/** The operation of a method and a raw request target. */
export function matchOperation(method: string, target: string): MatchResult {
  const question = target.indexOf("?");
  const path = question < 0 ? target : target.slice(0, question);
  for (const { suffix, name, stream, pattern } of ENABLED) {
    const match = method === "POST" ? pattern.exec(path) : null;
    if (match === null) continue;
    if (question >= 0)
      return refuse(400, "ValidationException", `${name} takes no query parameters`);
    const modelId = decode(match[1] ?? "");
    if (modelId === undefined)
      return refuse(400, "ValidationException", "the model identifier is not one");
    return {
      ok: true,
      operation: { name, stream, modelId, path: `/model/${encodeURIComponent(modelId)}/${suffix}` },
    };
  }
  const known = KNOWN.find(([verb, pattern]) => verb === method && pattern.test(path));
  if (known !== undefined)
    return refuse(403, "AccessDeniedException", `${known[2]} is not enabled on this gateway`);
  return refuse(
    404,
    "UnknownOperationException",
    "this gateway knows no such operation and passes nothing on that it does not know",
  );
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

function refuse(status: number, code: string, message: string): MatchResult {
  return { ok: false, refusal: { status, code, message } };
}
