// The Merkle tree of RFC 6962 section 2.1: a leaf is hashed with a 0 before it, a node with a 1. The tree
// of a growing log is kept as its frontier: the roots of the complete subtrees it is made of, largest
// first, which is all that is needed to add leaves and to know the root.

import { createHash } from "node:crypto";

/** SHA-256, 32 bytes. */
export type Hash = Buffer;

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** The hash of a record as a leaf. */
export function leafHash(record: Uint8Array): Hash {
  return createHash("sha256").update(LEAF).update(record).digest();
}

function nodeHash(left: Hash, right: Hash): Hash {
  return createHash("sha256").update(NODE).update(left).update(right).digest();
}

/** The root of no leaves. */
export const EMPTY_ROOT: Hash = createHash("sha256").digest();

export class Frontier {
  #size: number;
  #roots: readonly Hash[];

  constructor(size = 0, roots: readonly Hash[] = []) {
    this.#size = size;
    this.#roots = roots;
  }

  get size(): number {
    return this.#size;
  }

  get roots(): readonly Hash[] {
    return this.#roots;
  }

  copy(): Frontier {
    return new Frontier(this.#size, this.#roots);
  }

  add(leaf: Hash): void {
    const roots = [...this.#roots];
    let hash = leaf;
    // Each trailing one bit of the size is a complete subtree that the new one completes a larger with.
    for (let bits = this.#size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
      hash = nodeHash(roots.pop() as Hash, hash);
    }
    this.#roots = [...roots, hash];
    this.#size += 1;
  }

  root(): Hash {
    const [...roots] = this.#roots;
    let root = roots.pop();
    while (roots.length > 0 && root !== undefined) root = nodeHash(roots.pop() as Hash, root);
    return root ?? EMPTY_ROOT;
  }
}

/** How many subtrees a tree of this size is made of: its one bits. */
export function frontierLength(size: number): number {
  return size.toString(2).replaceAll("0", "").length;
}

/** RFC 6962 section 2.1.1: the hashes that lead from a leaf to the root. `hash(from, to)` is a subtree's root. */
export function inclusionProof(
  index: number,
  size: number,
  hash: (from: number, to: number) => Hash,
): readonly Hash[] {
  const path = (from: number, to: number): Hash[] => {
    if (to - from <= 1) return [];
    const middle = from + largestPowerBelow(to - from);
    return index < middle
      ? [...path(from, middle), hash(middle, to)]
      : [...path(middle, to), hash(from, middle)];
  };
  return path(0, size);
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (index < 0 || index >= size || !Number.isSafeInteger(size)) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0 || sibling.length !== 32) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && hash.equals(root);
}

/** The root of a subtree over leaf hashes, for proofs. */
export function subtreeRoot(leaves: readonly Hash[]): (from: number, to: number) => Hash {
  const root = (from: number, to: number): Hash => {
    if (to - from === 0) return EMPTY_ROOT;
    if (to - from === 1) return leaves[from] as Hash;
    const middle = from + largestPowerBelow(to - from);
    return nodeHash(root(from, middle), root(middle, to));
  };
  return root;
}

function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
