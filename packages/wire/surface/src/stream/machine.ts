// The life of a streamed answer and of each block in it: start, deltas, stop, in that order and once. Clients
// put blocks together in different ways when frames come in another order, so whatever is out of order is a
// violation: nobody can say what a client would make of it.

import type { DeltaKind, StreamStep } from "./stream-frame.ts";

/** Where an API leaves a start out. */
export interface MachineOptions {
  /** The first block or delta starts the message. */
  readonly impliesMessage: boolean;
  /** A delta that is no tool's starts its block. */
  readonly impliesBlocks: boolean;
  /** Blocks are counted from 0 without a gap: clients put a part where they count it to. They rise otherwise. */
  readonly countsBlocks: boolean;
}

interface BlockState {
  readonly of: DeltaKind | undefined;
  /** The parameters have come with the start. */
  readonly isWhole: boolean;
  readonly isOpen: boolean;
}

type DeltaStep = Extract<StreamStep, { kind: "delta" }>;
type BlockStep = Extract<StreamStep, { kind: "block-start" | "delta" | "block-stop" }>;

const MAX_BLOCKS = 10_000;
const MAX_ADDITIONS = 100;

export class StreamMachine {
  readonly #options: MachineOptions;
  readonly #blocks = new Map<string, BlockState>();
  /** One block at a time: parts of two that come by turns are put together in more than one way. */
  #open: string | undefined;
  #state: "new" | "open" | "stopped" | "over" = "new";
  #lastIndex = -1;
  /** It is said why the answer ends. */
  #isClosing = false;
  #isFailed = false;
  #mayEnd = false;
  #additions = 0;

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  /** An answer that ends here is whole. */
  get isComplete(): boolean {
    return this.#mayEnd || this.#hasStopped;
  }

  get #hasStopped(): boolean {
    return this.#state === "stopped" || this.#state === "over";
  }

  /** The service has given up. */
  get isFailed(): boolean {
    return this.#isFailed;
  }

  /** What the open block is made of, as far as that is known. */
  get openKind(): DeltaKind | undefined {
    return this.#open === undefined ? undefined : this.#blocks.get(this.#open)?.of;
  }

  /** Takes a step; says what is wrong with one that cannot be taken here. */
  take(step: StreamStep): string | undefined {
    if (this.#isFailed) return "a frame after the service gave up";
    switch (step.kind) {
      case "failure":
        this.#isFailed = true;
        return undefined;
      case "message-start":
        if (this.#state !== "new") return "a second start of the message";
        this.#state = "open";
        return undefined;
      case "block-start":
      case "delta":
      case "block-stop":
        return this.#takeBlock(step);
      case "stop":
        return this.#takeStop();
      case "after-stop":
        if (this.#state !== "stopped") return "a closing frame before the end, or a second one";
        this.#state = "over";
        return undefined;
      case "may-end":
        this.#mayEnd = true;
        return undefined;
      case "addition":
        return this.#takeAddition();
      case "closing":
        this.#isClosing = true;
        return this.#hasStopped ? "a frame after the end" : undefined;
      case "aside":
        return this.#hasStopped ? "a frame after the end" : undefined;
    }
  }

  #takeBlock(step: BlockStep): string | undefined {
    if (this.#state === "new") {
      if (!this.#options.impliesMessage) return "a block before the start of the message";
      this.#state = "open";
    }
    if (this.#hasStopped) return "a block after the end";
    const block = this.#blocks.get(step.block);
    if (block === undefined && this.#blocks.size >= MAX_BLOCKS) return "too many blocks";
    if (this.#open !== undefined && this.#open !== step.block) return "blocks that overlap";
    if (this.#isClosing) return "a block after the reason of the end";
    if (block === undefined && !this.#isNext(Number(step.block))) return "blocks out of order";
    if (step.kind === "block-stop") return this.#takeBlockStop(step.block, block);
    if (step.kind === "delta") return this.#takeDelta(step, block);
    if (block !== undefined) return "a second start of a block";
    this.#set(step.block, step.of, step.tool?.input !== undefined);
    return undefined;
  }

  #isNext(index: number): boolean {
    const isNext = this.#options.countsBlocks
      ? index === this.#blocks.size
      : index > this.#lastIndex;
    if (isNext) this.#lastIndex = index;
    return isNext;
  }

  #takeBlockStop(name: string, block: BlockState | undefined): string | undefined {
    if (block?.isOpen === false) return "a second stop of a block";
    if (block === undefined && !this.#options.impliesBlocks)
      return "the stop of a block that was not started";
    this.#blocks.set(name, { of: block?.of, isWhole: false, isOpen: false });
    this.#open = undefined;
    return undefined;
  }

  #takeDelta(
    { block: name, of, impliesBlock = this.#options.impliesBlocks }: DeltaStep,
    block: BlockState | undefined,
  ): string | undefined {
    if (block === undefined) {
      if (!impliesBlock || of === "tool") return "a part of a block before its start";
      this.#set(name, of === "other" ? undefined : of, false);
      return undefined;
    }
    if (!block.isOpen) return "a part of a block after its stop";
    if (of === "tool" || block.of === "tool") {
      if (block.of !== of) return "parts of different kinds in one block";
      return block.isWhole ? "more parameters than the tool call began with" : undefined;
    }
    if (of === "other" || of === block.of) return undefined;
    if (block.of !== undefined) return "parts of different kinds in one block";
    this.#set(name, of, false);
    return undefined;
  }

  /** So many that they cannot fill the memory of an answer that is over. */
  #takeAddition(): string | undefined {
    this.#additions += 1;
    return this.#additions > MAX_ADDITIONS ? "too many additions" : undefined;
  }

  #takeStop(): string | undefined {
    if (this.#hasStopped) return "a second end";
    if (this.#state === "new") return "an end before the start";
    const open = this.#open === undefined ? undefined : this.#blocks.get(this.#open);
    if (open?.of === "tool") return "an end inside a tool call";
    this.#state = "stopped";
    return undefined;
  }

  #set(name: string, of: DeltaKind | undefined, isWhole: boolean): void {
    this.#blocks.set(name, { of, isWhole, isOpen: true });
    this.#open = name;
  }
}
