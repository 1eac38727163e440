// Digests of a streamed answer: of the frames that were inspected, and of the bytes that have left.

import { createHash, type Hash } from "node:crypto";
import type { Digest } from "../digest.ts";

export class StreamDigests {
  readonly #inspected = createHash("sha256");
  readonly #released = createHash("sha256");

  inspect(bytes: Uint8Array): void {
    this.#inspected.update(bytes);
  }

  release(bytes: Uint8Array): void {
    this.#released.update(bytes);
  }

  soFar(): { readonly inspected: Digest; readonly released: Digest } {
    return { inspected: digest(this.#inspected), released: digest(this.#released) };
  }
}

function digest(hash: Hash): Digest {
  return `sha256:${hash.copy().digest("hex")}`;
}
