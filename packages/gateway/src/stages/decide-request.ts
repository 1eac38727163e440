// The decision on the request. Its record is durable before this stage returns, so before any byte of
// the request can go on.

import type { Content } from "@writ/protocol";
import { establish, type Facts, fact } from "../call.ts";
import { decide } from "../decide.ts";
import { maskContent, opaqueLabels, placeFindings } from "../inspect.ts";
import type { GatewayStage } from "../pipeline.ts";
import { decisionRecord, digestOf } from "../records.ts";
import { deniedBy, NOT_MASKABLE, recordOrRefuse } from "../refuse.ts";

export const decideRequest: GatewayStage = async (call, services) => {
  const content = fact(call, "content");
  const findings = fact(call, "findings");
  const placed = placeFindings(content, findings);
  const decided = decide(call, services, {
    stage: "request",
    findings: placed,
    labels: opaqueLabels(content),
  });
  const isAllowed = decided.decision.effect === "allow";
  const masked = isAllowed
    ? maskContent(content, findings, new Set(decided.decision.redactions))
    : ({ ok: true, count: 0 } as const);
  const refusal = !isAllowed
    ? deniedBy(decided)
    : masked.ok
      ? undefined
      : { ...NOT_MASKABLE, decisionId: decided.decisionId };
  const forwarded = refusal === undefined ? encode(content) : undefined;
  const record = decisionRecord(call, {
    decided,
    classifier: services.classifier.version,
    findings: placed.map(({ finding }) => finding),
    inspected: fact(call, "bodyDigest"),
    ...(forwarded === undefined ? {} : { released: forwarded.forwardedDigest }),
    redactionCount: masked.ok ? masked.count : 0,
    ...(refusal === undefined ? {} : { refusal }),
  });
  const unrecorded = await recordOrRefuse(services, record);
  if (unrecorded !== undefined) return unrecorded;
  if (refusal !== undefined) return refusal;
  return establish(call, { decided, ...forwarded });
};

function encode(content: Content): Pick<Facts, "forwarded" | "forwardedDigest"> {
  const forwarded = content.encode();
  return { forwarded, forwardedDigest: digestOf(forwarded) };
}
