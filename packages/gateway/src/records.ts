// What goes into the audit log: one record a decision, and one for a refusal that came before any
// decision could be asked for. Digests, labels and metadata; never content, never a secret.

import { createHash } from "node:crypto";
import type { AuditRecord } from "@writ/audit";
import type { Finding } from "@writ/classifier";
import type { Call, Refused } from "./call.ts";
import type { Decided } from "./decide.ts";

export interface DecisionRecordOptions {
  readonly decided: Decided;
  readonly classifier: string;
  readonly findings: readonly Finding[];
  /** Digest of the bytes or text that were inspected. */
  readonly inspected: string;
  /** Digest of what goes on in their place, when that is known at the time. */
  readonly released?: string;
  readonly redactionCount?: number;
  readonly refusal?: Refused;
  readonly upstream?: { readonly status: number; readonly requestId?: string };
  readonly usage?: { readonly inputTokens?: number; readonly outputTokens?: number };
  /** Of a stream: whether this closes it, and how it ended. */
  readonly ending?: "complete" | "cut_short" | "denied" | "client_gone" | "upstream_error";
}

export function decisionRecord(call: Call, options: DecisionRecordOptions): AuditRecord {
  const { decided, findings, refusal } = options;
  const { decision, policy } = decided;
  return omitUndefined({
    type: "decision",
    id: decided.decisionId,
    call: call.id,
    stage: decided.stage,
    decidedAt: decided.at.toISOString(),
    ...describeCall(call),
    action: describeAction(decided),
    labels: decided.input["labels"],
    findings: findings.map(({ label, recogniser, tier, hash }) => ({
      label,
      recogniser,
      tier,
      hash,
    })),
    decision: {
      effect: decision.effect,
      reasons: decision.reasons,
      rules: decision.determining.map(({ rule, kind, source, id }) =>
        omitUndefined({ rule, kind, id, file: source.file, line: source.line }),
      ),
      redactions: decision.redactions,
      obligations: decision.obligations,
      errors: decision.errors,
    },
    redactionCount: options.redactionCount ?? 0,
    refusal: refusal === undefined ? undefined : { status: refusal.status, code: refusal.code },
    policy,
    classifier: options.classifier,
    digests: omitUndefined({
      input: digestOf(JSON.stringify(decided.input)),
      inspected: options.inspected,
      released: options.released,
    }),
    upstream: options.upstream,
    usage: options.usage,
    ending: options.ending,
  }) as AuditRecord;
}

/** A call refused before a decision was due: not authenticated, not understood, not supported. */
export function refusalRecord(
  call: Call,
  id: string,
  refusal: Refused,
  policy: Decided["policy"],
): AuditRecord {
  const { body } = call.facts;
  return omitUndefined({
    type: "refusal",
    id,
    call: call.id,
    ...describeCall(call),
    refusal: { status: refusal.status, code: refusal.code, message: refusal.message },
    policy,
    digests: body === undefined ? undefined : { received: digestOf(body) },
  }) as AuditRecord;
}

export function digestOf(content: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function describeCall(call: Call): { readonly [key: string]: unknown } {
  const { principal, identity, operation, model } = call.facts;
  return {
    surface: "bedrock",
    operation: operation?.name,
    stream: operation?.stream,
    model: model?.id ?? operation?.modelId,
    sourceIp: call.sourceIp,
    // Only what was proved: without a verified signature there is no identity to name.
    identity:
      principal === undefined
        ? undefined
        : omitUndefined({
            accessKeyId: principal.accessKeyId,
            arn: principal.principalArn,
            subject: identity?.subject,
            tenant: identity?.tenant,
            groups: identity?.groups,
            roles: identity?.roles,
            assurance: identity?.assurance,
          }),
  };
}

function describeAction(decided: Decided): unknown {
  const action = decided.input["action"] as
    | { kind: string; name: string; parameters: unknown }
    | undefined;
  if (action === undefined) return undefined;
  // The parameters are content: their digest stands for them.
  return {
    kind: action.kind,
    name: action.name,
    parameters: digestOf(JSON.stringify(action.parameters)),
  };
}

function omitUndefined(value: { readonly [key: string]: unknown }): {
  readonly [key: string]: unknown;
} {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
