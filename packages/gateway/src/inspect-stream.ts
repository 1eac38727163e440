// What may leave of a streamed response, and when. Text is held only as far as a recogniser could still be
// in the middle of a match; a tool call is held until it is whole and decided as an action; everything
// else waits behind them, so that frames keep their order. The policy is asked before the first byte and
// again whenever a new label turns up; a frame leaves once the decision that covers it is on record. The
// closing frames wait for the record that closes the response.

import { createHash } from "node:crypto";
import {
  type ClassifierStream,
  type Finding,
  redact,
  type Settled,
  UNINSPECTED,
} from "@writ/classifier";
import {
  createStreamReader,
  type Frame,
  parseUnambiguous,
  type StreamEvent,
  type StreamReader,
  type ToolUse,
} from "@writ/protocol";
import { type Call, fact, type Refused } from "./call.ts";
import { type Decided, decide, type PlacedFinding } from "./decide.ts";
import { classifyJson } from "./inspect.ts";
import { type DecisionRecordOptions, decisionRecord } from "./records.ts";
import { deniedBy, NOT_MASKABLE, recordOrRefuse } from "./refuse.ts";
import type { Services } from "./services.ts";

type Ending = NonNullable<DecisionRecordOptions["ending"]>;
type TextEvent = Extract<StreamEvent, { kind: "text" }>;

interface TextBlock {
  readonly stream: ClassifierStream;
  /** The newest event: its frame is the form in which held text leaves. */
  latest: TextEvent;
  /** Characters of the block before that come out first and have left already. */
  skip: number;
}

/** What is kept of a block for the next one: a secret may begin in one and end in the other. */
const TAIL_CHARS = 64;

interface ToolBlock {
  readonly frames: Frame[];
  readonly name: string;
  readonly id: string;
  input: string;
}

const MAX_TOOL_INPUT_CHARS = 1024 * 1024;
/** Thrown inside to stop at a refusal; never leaves this file. */
class Stop extends Error {}

export class StreamInspector {
  isOver = false;
  readonly #call: Call;
  readonly #services: Services;
  readonly #upstream: { readonly status: number; readonly requestId?: string };
  readonly #reader: StreamReader;
  readonly #texts = new Map<string, TextBlock>();
  readonly #tools = new Map<string, ToolBlock>();
  readonly #findings: PlacedFinding[] = [];
  readonly #labels = new Set<string>();
  /** Labels that come from no recogniser. */
  readonly #opaque: string[] = [];
  readonly #inspected = createHash("sha256");
  readonly #released = createHash("sha256");
  /** The end of the text so far. */
  #tail = "";
  #redactionCount = 0;
  #decided: Decided | undefined;
  #usage: { readonly inputTokens?: number; readonly outputTokens?: number } | undefined;
  /** Frames that may leave when the push that made them returns. */
  #ready: Buffer[] = [];
  /** From the stop event on: they leave with the closing record. */
  readonly #closing: Frame[] = [];
  #isClosing = false;

  constructor(
    call: Call,
    services: Services,
    upstream: { readonly status: number; readonly requestId?: string },
  ) {
    this.#call = call;
    this.#services = services;
    this.#upstream = upstream;
    this.#reader = createStreamReader(fact(call, "operation"), fact(call, "model"));
  }

  /** The decision that an answer may come at all. */
  async open(): Promise<Refused | undefined> {
    const decided = this.#decide();
    const refusal = decided.decision.effect === "deny" ? deniedBy(decided) : undefined;
    const unrecorded = await this.#record(decided, {
      ...(refusal === undefined ? {} : { refusal, ending: "denied" }),
    });
    return unrecorded ?? refusal;
  }

  /** What may leave after this frame. */
  async push(frame: Frame): Promise<Buffer> {
    const read = this.#reader.push(frame);
    if (!read.ok) return this.fail("upstream_error");
    this.#inspected.update(frame.bytes);
    try {
      for (const event of read.events) await this.#take(event);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    return this.#flush();
  }

  /** The upstream has ended: what is still held, and the closing record. */
  async end(): Promise<Buffer> {
    try {
      if (!this.#reader.complete()) return await this.fail("cut_short");
      await this.#settleAll();
      await this.#close("complete");
      for (const frame of this.#closing) this.#release(frame);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    this.isOver = true;
    return this.#flush();
  }

  /** Ends the stream with an error the client understands: a stream cut short would look complete to it. */
  async fail(ending: Ending): Promise<Buffer> {
    this.isOver = true;
    this.#ready = [];
    const message =
      ending === "cut_short"
        ? "the model service ended its answer before it was complete"
        : "the model service's answer could not be passed on";
    const unrecorded = await this.#record(this.#decide(), { ending });
    const frame = this.#reader.errorFrame(
      unrecorded?.message ?? `${message} (request ${this.#call.id})`,
    );
    return Buffer.from(frame.bytes);
  }

  async #take(event: StreamEvent): Promise<void> {
    switch (event.kind) {
      case "text":
        return this.#takeText(event);
      case "tool-start":
      case "tool-delta":
        return this.#takeTool(event);
      case "block-stop":
        return this.#takeBlockStop(event);
      case "inspect":
        if (event.isOpaque) await this.#learnOpaque();
        return this.#inspectWhole(event.strings);
      case "passthrough":
        await this.#inspectWhole(event.strings);
        return this.#emit(event.frame);
      case "metadata":
        this.#usage = event.usage;
        await this.#inspectWhole(event.strings);
        return this.#emit(event.frame);
      case "stop":
        await this.#settleAll();
        await this.#inspectWhole(event.strings);
        this.#isClosing = true;
        return this.#emit(event.frame);
      case "exception":
        await this.#close("upstream_error");
        this.#release(event.frame);
        this.isOver = true;
        throw new Stop();
    }
  }

  async #takeText(event: TextEvent): Promise<void> {
    let block = this.#texts.get(event.block);
    if (block === undefined) {
      block = { stream: this.#services.classifier.stream(), latest: event, skip: 0 };
      this.#texts.set(event.block, block);
      const before = block.stream.push(this.#tail);
      block.skip = this.#tail.length - before.text.length;
    }
    block.latest = event;
    this.#tail = (this.#tail + event.text).slice(-TAIL_CHARS);
    const heldBefore = block.stream.held;
    const settled = block.stream.push(event.text);
    await this.#leave(block, settled, heldBefore === 0 && settled.text === event.text);
  }

  /** Settled text leaves, masked as the newest decision says; untouched text in the frame it came in. */
  async #leave(block: TextBlock, released: Settled, isWhole: boolean): Promise<void> {
    const settled = withoutStart(released, block.skip);
    block.skip -= released.text.length - settled.text.length;
    if (settled.overflow) return this.#refuse(OVERFLOW);
    await this.#learn(settled.findings, "assistant");
    const labels = new Set(this.#decided?.decision.redactions);
    const masked = settled.findings.filter(({ label }) => labels.has(label)).length;
    this.#redactionCount += masked;
    if (masked === 0 && isWhole) return this.#emit(block.latest.frame);
    const text = masked === 0 ? settled.text : redact(settled.text, settled.findings, labels);
    if (text !== "") this.#emit(block.latest.withText(text));
  }

  #takeTool(
    event: Extract<StreamEvent, { kind: "tool-start" | "tool-delta" }>,
  ): Promise<void> | undefined {
    let block = this.#tools.get(event.block);
    if (block === undefined) {
      block = { frames: [], name: event.name ?? "", id: event.id ?? "", input: "" };
      this.#tools.set(event.block, block);
    }
    block.frames.push(event.frame);
    block.input += event.fragment ?? "";
    return block.input.length > MAX_TOOL_INPUT_CHARS ? this.#refuse(OVERFLOW) : undefined;
  }

  async #takeBlockStop(event: Extract<StreamEvent, { kind: "block-stop" }>): Promise<void> {
    for (const [name, block] of this.#texts) {
      if (name.split("/")[0] !== event.block) continue;
      this.#texts.delete(name);
      await this.#leave(block, block.stream.end(), false);
    }
    const tool = this.#tools.get(event.block);
    if (tool !== undefined) {
      this.#tools.delete(event.block);
      await this.#decideAction(tool);
      for (const frame of tool.frames) this.#emit(frame);
    }
    this.#emit(event.frame);
  }

  /** A tool call is an action: whole before it is decided, decided before the client sees any of it. */
  async #decideAction(tool: ToolBlock): Promise<void> {
    const input = parseInput(tool.input);
    if (input === undefined)
      return this.#refuse("the model called a tool with parameters that cannot be read one way");
    const findings = classifyJson(this.#services.classifier, { [tool.name]: input }).map(
      (finding) => ({ finding, where: "tool_use" }),
    );
    const action: ToolUse = { id: tool.id, name: tool.name, input, pointer: "" };
    const decided = decide(this.#call, this.#services, { stage: "action", findings, action });
    const masks = new Set(decided.decision.redactions);
    const isMaskable = !findings.some(({ finding }) => masks.has(finding.label));
    const isAllowed = decided.decision.effect === "allow" && isMaskable;
    const denied = isMaskable
      ? deniedBy(decided)
      : { ...NOT_MASKABLE, decisionId: decided.decisionId };
    const refusal = isAllowed ? undefined : denied;
    await this.#recordOrStop(decided, refusal === undefined ? {} : { refusal }, findings);
    if (refusal !== undefined) return this.#refuse(refusal.message);
  }

  /** Content in frames that are not text: it cannot be masked, so what would have to be is refused. */
  async #inspectWhole(strings: readonly string[]): Promise<void> {
    const findings = strings.flatMap((text) => this.#services.classifier.classify(text));
    await this.#learn(findings, "other");
    const labels = new Set(this.#decided?.decision.redactions);
    if (findings.some(({ label }) => labels.has(label))) {
      return this.#refuse("what must be redacted stands in a place that cannot be rewritten");
    }
  }

  /** Asks the policy again when there is a label it has not seen, and stops if that denies. */
  async #learn(findings: readonly Finding[], where: string): Promise<void> {
    const isNew = findings.some(({ label }) => !this.#labels.has(label));
    for (const finding of findings) {
      this.#labels.add(finding.label);
      this.#findings.push({ finding, where });
    }
    if (isNew) await this.#decideAgain();
  }

  /** Bytes that no recogniser reads are a label of their own. */
  async #learnOpaque(): Promise<void> {
    if (this.#opaque.length > 0) return;
    this.#opaque.push(UNINSPECTED);
    await this.#decideAgain();
  }

  async #decideAgain(): Promise<void> {
    const decided = this.#decide();
    const refusal = decided.decision.effect === "deny" ? deniedBy(decided) : undefined;
    await this.#recordOrStop(decided, refusal === undefined ? {} : { refusal, ending: "denied" });
    if (refusal !== undefined) return this.#refuse(refusal.message);
  }

  async #settleAll(): Promise<void> {
    if (this.#tools.size > 0) return this.#refuse("the model's answer ended inside a tool call");
    for (const [name, block] of this.#texts) {
      this.#texts.delete(name);
      await this.#leave(block, block.stream.end(), false);
    }
  }

  /** Ends the stream here, in the form this API's clients take for a refusal. */
  async #refuse(message: string): Promise<never> {
    this.isOver = true;
    for (const frame of this.#reader.denyFrames(message)) this.#release(frame);
    throw new Stop();
  }

  #decide(): Decided {
    this.#decided = decide(this.#call, this.#services, {
      stage: "response",
      findings: this.#findings,
      labels: this.#opaque,
    });
    return this.#decided;
  }

  async #close(ending: Ending): Promise<void> {
    await this.#recordOrStop(this.#decide(), { ending });
  }

  async #recordOrStop(
    decided: Decided,
    options: Partial<DecisionRecordOptions>,
    findings: readonly PlacedFinding[] = this.#findings,
  ): Promise<void> {
    const unrecorded = await this.#record(decided, options, findings);
    if (unrecorded === undefined) return;
    // Nothing decided since the last durable record may leave.
    this.isOver = true;
    this.#ready = [Buffer.from(this.#reader.errorFrame(unrecorded.message).bytes)];
    throw new Stop();
  }

  #record(
    decided: Decided,
    options: Partial<DecisionRecordOptions>,
    findings: readonly PlacedFinding[] = this.#findings,
  ): Promise<Refused | undefined> {
    const record = decisionRecord(this.#call, {
      decided,
      classifier: this.#services.classifier.version,
      findings: findings.map(({ finding }) => finding),
      inspected: `sha256:${this.#inspected.copy().digest("hex")}`,
      released: `sha256:${this.#released.copy().digest("hex")}`,
      redactionCount: this.#redactionCount,
      upstream: this.#upstream,
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...options,
    });
    return recordOrRefuse(this.#services, record);
  }

  #emit(frame: Frame): void {
    if (this.#isClosing) this.#closing.push(frame);
    else this.#release(frame);
  }

  #release(frame: Frame): void {
    const bytes = Buffer.from(frame.bytes);
    this.#released.update(bytes);
    this.#ready.push(bytes);
  }

  #flush(): Buffer {
    const bytes = Buffer.concat(this.#ready);
    this.#ready = [];
    return bytes;
  }
}

/** What was settled, without its first characters; of what reaches over them, the rest. */
function withoutStart(settled: Settled, skip: number): Settled {
  if (skip === 0) return settled;
  const dropped = Math.min(skip, settled.text.length);
  const findings = settled.findings
    .filter(({ end }) => end > dropped)
    .map((finding) => ({
      ...finding,
      start: Math.max(0, finding.start - dropped),
      end: finding.end - dropped,
    }));
  return { ...settled, text: settled.text.slice(dropped), findings };
}

const OVERFLOW = "more text had to be held back than this gateway holds";

/** A tool without parameters is called with nothing, or with an empty object. */
function parseInput(text: string): unknown {
  if (text === "") return {};
  const parsed = parseUnambiguous(text);
  return parsed.ok ? parsed.value : undefined;
}
