// The decisions on a whole answer, on its text and on each tool call as an action, and their records; what the policy
// redacts is masked.

import type { Edits, JsonNode, Replacement, ToolUse, Walked } from "@writ/surface";
import { type DecidedAction, decideAction, describeAction } from "../action.ts";
import {
  type AllowedAnswer,
  type ClassifiedAnswer,
  type ContentFindings,
  establish,
  type Refused,
} from "../call.ts";
import { type Action, type Decided, decide } from "../decide.ts";
import { digestOf } from "../digest.ts";
import { opaqueLabels, tallyFindings } from "../inspect.ts";
import { type MaskResult, maskContent } from "../mask.ts";
import { decisionRecord } from "../records.ts";
import { deniedBy, notMaskable, recordOrRefuse } from "../refuse.ts";
import type { Services } from "../services.ts";
import type { Stage } from "../stage.ts";
import type { FindingTally } from "../tally.ts";
import { unreadableAnswer } from "../upstream.ts";

/** A decision on part of the answer, with what it is about and what it comes to. */
interface Outcome {
  readonly decided: Decided;
  readonly findings: FindingTally;
  readonly masked: MaskResult | undefined;
  readonly refusal: Refused | undefined;
}

export const decideAnswer: Stage<ClassifiedAnswer, AllowedAnswer> = async (call, services) => {
  const { answer, answerBody, upstream } = call;
  const actions = describeActions(answer.toolUses, services);
  if (actions === undefined) return unreadableAnswer(upstream);
  const { text, uses } = decideAll(call, services, actions);
  const outcomes = [text, ...uses];
  const refusal = outcomes.find((outcome) => outcome.refusal !== undefined)?.refusal;
  const edits = allEdits(outcomes);
  const released = refusal === undefined ? answer.content.encode(edits) : undefined;
  const inspected = digestOf(answerBody);
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
        : { usage: answer.usage, ending: refusal === undefined ? "complete" : "denied" }),
    }),
  );
  const recorded = await Promise.all(records.map((record) => recordOrRefuse(services, record)));
  const unrecorded = recorded.find((outcome) => outcome !== undefined);
  if (unrecorded !== undefined || released === undefined) return unrecorded ?? (refusal as Refused);
  return establish(call, { released });
};

function describeActions(
  uses: readonly ToolUse[],
  { classifier }: Services,
): readonly Action[] | undefined {
  const actions = uses.map(({ name, input }) => describeAction(name, input, classifier));
  return actions.every((action) => action !== undefined) ? actions : undefined;
}

/** A tool call is not text to be read but an action to be taken: it has a decision of its own. */
function decideAll(
  call: ClassifiedAnswer,
  services: Services,
  actions: readonly Action[],
): { readonly text: Outcome; readonly uses: readonly Outcome[] } {
  const { content } = call.answer;
  const found = call.answerFindings;
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
