// From what is known of a call to a decision: builds the input the policy sees and asks the PDP. One
// input document for every stage; what a stage does not have is absent, never invented.

import { randomUUID } from "node:crypto";
import type { Finding } from "@writ/classifier";
import type { Decision } from "@writ/evaluator";
import type { ToolUse } from "@writ/protocol";
import { type Call, fact } from "./call.ts";
import type { Services } from "./services.ts";

export type Stage = "request" | "response" | "action";

/** A decision with everything its record needs. */
export interface Decided {
  readonly decisionId: string;
  readonly stage: Stage;
  readonly input: { readonly [key: string]: unknown };
  readonly decision: Decision;
  readonly policy: { readonly hash: string; readonly revision: string };
  readonly at: Date;
}

/** What was found, and the role of the text it was found in. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly where: string;
}

export interface DecideOptions {
  readonly stage: Stage;
  readonly findings: readonly PlacedFinding[];
  /** Labels that come from no recogniser: what could not be inspected. */
  readonly labels?: readonly string[];
  readonly action?: ToolUse;
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

export function decide(call: Call, services: Services, options: DecideOptions): Decided {
  const at = new Date();
  const { bundle, config } = services;
  const input = buildInput(call, config.region, options, at);
  const evaluated = bundle.policy.evaluate(input, {
    isOverTime: overTimeAfter(config.limits.decisionMs),
  });
  const decision = refuseUnknownObligations(evaluated);
  const { policyHash: hash, revision } = bundle;
  return {
    decisionId: randomUUID(),
    stage: options.stage,
    input,
    decision,
    policy: { hash, revision },
    at,
  };
}

/** Time that passed on the thread: nothing else runs on it while a decision is made. */
function overTimeAfter(milliseconds: number): () => boolean {
  const end = performance.now() + milliseconds;
  return () => performance.now() > end;
}

function buildInput(
  call: Call,
  region: string,
  options: DecideOptions,
  at: Date,
): { readonly [key: string]: unknown } {
  const { stage, findings, labels = [], action } = options;
  const operation = fact(call, "operation");
  const model = fact(call, "model");
  const { content } = call.facts;
  const found = new Set([...findings.map(({ finding }) => finding.label), ...labels]);
  return {
    stage,
    identity: fact(call, "identity"),
    request: {
      id: call.id,
      surface: "bedrock",
      operation: operation.name,
      region,
      stream: operation.stream,
      tools: content?.tools ?? [],
      ...(content?.maxTokens === undefined ? {} : { max_tokens: content.maxTokens }),
      ...(content?.guardrail === undefined ? {} : { guardrail: content.guardrail }),
      source_ip: call.sourceIp,
    },
    model,
    labels: [...found].sort(),
    findings: countFindings(findings),
    ...(action === undefined
      ? {}
      : { action: { kind: "tool", name: action.name, parameters: asParameters(action.input) } }),
    time: {
      rfc3339: at.toISOString(),
      unix_seconds: Math.floor(at.getTime() / 1000),
      weekday: WEEKDAYS[at.getUTCDay()],
      hour: at.getUTCHours(),
    },
  };
}

/** Parameters are an object for every API; a model that wrote something else is shown as it is, under a name. */
function asParameters(input: unknown): { readonly [key: string]: unknown } {
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  return isObject ? (input as { readonly [key: string]: unknown }) : { "": input };
}

function countFindings(findings: readonly PlacedFinding[]): readonly unknown[] {
  const counts = new Map<
    string,
    { label: string; confidence: string; count: number; where: string }
  >();
  for (const { finding, where } of findings) {
    const key = `${finding.label} ${finding.tier} ${where}`;
    const entry = counts.get(key);
    if (entry === undefined) {
      counts.set(key, { label: finding.label, confidence: finding.tier, count: 1, where });
    } else entry.count += 1;
  }
  return [...counts.values()];
}

/** An obligation stands only if it is carried out. This gateway knows none yet, so every one denies. */
function refuseUnknownObligations(decision: Decision): Decision {
  if (decision.effect === "deny" || decision.obligations.length === 0) return decision;
  const reason = {
    message: "the policy obliges the gateway to something it does not know",
    code: "unknown_obligation",
  };
  return { ...decision, effect: "deny", reasons: [reason] };
}
