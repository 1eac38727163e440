// The decision on the request. Its record is durable before this stage returns, so before any byte of
// the request can go on.

import { establish, fact, type Refused } from "../call.ts";
import { decide } from "../decide.ts";
import { opaqueLabels, tallyFindings } from "../inspect.ts";
import { maskContent } from "../mask.ts";
import type { GatewayStage } from "../pipeline.ts";
import { decisionRecord, digestOf } from "../records.ts";
import { deniedBy, notMaskable, recordOrRefuse } from "../refuse.ts";

export const decideRequest: GatewayStage = async (call, services) => {
  const content = fact(call, "content");
  const findings = fact(call, "findings");
  const tally = tallyFindings(content, findings);
  const decided = decide(call, services, {
    stage: "request",
    findings: tally,
    labels: opaqueLabels(content),
  });
  const { effect, redactions } = decided.decision;
  const masked =
    effect === "allow" ? maskContent(content, findings, new Set(redactions)) : undefined;
  const refusal: Refused | undefined =
    masked === undefined
      ? deniedBy(decided)
      : masked.ok
        ? undefined
        : notMaskable(masked.why, decided);
  const edits = masked?.ok === true ? masked.edits : undefined;
  const received = fact(call, "bodyDigest");
  const forwarded = refusal === undefined ? content.encode(edits) : undefined;
  // Bytes that nothing was masked in are the bytes that were received.
  const forwardedDigest =
    forwarded === undefined || edits === undefined || edits.size === 0
      ? received
      : digestOf(forwarded);
  const record = decisionRecord(call, {
    decided,
    classifier: services.classifier.version,
    findings: tally,
    inspected: received,
    ...(forwarded === undefined ? {} : { released: forwardedDigest }),
    redactionCount: masked?.ok === true ? masked.count : 0,
    ...(refusal === undefined ? {} : { refusal }),
  });
  const unrecorded = await recordOrRefuse(services, record);
  if (unrecorded !== undefined) return unrecorded;
  if (refusal !== undefined || forwarded === undefined) return refusal;
  return establish(call, { decided, forwarded, forwardedDigest });
};
