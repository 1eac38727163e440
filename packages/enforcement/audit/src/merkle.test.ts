import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  EMPTY_ROOT,
  Frontier,
  inclusionProof,
  leafHash,
  subtreeRoot,
  verifyInclusion,
} from "./merkle.ts";

/** The leaves and roots that the reference implementations of RFC 6962 are tested with. */
const leaves = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => leafHash(Buffer.from(hex, "hex")));
const roots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("the Merkle tree", () => {
  it("has the roots of RFC 6962", () => {
    const frontier = new Frontier();
    expect(frontier.root()).toEqual(EMPTY_ROOT);
    for (const [index, leaf] of leaves.entries()) {
      frontier.add(leaf);
      expect(frontier.root().toString("hex")).toBe(roots[index]);
    }
  });

  it("proves every leaf of every size, and nothing else", () => {
    const many = Array.from({ length: 40 }, (_unused, index) => leafHash(Buffer.from([index])));
    for (let size = 1; size <= many.length; size += 1) {
      const tree = subtreeRoot(many.slice(0, size));
      const root = tree(0, size);
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(index, size, tree);
        expect(verifyInclusion(many[index] as Buffer, index, size, proof, root)).toBe(true);
        expect(verifyInclusion(many[(index + 1) % 40] as Buffer, index, size, proof, root)).toBe(
          false,
        );
        expect(verifyInclusion(many[index] as Buffer, index + 1, size, proof, root)).toBe(false);
        expect(verifyInclusion(many[index] as Buffer, index, size, [...proof, root], root)).toBe(
          false,
        );
      }
    }
  });

  it("takes no proof of another form, whatever it leads to", () => {
    const [left, right] = leaves as [Buffer, Buffer];
    const node = (...parts: readonly Buffer[]): Buffer =>
      createHash("sha256")
        .update(Buffer.concat([Buffer.from([1]), ...parts]))
        .digest();
    expect(verifyInclusion(right, 1, 2, [left], node(left, right))).toBe(true);
    // Half a hash, and one above the root.
    const half = left.subarray(16);
    expect(verifyInclusion(right, 1, 2, [half], node(half, right))).toBe(false);
    expect(verifyInclusion(right, 0, 1, [left], node(left, right))).toBe(false);
    for (const [index, size] of [
      [-1, 1],
      [1, 1],
      [0, 0],
      [0, 1.5],
      [0, 2 ** 53],
    ] as const)
      expect(verifyInclusion(left, index, size, [], left), `${index} of ${size}`).toBe(false);
    expect(verifyInclusion(left, 0, 1, [], left)).toBe(true);
  });

  it("of nothing has the root of nothing, wherever that is", () => {
    expect(subtreeRoot([])(0, 0)).toEqual(EMPTY_ROOT);
    expect(subtreeRoot(leaves)(3, 3)).toEqual(EMPTY_ROOT);
  });
});
