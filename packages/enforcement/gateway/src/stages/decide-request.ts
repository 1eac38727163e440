// The decision on the request. Its record is durable before this stage returns, so before any byte of
// the request can go on.

import { type Allowed, type Classified, establish, type Refused } from "../call.ts";
import { decide } from "../decide.ts";
import { digestOf } from "../digest.ts";
import { opaqueLabels, tallyFindings } from "../inspect.ts";
import { maskContent } from "../mask.ts";
import { decisionRecord } from "../records.ts";
import { deniedBy, notMaskable, recordOrRefuse } from "../refuse.ts";
import type { Stage } from "../stage.ts";

export const decideRequest: Stage<Classified, Allowed> = async (call, services) => {
  const { bodyDigest: received, findings, request, surface, target } = call;
  const { content } = request;
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
  const forwarded =
    refusal === undefined
      ? surface.upstreamBody(request, target, content.encode(edits))
      : undefined;
  const forwardedDigest =
    forwarded === undefined || isSameMemory(forwarded, call.body) ? received : digestOf(forwarded);
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
  if (forwarded === undefined) return refusal ?? deniedBy(decided);
  return establish(call, { forwarded, forwardedDigest });
};

/** Bytes in which nothing was changed are the bytes that were received. */
function isSameMemory(a: Buffer, b: Buffer): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.length === b.length;
}
