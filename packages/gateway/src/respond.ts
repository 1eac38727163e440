// A whole response: read, inspected, decided on (the text, and each tool call as an action), recorded, and
// only then passed on.

import { type Content, readResponse, type ToolUse } from "@writ/protocol";
import { type Call, type ContentFindings, fact, type Refused } from "./call.ts";
import { type Decided, decide } from "./decide.ts";
import { classifyContent, maskContent, opaqueLabels, placeFindings } from "./inspect.ts";
import { decisionRecord, digestOf } from "./records.ts";
import { deniedBy, NOT_MASKABLE, recordOrRefuse } from "./refuse.ts";
import type { Services } from "./services.ts";
import { describeUpstream, type UpstreamResponse, unreachable } from "./upstream.ts";

const PASSED_HEADERS = /^x-amzn-bedrock-[a-z-]+$/;

export async function respond(
  call: Call,
  services: Services,
  response: UpstreamResponse,
): Promise<Refused | "answered"> {
  const body = await readBody(response, services.config.limits.bodyBytes);
  if (!Buffer.isBuffer(body)) return body;
  const read = readResponse(fact(call, "operation"), fact(call, "model"), body);
  if (!read.ok) return UNREADABLE;
  const { content, toolUses, usage } = read;
  const found = classifyContent(content, services.classifier);
  // A tool call is not text to be read but an action to be taken: it has a decision of its own.
  const text = outside(content, found, toolUses);
  const placed = placeFindings(content, text);

  const decided = decide(call, services, {
    stage: "response",
    findings: placed,
    labels: opaqueLabels(content),
  });
  const actions = toolUses.map((action) => ({
    action,
    decided: decide(call, services, {
      stage: "action",
      findings: placeFindings(content, within(content, found, action)),
      action,
    }),
  }));
  const outcomes = [
    carryOut(decided, content, text),
    ...actions.map(({ action, decided: own }) =>
      carryOut(own, content, within(content, found, action)),
    ),
  ];
  const refusal = outcomes.find((outcome) => typeof outcome !== "number");
  const count = outcomes.reduce<number>(
    (sum, outcome) => sum + (typeof outcome === "number" ? outcome : 0),
    0,
  );
  const released = refusal === undefined ? content.encode() : undefined;

  const shared = {
    classifier: services.classifier.version,
    inspected: digestOf(body),
    ...(released === undefined ? {} : { released: digestOf(released) }),
    upstream: describeUpstream(response),
    ...(refusal === undefined ? {} : { refusal }),
  };
  const records = [
    decisionRecord(call, {
      ...shared,
      decided,
      findings: [...text.values()].flat(),
      redactionCount: count,
      usage,
      ending: refusal === undefined ? "complete" : "denied",
    }),
    ...actions.map(({ decided: own, action }) =>
      decisionRecord(call, {
        ...shared,
        decided: own,
        findings: [...within(content, found, action).values()].flat(),
      }),
    ),
  ];
  const recorded = await Promise.all(records.map((record) => recordOrRefuse(services, record)));
  const unrecorded = recorded.find((outcome) => outcome !== undefined);
  if (unrecorded !== undefined || released === undefined) return unrecorded ?? (refusal as Refused);
  send(call, response, released);
  return "answered";
}

/** Masks what a decision redacts; the number of findings masked, or the refusal it comes to. */
function carryOut(decided: Decided, content: Content, found: ContentFindings): number | Refused {
  if (decided.decision.effect === "deny") return deniedBy(decided);
  const masked = maskContent(content, found, new Set(decided.decision.redactions));
  return masked.ok ? masked.count : { ...NOT_MASKABLE, decisionId: decided.decisionId };
}

function within(content: Content, found: ContentFindings, tool: ToolUse): ContentFindings {
  return new Map([...found].filter(([index]) => isUnder(content, index, tool)));
}

function outside(
  content: Content,
  found: ContentFindings,
  tools: readonly ToolUse[],
): ContentFindings {
  return new Map(
    [...found].filter(([index]) => !tools.some((tool) => isUnder(content, index, tool))),
  );
}

function isUnder(content: Content, index: number, tool: ToolUse): boolean {
  return content.segments[index]?.pointer.startsWith(`${tool.pointer}/`) ?? false;
}

function send(call: Call, response: UpstreamResponse, body: Buffer): void {
  const { outgoing } = call;
  if (outgoing.destroyed) return;
  for (const [name, value] of Object.entries(response.headers)) {
    if (PASSED_HEADERS.test(name) && typeof value === "string") outgoing.setHeader(name, value);
  }
  outgoing.setHeader("content-type", "application/json");
  outgoing.setHeader("content-length", body.length);
  outgoing.setHeader("x-amzn-requestid", call.id);
  outgoing.statusCode = 200;
  outgoing.end(body);
}

async function readBody(response: UpstreamResponse, limit: number): Promise<Buffer | Refused> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) {
        response.body.destroy();
        return TOO_LARGE;
      }
      chunks.push(chunk);
    }
  } catch (error) {
    return unreachable(error);
  }
  return Buffer.concat(chunks, size);
}

const TOO_LARGE: Refused = {
  status: 502,
  code: "InternalServerException",
  message: "the model's answer is larger than this gateway inspects",
};

const UNREADABLE: Refused = {
  status: 502,
  code: "InternalServerException",
  message: "the model's answer could not be read, so it is not passed on",
};
