// Refusals: what a client gets instead of an answer, in its API's own form, and the rule that a decision
// without a durable record is no decision.

import type { AuditRecord } from "@writ/audit";
import { type NativeError, nativeError, type Refusal } from "@writ/surface";
import type { Call, KnownCall, Refused } from "./call.ts";
import type { Decided } from "./decide.ts";
import type { NotMaskable } from "./mask.ts";
import type { Services } from "./services.ts";

/** The refusal a deny becomes: the reasons the policy gives, and the decision's id. */
export function deniedBy(decided: Decided): Refused {
  const { decision, decisionId } = decided;
  const why = decision.reasons.map(({ message }) => message).join("; ");
  return {
    code: "denied",
    message: `denied by policy: ${why}${about(decided)} (decision ${decisionId})`,
    decisionId,
  };
}

/** What a caller needs to know where the policy's own reason does not say: who asked for what. */
function about({ decision, input, stage }: Decided): string {
  if (!decision.reasons.some(({ code }) => code === "default_deny")) return "";
  const { id } = input["model"] as { readonly id: string };
  const { groups } = input["identity"] as { readonly groups: readonly string[] };
  const who = groups.length === 0 ? "a caller without groups" : `a caller in ${groups.join(", ")}`;
  return ` (${stage} of ${id} for ${who})`;
}

const WHY_NOT_MASKABLE: { readonly [Why in NotMaskable]: string } = {
  too_many: "the content holds more values to redact than this gateway masks in one call",
  place: "content that the policy redacts is in a field that cannot be rewritten",
  thinking:
    "the model's thinking holds content that the policy redacts, and signed thinking cannot be altered",
};

/** What a redaction becomes where it cannot be carried out. */
export function notMaskable(why: NotMaskable, decided: Decided): Refused {
  const { decisionId } = decided;
  return {
    code: "denied",
    message: `denied by policy: ${WHY_NOT_MASKABLE[why]} (decision ${decisionId})`,
    decisionId,
  };
}

export const UNRECORDED: Refusal = {
  code: "unrecorded",
  message: "the decision on this call could not be recorded, so the call is refused",
};

export const DRAINING: Refusal = {
  code: "unavailable",
  message: "this gateway is stopping and takes no more calls",
};

/** Undefined once the record is durable. */
export async function recordOrRefuse(
  services: Services,
  record: AuditRecord,
): Promise<Refused | undefined> {
  const appended = await services.audit.append(record);
  if (appended.ok) return undefined;
  process.stderr.write(`writ: decision ${record.id} was not recorded: ${appended.error.message}\n`);
  return { ...UNRECORDED, decisionId: record.id };
}

/** HTTP/1: this answer is the last on its connection. */
export function endConnection({ outgoing }: Call): void {
  if ("shouldKeepAlive" in outgoing) outgoing.shouldKeepAlive = false;
}

/** A refusal as this client gets it: some clients do something else with an error than others. */
export function formed(
  { attempt, forms }: Pick<KnownCall, "attempt" | "forms">,
  refusal: Refused,
): Refused {
  const form =
    refusal.status === undefined ? forms.find(({ code }) => code === refusal.code) : undefined;
  if (form !== undefined) {
    const { status, name } = form;
    return { ...refusal, status, name };
  }
  // One more try is useful when the log cannot be written for a moment, and ten are not.
  if (refusal.code !== "unrecorded" || (attempt.number ?? 1) === 1) return refusal;
  return { ...refusal, isFinal: true };
}

/** The status and the name of the error that a client gets, for the record. */
export function describeRefusal(
  call: Pick<KnownCall, "attempt" | "forms" | "surface">,
  refusal: Refused,
): NativeError {
  return nativeError(call.surface.errors, formed(call, refusal));
}

/** Answers with a refusal. A client that is gone, or whose answer has begun, gets nothing more. */
export function sendRefusal(call: Call, refusal: Refused): void {
  const { outgoing, surface } = call;
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  const { decisionId } = refusal;
  const encoded = surface.encodeRefusal(formed(call, refusal), {
    requestId: call.id,
    ...(decisionId === undefined ? {} : { decisionId }),
  });
  for (const [name, value] of Object.entries(encoded.headers)) outgoing.setHeader(name, value);
  // The rest of an upload that was refused early is not read: the connection cannot be used again.
  if (!call.incoming.complete) endConnection(call);
  outgoing.statusCode = encoded.status;
  outgoing.end(encoded.body);
}
