// What may leave of a streamed answer, and when. Every frame is read in full, takes its step in the life of the
// answer, and waits in the order it came until everything in it is known and decided. Text is held only as far as a
// recogniser could still be in the middle of a match; a tool call until it is whole and decided as an action. The
// closing frames wait for the record that closes the response.

import {
  type AnswerStream,
  type Piece,
  type ReceivedFrame,
  type Replacement,
  type StreamFrame,
  StreamMachine,
  type StreamStep,
  withDecisionId,
} from "@writ/surface";
import type { Answered, Refused } from "../call.ts";
import type { Ending } from "../ending.ts";
import { decisionRecord } from "../records.ts";
import { notMaskable, recordOrRefuse } from "../refuse.ts";
import type { Services } from "../services.ts";
import { AnswerPolicy } from "./answer-policy.ts";
import { StreamDigests } from "./digests.ts";
import { LogicalTexts, type PlacedText } from "./logical-texts.ts";
import { type QueuedFrame, ReleaseQueue } from "./release-queue.ts";
import { ToolCall } from "./tool-call.ts";

/** What waits to be known, of one answer. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;
const MAX_HELD_FRAMES = 20_000;

/** Thrown inside to stop at a refusal; never leaves this file. */
class Stop extends Error {}

export class StreamInspector {
  /** Nothing more will leave. */
  isOver = false;
  readonly #call: Answered;
  readonly #services: Services;
  readonly #stream: AnswerStream;
  readonly #machine: StreamMachine;
  readonly #digests = new StreamDigests();
  readonly #policy: AnswerPolicy;
  readonly #texts: LogicalTexts;
  readonly #queue = new ReleaseQueue();
  #tool: ToolCall | undefined;
  /** A tool call whose parameters are no JSON: cut by the limit of tokens, or not to be read. */
  #cut: { readonly tool: ToolCall; readonly message: string } | undefined;
  /** From the end of the message on: what comes leaves with the closing record. */
  #isClosing = false;
  /** What the client has been sent: of what it takes for begun a refusal must say the end. */
  #hasSentStart = false;
  readonly #sentOpen = new Set<string>();
  /** Bytes that leave when the push that made them returns. */
  #ready: Buffer[] = [];

  constructor(call: Answered, services: Services, stream: AnswerStream) {
    this.#call = call;
    this.#services = services;
    this.#stream = stream;
    this.#machine = new StreamMachine(stream.machine);
    this.#policy = new AnswerPolicy(call, services, this.#digests);
    this.#texts = new LogicalTexts(services.classifier, (where, findings) =>
      this.#policy.learn(where, findings),
    );
  }

  /** The decision that an answer may come at all. */
  open(): Promise<Refused | undefined> {
    return this.#policy.open();
  }

  /** What may leave after this frame. */
  async push(frame: ReceivedFrame): Promise<Buffer> {
    this.#digests.inspect(frame.bytes);
    const read = frame.read();
    return this.#guard(() =>
      read.ok ? this.#take(read.frame) : this.#refuse("upstream_error", unreadable(read.message)),
    );
  }

  /** What the upstream goes on with cannot be read. */
  async breakOff(why: string): Promise<Buffer> {
    return this.#guard(() => this.#refuse("upstream_error", unreadable(why)));
  }

  /** The upstream has ended: what is still held, and the closing record. */
  async end(): Promise<Buffer> {
    return this.#guard(async () => {
      if (!this.#machine.isComplete) return this.#refuse("cut_short", CUT_SHORT);
      this.#texts.end();
      const denied = await this.#policy.settle();
      if (denied !== undefined) return this.#tell(denied);
      return this.#close("complete", await this.#drain());
    });
  }

  /** The last frames leave with the record that closes the answer. */
  async #close(ending: Ending, frames: readonly Buffer[]): Promise<void> {
    for (const bytes of frames) this.#digests.release(bytes);
    const refused = await this.#policy.close(ending);
    if (refused !== undefined) return this.#tell(refused);
    this.#ready.push(...frames);
    this.isOver = true;
  }

  /** Ends the stream with an error the client understands: a stream cut short would look complete to it. */
  async fail(ending: Ending): Promise<Buffer> {
    return this.#guard(() => this.#refuse(ending, FAILED));
  }

  async #guard(work: () => Promise<void>): Promise<Buffer> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    const bytes =
      this.#ready.length === 1 ? (this.#ready[0] as Buffer) : Buffer.concat(this.#ready);
    this.#ready = [];
    return bytes;
  }

  async #take(frame: StreamFrame): Promise<void> {
    if (frame.usage !== undefined) this.#policy.usage = { ...this.#policy.usage, ...frame.usage };
    const kind = this.#machine.openKind;
    if (this.#cut !== undefined) await this.#settleCut(this.#cut, frame);
    for (const step of frame.steps) {
      const violation = this.#machine.take(step);
      if (violation !== undefined)
        return this.#refuse("upstream_error", unreadable(`it has ${violation}`));
      this.#begin(step);
    }
    if (frame.opaque.length > 0) this.#policy.learnOpaque();
    this.#enqueue(frame, kind === "thinking" || this.#machine.openKind === "thinking");
    for (const step of frame.steps) await this.#finish(step);
    if (this.#texts.hasOverflowed || this.#tool?.isTooLong || this.#holdsTooMuch())
      return this.#refuse("refused", OVERFLOW);
    const refused = await this.#policy.settle();
    if (refused !== undefined) return this.#tell(refused);
    if (this.#machine.isFailed) return this.#passFailure();
    if (!this.#isClosing) await this.#release();
  }

  /** What a step means before its frame is read. */
  #begin(step: StreamStep): void {
    if (step.kind === "stop") this.#isClosing = true;
    if (step.kind === "block-start" && step.tool !== undefined)
      this.#tool = new ToolCall(step.tool, this.#services.classifier, this.#texts);
  }

  /** What it means once its frame waits with the others. */
  async #finish(step: StreamStep): Promise<void> {
    if (step.kind !== "block-stop") return;
    this.#texts.endBlock();
    if (this.#tool !== undefined) await this.#decideTool(this.#tool);
    this.#tool = undefined;
  }

  #enqueue(frame: StreamFrame, isThinking: boolean): void {
    // That the service gives up is no part of a tool call.
    const tool = this.#machine.isFailed ? undefined : this.#tool;
    const placed = frame.pieces.map((piece): PlacedText => {
      if (tool !== undefined) return tool.place(piece);
      return isThinking
        ? this.#texts.place(signed(piece), "thinking")
        : this.#texts.place(piece, roleOf(piece.kind));
    });
    this.#queue.push({
      size: frame.bytes.length,
      steps: frame.steps,
      toolCall: tool,
      isKnown: () => placed.every((text) => text.isKnown()) && tool?.isHeld !== true,
      take: () => this.#mask(frame, placed),
    });
  }

  /** A frame as the newest decision has it leave. */
  #mask(frame: StreamFrame, placed: readonly PlacedText[]): Buffer | Refused {
    const labels = this.#policy.redactions;
    let edits: Map<number, readonly Replacement[]> | undefined;
    for (const [index, text] of placed.entries()) {
      const masked = text.mask(labels);
      if (!masked.ok) return notMaskable(masked.why, this.#policy.decided);
      if (masked.parts.length === 0) continue;
      edits ??= new Map();
      edits.set(index, masked.parts);
      this.#policy.redactionCount += masked.count;
    }
    return edits === undefined ? frame.bytes : frame.edit(edits);
  }

  async #release(): Promise<void> {
    const { taken, refused } = this.#takeOut(this.#queue.release());
    for (const bytes of taken) {
      this.#digests.release(bytes);
      this.#ready.push(bytes);
    }
    if (refused !== undefined) return this.#refuse("denied", refused);
  }

  /** Everything that waits, once all is known. */
  async #drain(): Promise<readonly Buffer[]> {
    const { taken, refused } = this.#takeOut(this.#queue.release());
    if (refused !== undefined) return this.#refuse("denied", refused);
    if (this.#queue.length > 0) throw new Error("frames are left that nothing is awaited for");
    return taken;
  }

  /** The bytes that frames leave as; up to one that cannot, and without the tool call that one is part of. */
  #takeOut(frames: readonly QueuedFrame[]): {
    readonly taken: readonly Buffer[];
    readonly refused: Refused | undefined;
  } {
    let leaving: { readonly frame: QueuedFrame; readonly bytes: Buffer }[] = [];
    let refused: Refused | undefined;
    for (const frame of frames) {
      const bytes = frame.take();
      if (Buffer.isBuffer(bytes)) {
        leaving.push({ frame, bytes });
        continue;
      }
      refused = bytes;
      const { toolCall } = frame;
      if (toolCall !== undefined)
        leaving = leaving.filter((left) => left.frame.toolCall !== toolCall);
      break;
    }
    for (const { frame } of leaving) for (const step of frame.steps) this.#noteSent(step);
    return { taken: leaving.map(({ bytes }) => bytes), refused };
  }

  #noteSent(step: StreamStep): void {
    if (step.kind === "message-start") this.#hasSentStart = true;
    if (step.kind === "block-start" || step.kind === "delta") this.#sentOpen.add(step.block);
    if (step.kind === "block-stop") this.#sentOpen.delete(step.block);
  }

  /** A tool call is an action: whole before it is decided, decided before the client sees any of it. */
  async #decideTool(tool: ToolCall): Promise<void> {
    const outcome = await tool.decide(this.#call, this.#services);
    if (!outcome.ok) {
      this.#cut = { tool, message: outcome.message };
      return;
    }
    const { action, findings } = outcome;
    const unrecorded = await recordOrRefuse(
      this.#services,
      decisionRecord(this.#call, {
        decided: action.decided,
        classifier: this.#services.classifier.version,
        findings,
        ...this.#digests.soFar(),
        redactionCount: action.edits?.count ?? 0,
        upstream: this.#call.upstream,
        ...(action.refusal === undefined ? {} : { refusal: action.refusal }),
      }),
    );
    if (unrecorded !== undefined) return this.#tell(unrecorded);
    if (action.refusal !== undefined) {
      await this.#releaseBefore();
      return this.#refuse("denied", action.refusal);
    }
    this.#policy.redactionCount += action.edits?.count ?? 0;
  }

  /** A call that the limit of tokens has cut is left out; any other whose parameters are no JSON ends the answer. */
  async #settleCut(
    { tool, message }: { readonly tool: ToolCall; readonly message: string },
    { isAtLimit, steps }: StreamFrame,
  ): Promise<void> {
    if (isAtLimit === true) {
      this.#queue.drop(tool);
      this.#policy.droppedToolCalls += 1;
      this.#cut = undefined;
    } else if (steps.some(({ kind }) => kind !== "aside" && kind !== "failure")) {
      await this.#releaseBefore();
      return this.#refuse("refused", unreadable(message));
    }
  }

  /** What came before a call that is refused: no more text follows it, so all of it is known. */
  async #releaseBefore(): Promise<void> {
    this.#texts.end();
    const refused = await this.#policy.settle();
    if (refused !== undefined) return this.#tell(refused);
    await this.#release();
  }

  /** The service has given up, and says so in words that are inspected like any others. */
  async #passFailure(): Promise<void> {
    this.#texts.end();
    const denied = await this.#policy.settle();
    if (denied !== undefined) return this.#tell(denied);
    const known = this.#queue.release();
    // A tool call that is not whole stays behind; that the service gave up does not.
    const last = this.#queue.takeLast();
    const { taken, refused } = this.#takeOut(last === undefined ? known : [...known, last]);
    if (refused !== undefined) return this.#refuse("denied", refused);
    return this.#close("upstream_error", taken);
  }

  #holdsTooMuch(): boolean {
    return this.#queue.bytes > MAX_HELD_BYTES || this.#queue.length > MAX_HELD_FRAMES;
  }

  /** Ends the stream here, once that is on record. */
  async #refuse(ending: Ending, refusal: Refused): Promise<never> {
    return this.#tell(await this.#policy.end(ending, refusal));
  }

  /** A refusal that is on record, in the form this API's clients take for one. Nothing that waits may leave. */
  #tell(refusal: Refused): never {
    this.isOver = true;
    this.#queue.clear();
    const { code, decisionId = "" } = refusal;
    const message = withDecisionId(refusal.message, decisionId);
    if (code === "denied") {
      const sent = { hasStarted: this.#hasSentStart, openBlocks: [...this.#sentOpen] };
      this.#ready.push(...this.#stream.deny({ message, decisionId }, sent));
    } else this.#ready.push(this.#stream.fail({ ...refusal, message }));
    throw new Stop();
  }
}

function roleOf(kind: string): string {
  if (kind === "text") return "assistant";
  return kind === "thinking" ? "thinking" : "other";
}

/** A piece of what is signed: it is not rewritten, whatever member it is in. */
function signed(piece: Piece): Piece {
  return piece.kind === "thinking" ? piece : { ...piece, rewritable: false };
}

function unreadable(why: string): Refused {
  return {
    code: "upstream_failed",
    message: `the model service's answer could not be read in one way: ${why}`,
  };
}

const OVERFLOW: Refused = {
  code: "upstream_failed",
  message: "more of the answer would have to be held back than this gateway holds",
};
const CUT_SHORT: Refused = {
  code: "upstream_failed",
  message: "the model service ended its answer before it was complete",
};
const FAILED: Refused = {
  code: "upstream_failed",
  message: "the model service's answer could not be passed on",
};
