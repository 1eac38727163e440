// A whole response: read, inspected, decided on (the text, and each tool call as an action), recorded, and
// only then passed on.

import {
  type Edits,
  type JsonNode,
  passedHeaders,
  type Replacement,
  type ResponseResult,
  readResponse,
  type ToolUse,
  type Walked,
} from "@writ/protocol";
import { type DecidedAction, decideAction, describeAction } from "./action.ts";
import { type Call, type ContentFindings, fact, type Refused } from "./call.ts";
import { type Action, type Decided, decide } from "./decide.ts";
import { classifyContent, opaqueLabels, tallyFindings } from "./inspect.ts";
import { type MaskResult, maskContent } from "./mask.ts";
import { decisionRecord, digestOf } from "./records.ts";
import { deniedBy, notMaskable, recordOrRefuse } from "./refuse.ts";
import type { Services } from "./services.ts";
import type { FindingTally } from "./tally.ts";
import { brokenOff, describeUpstream, type UpstreamResponse } from "./upstream.ts";

type Response = Extract<ResponseResult, { ok: true }>;

/** A decision on part of the answer, with what it is about and what it comes to. */
interface Outcome {
  readonly decided: Decided;
  readonly findings: FindingTally;
  readonly masked: MaskResult | undefined;
  readonly refusal: Refused | undefined;
}

export async function respond(
  call: Call,
  services: Services,
  response: UpstreamResponse,
): Promise<Refused | "answered"> {
  const upstream = describeUpstream(response);
  const body = await readBody(call, response, services.config.limits.bodyBytes);
  if (!Buffer.isBuffer(body)) return { ...body, upstream };
  const read = readResponse(fact(call, "operation"), fact(call, "model"), body);
  const actions = read.ok ? describeActions(read.toolUses, services) : undefined;
  if (!read.ok || actions === undefined) return { ...UNREADABLE, upstream };
  const { text, uses } = await decideAll(call, services, read, actions);
  const outcomes = [text, ...uses];
  const refusal = outcomes.find((outcome) => outcome.refusal !== undefined)?.refusal;
  const edits = allEdits(outcomes);
  const released = refusal === undefined ? read.content.encode(edits) : undefined;
  const inspected = digestOf(body);
  const shared = {
    classifier: services.classifier.version,
    inspected,
    ...(released === undefined
      ? {}
      : { released: edits.size === 0 ? inspected : digestOf(released) }),
    upstream,
    ...(refusal === undefined ? {} : { refusal }),
  };
  const records = outcomes.map(({ decided, findings, masked }) =>
    decisionRecord(call, {
      ...shared,
      decided,
      findings,
      redactionCount: refusal === undefined && masked?.ok === true ? masked.count : 0,
      ...(decided !== text.decided
        ? {}
        : { usage: read.usage, ending: refusal === undefined ? "complete" : "denied" }),
    }),
  );
  const recorded = await Promise.all(records.map((record) => recordOrRefuse(services, record)));
  const unrecorded = recorded.find((outcome) => outcome !== undefined);
  if (unrecorded !== undefined || released === undefined) return unrecorded ?? (refusal as Refused);
  send(call, response, released);
  return "answered";
}

function describeActions(
  uses: readonly ToolUse[],
  { classifier }: Services,
): readonly Action[] | undefined {
  const actions = uses.map(({ name, input }) => describeAction(name, input, classifier));
  return actions.every((action) => action !== undefined) ? actions : undefined;
}

/** A tool call is not text to be read but an action to be taken: it has a decision of its own. */
async function decideAll(
  call: Call,
  services: Services,
  response: Response,
  actions: readonly Action[],
): Promise<{ readonly text: Outcome; readonly uses: readonly Outcome[] }> {
  const { content } = response;
  const found = await classifyContent(content.segments, services.classifier);
  const said = within(content, found, undefined);
  const findings = tallyFindings(content, said);
  const decided = decide(call, services, {
    stage: "response",
    findings,
    labels: opaqueLabels(content),
  });
  const isAllowed = decided.decision.effect === "allow";
  const masked = isAllowed
    ? maskContent(content, said, new Set(decided.decision.redactions))
    : undefined;
  const refusal =
    masked === undefined
      ? deniedBy(decided)
      : masked.ok
        ? undefined
        : notMaskable(masked.why, decided);
  const uses = actions.map((action, index): Outcome => {
    const own = within(content, found, index);
    const tally = tallyFindings(content, own);
    const {
      decided: ofAction,
      edits,
      refusal: refused,
    }: DecidedAction = decideAction(call, services, {
      action,
      findings: tally,
      mask: (labels) => maskContent(content, own, labels),
      masked: ({ edits: masks }) =>
        revised(action.name, content.reviseInput(index, masks), services),
    });
    return { decided: ofAction, findings: tally, masked: edits, refusal: refused };
  });
  return { text: { decided, findings, masked, refusal }, uses };
}

/** A tool call with its parameters masked. */
function revised(name: string, input: JsonNode | undefined, { classifier }: Services): Action {
  const action = describeAction(name, input, classifier);
  if (action === undefined) throw new Error("masked parameters cannot be read");
  return action;
}

function allEdits(outcomes: readonly Outcome[]): Edits {
  const all = new Map<number, readonly Replacement[]>();
  for (const { masked } of outcomes) {
    if (masked?.ok !== true) continue;
    for (const [index, parts] of masked.edits) all.set(index, parts);
  }
  return all;
}

/** Findings in one of the tool calls, or outside of all. */
function within(
  content: Walked,
  found: ContentFindings,
  toolUse: number | undefined,
): ContentFindings {
  return new Map([...found].filter(([index]) => content.segments[index]?.toolUse === toolUse));
}

function send(call: Call, response: UpstreamResponse, body: Buffer): void {
  const { outgoing } = call;
  if (outgoing.destroyed) return;
  for (const [name, value] of Object.entries(passedHeaders(response.headers)))
    outgoing.setHeader(name, value);
  outgoing.setHeader("content-type", "application/json");
  outgoing.setHeader("content-length", body.length);
  outgoing.setHeader("x-amzn-requestid", call.id);
  outgoing.statusCode = 200;
  outgoing.end(body);
}

async function readBody(
  call: Call,
  response: UpstreamResponse,
  limit: number,
): Promise<Buffer | Refused> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) {
        response.body.destroy();
        return tooLarge(limit);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    return brokenOff(call, error);
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(limit: number): Refused {
  return {
    status: 502,
    code: "InternalServerException",
    message: `the model's answer is larger than the ${limit} bytes this gateway inspects`,
    ending: "refused",
  };
}

const UNREADABLE: Refused = {
  status: 502,
  code: "InternalServerException",
  message: "the model's answer could not be read in one way, so it is not passed on",
  ending: "refused",
};
