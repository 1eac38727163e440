// The frames of an answer that have not left, in the order they came: a frame leaves when everything in it is
// known and every frame before it has left.

import type { StreamStep } from "@writ/surface";
import type { Refused } from "../call.ts";

export interface QueuedFrame {
  readonly size: number;
  readonly steps: readonly StreamStep[];
  /** Frames of one tool call leave together. */
  readonly toolCall: object | undefined;
  /** Whether everything in it is known. */
  readonly isKnown: () => boolean;
  /** As it leaves, or why it cannot; asked for once. */
  readonly take: () => Buffer | Refused;
}

export class ReleaseQueue {
  #frames: QueuedFrame[] = [];
  #bytes = 0;

  /** Bytes of all frames that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#frames.length;
  }

  push(frame: QueuedFrame): void {
    this.#frames.push(frame);
    this.#bytes += frame.size;
  }

  /** The frames that may leave now. */
  release(): readonly QueuedFrame[] {
    let count = 0;
    for (; count < this.#frames.length; count += 1) {
      const frame = this.#frames[count] as QueuedFrame;
      if (!frame.isKnown()) break;
      this.#bytes -= frame.size;
    }
    if (count === 0) return [];
    const released = this.#frames.slice(0, count);
    this.#frames = this.#frames.slice(count);
    return released;
  }

  /** Gives up the frames of one tool call. */
  drop(toolCall: object): void {
    this.#frames = this.#frames.filter((frame) => frame.toolCall !== toolCall);
    this.#bytes = this.#frames.reduce((sum, { size }) => sum + size, 0);
  }

  /** The newest frame, of those that wait; the others are given up. */
  takeLast(): QueuedFrame | undefined {
    const last = this.#frames.at(-1);
    this.clear();
    return last;
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
  }
}
