// A tool call as it comes: held until it is whole, decided as an action, and only then let go, masked where the
// decision says so.

import type { Classifier, Finding } from "@writ/classifier";
import {
  type Content,
  json as jsonShape,
  type Piece,
  type Replacement,
  type Role,
  readJsonText,
  splice,
  type ToolStart,
  walkContent,
} from "@writ/surface";
import { type DecidedAction, decideAction, describeAction } from "../action.ts";
import type { Normalised } from "../call.ts";
import type { Action } from "../decide.ts";
import { classifyContent, classifyUnder, tallyFindings } from "../inspect.ts";
import { type MaskResult, maskContent } from "../mask.ts";
import type { Services } from "../services.ts";
import type { FindingTally } from "../tally.ts";
import type { LogicalTexts, PlacedText } from "./logical-texts.ts";

/** A decision on the call with what was found in it, or why it cannot be decided. */
export type ToolOutcome =
  | { readonly ok: true; readonly action: DecidedAction; readonly findings: FindingTally }
  | { readonly ok: false; readonly message: string };

type Parameters = Pick<Content, "segments" | "replacements">;

const MAX_INPUT_CHARS = 1024 * 1024;
const ROLE: Role = "tool_use";
const NOTHING: Parameters = { segments: [], replacements: () => [] };

export class ToolCall {
  readonly #start: ToolStart;
  readonly #classifier: Classifier;
  readonly #texts: LogicalTexts;
  /** Found beside the parameters that deltas bring, in places that are not rewritten. */
  readonly #beside: Finding[] = [];
  #input: string;
  readonly #awaited: PlacedText[] = [];
  /** How many of those are known. */
  #knownTo = 0;
  #isLetGo = false;
  /** In the text of the parameters, in order. */
  #edits: readonly Replacement[] = [];

  constructor(start: ToolStart, classifier: Classifier, texts: LogicalTexts) {
    this.#start = start;
    this.#classifier = classifier;
    this.#texts = texts;
    this.#input = start.input ?? "";
  }

  /**
   * It has not been decided, not in its favour, or something in its frames is not known yet: a call leaves as a whole
   * or not at all.
   */
  get isHeld(): boolean {
    if (!this.#isLetGo) return true;
    // What is known stays known: each text is asked until it is, and never again.
    while (this.#awaited[this.#knownTo]?.isKnown() === true) this.#knownTo += 1;
    return this.#knownTo < this.#awaited.length;
  }

  get isTooLong(): boolean {
    return this.#input.length > MAX_INPUT_CHARS;
  }

  place(piece: Piece): PlacedText {
    const isKnown = (): boolean => !this.isHeld;
    if (piece.kind === "joined") {
      const placed = this.#texts.place({ ...piece, rewritable: false }, ROLE);
      this.#awaited.push(placed);
      return { isKnown, mask: placed.mask };
    }
    if (piece.kind !== "tool_input") {
      this.#beside.push(...classifyUnder(this.#classifier, piece.key, piece.text));
      return { isKnown, mask: () => ({ ok: true, parts: [], count: 0 }) };
    }
    const start = this.#input.length;
    this.#input += piece.text;
    const end = this.#input.length;
    return {
      isKnown,
      mask: () => ({ ok: true, parts: clip(this.#edits, start, end), count: 0 }),
    };
  }

  /** The call is whole: what the policy says of it. */
  async decide(call: Normalised, services: Services): Promise<ToolOutcome> {
    const action = this.#describe(this.#input);
    if (typeof action === "string") return { ok: false, message: action };
    const parameters = this.#parameters();
    if (typeof parameters === "string") return { ok: false, message: parameters };
    const found = await classifyContent(parameters.segments, this.#classifier);
    const findings = tallyFindings(parameters, found);
    findings.add(ROLE, this.#beside);
    const decided = decideAction(call, services, {
      action,
      findings,
      mask: (labels): MaskResult =>
        this.#beside.some(({ label }) => labels.has(label))
          ? { ok: false, why: "place" }
          : maskContent(parameters, found, labels),
      masked: ({ edits }) => {
        const masked = this.#describe(splice(this.#input, parameters.replacements(edits)));
        if (typeof masked === "string") throw new Error("masked parameters cannot be read");
        return masked;
      },
    });
    if (decided.refusal === undefined && decided.edits !== undefined) {
      this.#edits = parameters
        .replacements(decided.edits.edits)
        .toSorted((a, b) => a.start - b.start);
      this.#isLetGo = true;
    }
    return { ok: true, action: decided, findings };
  }

  /** A tool without parameters is called with nothing, or with an empty object. */
  #describe(input: string): Action | string {
    const read = input === "" ? undefined : readJsonText(input);
    if (read?.ok === false) return `the tool's input cannot be read in one way: ${read.message}`;
    const action = describeAction(this.#start.name, read?.root, this.#classifier);
    return action ?? "the tool's input holds a number of too many digits";
  }

  /** What deltas have brought; parameters that came with the start are among what stands beside. */
  #parameters(): Parameters | string {
    if (this.#input === "" || this.#start.input !== undefined) return NOTHING;
    const read = readJsonText(this.#input);
    if (!read.ok) return read.message;
    const walked = walkContent(Buffer.from(this.#input), read.text, read.root, jsonShape(ROLE));
    return walked.ok ? walked.content : `the tool's input cannot be inspected: ${walked.message}`;
  }
}

/** Replacements, in order, as their part of a piece of the text; the new text stands where the old one began. */
function clip(
  replacements: readonly Replacement[],
  start: number,
  end: number,
): readonly Replacement[] {
  const clipped: Replacement[] = [];
  for (let at = firstAfter(replacements, start); at < replacements.length; at += 1) {
    const part = replacements[at] as Replacement;
    if (part.start >= end) break;
    clipped.push({
      start: Math.max(part.start, start) - start,
      end: Math.min(part.end, end) - start,
      text: part.start >= start ? part.text : "",
    });
  }
  return clipped;
}

/** The first that ends after a place. */
function firstAfter(replacements: readonly Replacement[], place: number): number {
  let [low, high] = [0, replacements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((replacements[middle] as Replacement).end > place) high = middle;
    else low = middle + 1;
  }
  return low;
}
