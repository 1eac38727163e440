// What goes into the audit log: one record a decision, and one for a refusal that came before any
// decision could be asked for. Digests, labels and metadata; of content only what a policy's own reasons quote.

import type { AuditRecord } from "@writ/audit";
import type { Usage } from "@writ/surface";
import type { KnownCall, Refused } from "./call.ts";
import type { Decided } from "./decide.ts";
import { digestOf } from "./digest.ts";
import type { Ending } from "./ending.ts";
import { describeRefusal } from "./refuse.ts";
import type { FindingTally } from "./tally.ts";

export interface DecisionRecordOptions {
  readonly decided: Decided;
  readonly classifier: string;
  readonly findings: FindingTally;
  /** Digest of the bytes or text that were inspected. */
  readonly inspected: string;
  /** Digest of what goes on in their place, when that is known at the time. */
  readonly released?: string;
  readonly redactionCount?: number;
  /** Tool calls that were cut by the limit of tokens, and left out. */
  readonly droppedToolCalls?: number;
  readonly refusal?: Refused;
  readonly upstream?: { readonly status: number; readonly requestId?: string };
  readonly usage?: Usage;
  /** Of a stream: whether this closes it, and how it ended. */
  readonly ending?: Ending;
}

/** A record is bounded whatever the content: of long lists it has the beginning, and how many there were. */
const MAX_LISTED = 200;

export function decisionRecord(call: KnownCall, options: DecisionRecordOptions): AuditRecord {
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
    findings: findings.recorded(),
    decision: {
      effect: decision.effect,
      reasons: decision.reasons.slice(0, MAX_LISTED),
      rules: decision.determining
        .slice(0, MAX_LISTED)
        .map(({ rule, kind, source, id }) =>
          omitUndefined({ rule, kind, id, file: source.file, line: source.line }),
        ),
      ruleCount: decision.determining.length,
      redactions: decision.redactions,
      obligations: decision.obligations,
      errors: decision.errors,
    },
    redactionCount: options.redactionCount ?? 0,
    droppedToolCalls: options.droppedToolCalls === 0 ? undefined : options.droppedToolCalls,
    refusal:
      refusal === undefined
        ? undefined
        : omitUndefined({
            ...describeForRecord(call, refusal),
            // A denial's words are the policy's reasons, which are above.
            message: decision.effect === "allow" ? refusal.message : undefined,
          }),
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
  call: KnownCall,
  id: string,
  refusal: Refused,
  policy: Decided["policy"],
): AuditRecord {
  const { body, bodyDigest } = call;
  return omitUndefined({
    type: "refusal",
    id,
    call: call.id,
    ...describeCall(call),
    refusal: { ...describeForRecord(call, refusal), message: refusal.message },
    upstream: refusal.upstream,
    ending: refusal.ending,
    policy,
    digests: body === undefined ? undefined : { received: bodyDigest ?? digestOf(body) },
  }) as AuditRecord;
}

function describeForRecord(
  call: KnownCall,
  refusal: Refused,
): { readonly status: number; readonly code: string } {
  const { status, name: code } = describeRefusal(call, refusal);
  return { status, code };
}

function describeCall(call: KnownCall): { readonly [key: string]: unknown } {
  const { attempt, identity, operation, principal, request, sourceIp, surface, target } = call;
  return {
    surface: surface.name,
    operation: operation?.name,
    stream: request?.stream,
    model: request?.model?.id ?? target?.modelId,
    sourceIp,
    attempt: Object.keys(attempt).length === 0 ? undefined : attempt,
    // Only what was proved: without a verified signature there is no identity to name.
    identity:
      principal === undefined
        ? undefined
        : omitUndefined({
            accessKeyId: principal.secretAccessKey === undefined ? undefined : principal.id,
            keyId: principal.secretAccessKey === undefined ? principal.id : undefined,
            arn: principal.principalArn,
            subject: identity?.subject,
            tenant: identity?.tenant,
            groups: identity?.groups,
            roles: identity?.roles,
            assurance: identity?.assurance,
          }),
  };
}

function describeAction({ action }: Decided): unknown {
  if (action === undefined) return undefined;
  // The parameters are content: their digest stands for them.
  return {
    kind: "tool",
    name: action.recordedName,
    parameters: digestOf(JSON.stringify(action.parameters)),
  };
}

function omitUndefined(value: { readonly [key: string]: unknown }): {
  readonly [key: string]: unknown;
} {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
