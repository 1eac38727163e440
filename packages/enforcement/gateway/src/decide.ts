// From what is known of a call to a decision: builds the input the policy sees and asks the PDP. One
// input document for every stage; what a stage does not have is absent, never invented.

import { randomUUID } from "node:crypto";
import { type Decision, isKnownObligation, type Value } from "@writ/evaluator";
import type { Normalised } from "./call.ts";
import type { Services } from "./services.ts";
import type { FindingTally } from "./tally.ts";

export type Stage = "request" | "response" | "action";

/** A decision with everything its record needs. */
export interface Decided {
  readonly decisionId: string;
  readonly stage: Stage;
  readonly input: { readonly [key: string]: unknown };
  readonly decision: Decision;
  readonly action: Action | undefined;
  readonly policy: { readonly hash: string; readonly revision: string };
  readonly at: Date;
}

/** What an agent is about to do, as the policy sees it. */
export interface Action {
  readonly name: string;
  /** What its record says: the name, or a digest of what is more than that. */
  readonly recordedName: string;
  readonly parameters: { readonly [key: string]: Value };
}

export interface DecideOptions {
  readonly stage: Stage;
  readonly findings: FindingTally;
  /** Labels that come from no recogniser: what could not be inspected. */
  readonly labels?: readonly string[];
  readonly action?: Action;
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

export function decide(call: Normalised, services: Services, options: DecideOptions): Decided {
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
    action: options.action,
    policy: { hash, revision },
    at,
  };
}

/** CPU time of this thread, which waits for nobody: what else the machine does is not the policy's fault. */
function overTimeAfter(milliseconds: number): () => boolean {
  let end: number | undefined;
  return () => {
    const { user, system } = process.threadCpuUsage();
    // Asked for the first time after some work: most decisions are over before that.
    end ??= user + system + milliseconds * 1_000;
    return user + system > end;
  };
}

function buildInput(
  call: Normalised,
  region: string,
  options: DecideOptions,
  at: Date,
): { readonly [key: string]: unknown } {
  const { stage, findings, labels = [], action } = options;
  const { content, model = NO_MODEL, stream } = call.request;
  const found = new Set([...findings.labels, ...labels]);
  return {
    stage,
    identity: call.identity,
    request: {
      id: call.id,
      surface: call.surface.name,
      operation: call.target.operation.name,
      region,
      stream,
      tools: content.tools,
      ...(content.maxTokens === undefined ? {} : { max_tokens: content.maxTokens }),
      ...(content.guardrail === undefined ? {} : { guardrail: content.guardrail }),
      opaque: content.opaque,
      source_ip: call.sourceIp,
    },
    model,
    labels: [...found].sort(),
    findings: findings.counted(),
    ...(action === undefined
      ? {}
      : { action: { kind: "tool", name: action.name, parameters: action.parameters } }),
    time: {
      rfc3339: at.toISOString(),
      unix_seconds: Math.floor(at.getTime() / 1000),
      weekday: WEEKDAYS[at.getUTCDay()],
      hour: at.getUTCHours(),
    },
  };
}

/** Of an operation that has none. */
const NO_MODEL = { id: "none", provider: "none", family: "none" };

/** An obligation stands only if it is carried out, so one that is not known denies. */
function refuseUnknownObligations(decision: Decision): Decision {
  if (decision.effect === "deny" || decision.obligations.every(isKnownObligation)) return decision;
  const reason = {
    message: "the policy obliges the gateway to something it does not know",
    code: "unknown_obligation",
  };
  return { ...decision, effect: "deny", reasons: [reason] };
}
