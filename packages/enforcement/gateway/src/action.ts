// A tool call is an action: it is decided by itself, under the name and with the parameters that the client will
// get. Where parameters are masked, the policy is asked again about the masked ones.

import type { Classifier } from "@writ/classifier";
import { parseNumber, setProperty, type Value } from "@writ/evaluator";
import type { JsonNode } from "@writ/surface";
import type { Normalised, Refused } from "./call.ts";
import { type Action, type Decided, decide } from "./decide.ts";
import { digestOf } from "./digest.ts";
import type { MaskResult } from "./mask.ts";
import { deniedBy, notMaskable } from "./refuse.ts";
import type { Services } from "./services.ts";
import type { FindingTally } from "./tally.ts";

export interface ActionOptions {
  readonly action: Action;
  readonly findings: FindingTally;
  /** What masking these labels comes to. */
  readonly mask: (labels: ReadonlySet<string>) => MaskResult;
  /** The action as it is once it is masked so. */
  readonly masked: (result: Extract<MaskResult, { ok: true }>) => Action;
}

/** A decision on an action and what it comes to: a refusal, or edits to carry out. */
export interface DecidedAction {
  readonly decided: Decided;
  readonly refusal?: Refused;
  readonly edits?: Extract<MaskResult, { ok: true }>;
}

export function decideAction(
  call: Normalised,
  services: Services,
  { action, findings, mask, masked }: ActionOptions,
): DecidedAction {
  const ask = (asked: Action): Decided =>
    decide(call, services, { stage: "action", findings, action: asked });
  const first = ask(action);
  if (first.decision.effect === "deny") return { decided: first, refusal: deniedBy(first) };
  const labels = new Set(first.decision.redactions);
  const edits = mask(labels);
  if (!edits.ok) return { decided: first, refusal: notMaskable(edits.why, first) };
  if (edits.count === 0) return { decided: first, edits };
  const second = ask(masked(edits));
  if (second.decision.effect === "deny") return { decided: second, refusal: deniedBy(second) };
  // A policy that redacts something else once this is redacted cannot be satisfied by asking on.
  const isSettled = second.decision.redactions.every(
    (label) => labels.has(label) || !findings.labels.has(label),
  );
  return isSettled
    ? { decided: second, edits }
    : { decided: second, refusal: notMaskable("place", second) };
}

/**
 * An action as the policy sees it; undefined for parameters that policies cannot compute with. Parameters are an
 * object for every API; a model that wrote something else is shown as it is, under a name.
 */
export function describeAction(
  name: string,
  input: JsonNode | undefined,
  classifier: Classifier,
): Action | undefined {
  const recordedName = nameOnRecord(name, classifier);
  if (input === undefined) return { name, recordedName, parameters: {} };
  try {
    const value = toValue(input);
    const parameters = input.kind === "object" ? (value as Action["parameters"]) : { "": value };
    return { name, recordedName, parameters };
  } catch (error) {
    if (error instanceof TooManyDigits) return undefined;
    throw error;
  }
}

/** What the API takes for the name of a tool; a model may write anything there. */
const NAME = /^[A-Za-z0-9_.:/-]{1,128}$/;

/** A record holds no content: a name that may be some is known by its digest. */
function nameOnRecord(name: string, classifier: Classifier): string {
  return NAME.test(name) && classifier.classify(name).length === 0 ? name : digestOf(name);
}

/** Thrown inside; never leaves this file. */
class TooManyDigits extends Error {}

/** JSON as the policy's values: numbers are exact, whatever their size. */
function toValue(node: JsonNode): Value {
  switch (node.kind) {
    case "array":
      return node.items.map(toValue);
    case "object": {
      const object: { [key: string]: Value } = {};
      for (const { key, value } of node.members) setProperty(object, key.value, toValue(value));
      return object;
    }
    case "number": {
      const number = parseNumber(node.source);
      if (number === undefined) throw new TooManyDigits();
      return number;
    }
    default:
      return node.value;
  }
}
