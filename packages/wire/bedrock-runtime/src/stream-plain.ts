// Chunks of the model families without content blocks: a text that goes on from chunk to chunk, and a member
// that says when it is over.

import {
  type JsonObject,
  memberOf,
  type PlaceTable,
  readUsage,
  type StreamStep,
  stringOf,
  type Usage,
} from "@writ/surface";
import { METRICS_USAGE } from "./usage.ts";

/** What Bedrock itself adds to a chunk. */
export const METRICS = "amazon-bedrock-invocationMetrics";
export const METRICS_PLACES: PlaceTable["places"] = { [`${METRICS}/`]: "control" };
/** A guardrail on Bedrock's side ends the stream with this, now or some chunks later, and without a stop reason. */
const GUARDRAIL = "amazon-bedrock-guardrailAction";
const INTERVENED = "INTERVENED";

/** Where a family has its text, and what says that it is over. */
export interface PlainFormat {
  readonly text: string;
  readonly stop: string;
}

export const PLAIN_FORMATS: { readonly [family: string]: PlainFormat | undefined } = {
  llama: { text: "generation", stop: "stop_reason" },
  "titan-text": { text: "outputText", stop: "completionReason" },
};

/** The Text Completions form of older Claude models. */
export const CLAUDE_COMPLETION: PlainFormat = { text: "completion", stop: "stop_reason" };

/** Members of Bedrock's own. */
export const BEDROCK = "amazon-bedrock-";
const BLOCK = "0";

export function plainTable({ text, stop }: PlainFormat): PlaceTable {
  return {
    places: {
      [text]: "text",
      [stop]: "complete",
      type: "complete",
      stop: "complete",
      index: "control",
      prompt_token_count: "control",
      generation_token_count: "control",
      inputTextTokenCount: "control",
      totalOutputTextTokenCount: "control",
      [GUARDRAIL]: "complete",
      "amazon-bedrock-trace/": "complete",
      [`${METRICS}/`]: "control",
    },
    others: "joined",
  };
}

export function plainSteps({ text, stop }: PlainFormat, value: JsonObject): readonly StreamStep[] {
  // What Bedrock adds may come by itself, after the end.
  const isAdded = value.members.every(({ key }) => key.value.startsWith(BEDROCK));
  if (isAdded && value.members.length > 0) return [{ kind: "addition" }];
  const said = memberOf(value, text);
  const delta: StreamStep = {
    kind: "delta",
    block: BLOCK,
    of: said?.kind === "string" ? "text" : "other",
    impliesBlock: true,
  };
  if (memberOf(value, stop)?.kind === "string") return [delta, { kind: "stop" }];
  const isIntervened = stringOf(memberOf(value, GUARDRAIL)) === INTERVENED;
  return isIntervened ? [delta, { kind: "may-end" }] : [delta];
}

/** What Bedrock counted, whatever the family. */
export function metricsUsage(value: JsonObject): Usage | undefined {
  return readUsage(memberOf(value, METRICS), METRICS_USAGE);
}
