import type { CompiledPolicy } from "@writ/evaluator";
import { describe, expect, it } from "vitest";
import { encodeArchive } from "./archive.ts";
import {
  checkReplaces,
  compareRevisions,
  generateKeys,
  openBundle,
  packBundle,
  parsePrivateKey,
  parsePublicKey,
} from "./index.ts";

const policy: CompiledPolicy = {
  format: "writ.policy/1",
  shape: { kind: "any" },
  plan: { version: 1, groups: [] },
  trees: {
    clauses: [],
    residuals: [],
    roots: {
      allow: { kind: "leaf", clauses: [] },
      deny: { kind: "leaf", clauses: [] },
      redact: { kind: "leaf", clauses: [] },
      oblige: { kind: "leaf", clauses: [] },
    },
  },
  data: { b: 1, a: [1, 2] },
};
const sources = [
  { path: "b.rego", bytes: Buffer.from("package b\n") },
  { path: "a.rego", bytes: Buffer.from("package a\n") },
];

function keyPair() {
  const { privateKey, publicKey } = generateKeys();
  const secret = parsePrivateKey(privateKey);
  const open = parsePublicKey(publicKey);
  if (!secret.ok || !open.ok) throw new Error("generated keys must parse");
  return { secret: secret.key, open: open.key };
}

const { secret, open } = keyPair();
const keys = new Map([["release", open]]);
const pack = (revision = "7", order = sources) =>
  packBundle({
    policy,
    sources: order,
    revision,
    inputSchema: {},
    sign: { key: secret, keyId: "release" },
  });

describe("a bundle", () => {
  it("is the same bytes and hash whatever the order of its sources", () => {
    const a = pack("7", sources);
    const b = pack("7", [...sources].reverse());
    expect(b.policyHash).toBe(a.policyHash);
    expect(b.bytes.equals(a.bytes)).toBe(true);
  });

  it("opens with the key it was signed by and gives the policy back", () => {
    const result = openBundle(pack().bytes, keys);
    expect(result.ok && result.bundle.policy).toEqual(policy);
    expect(result.ok && result.bundle.policyHash).toBe(pack().policyHash);
  });

  it("has the same hash signed or not", () => {
    expect(packBundle({ policy, sources, revision: "7", inputSchema: {} }).policyHash).toBe(
      pack().policyHash,
    );
  });

  it("has another hash for another revision, source or datum", () => {
    const hashes = [
      pack("7"),
      pack("8"),
      pack("7", [...sources, { path: "c.rego", bytes: Buffer.from("package c\n") }]),
      packBundle({ policy: { ...policy, data: {} }, sources, revision: "7", inputSchema: {} }),
    ].map(({ policyHash }) => policyHash);
    expect(new Set(hashes).size).toBe(4);
  });

  it.each([
    [
      "unsigned",
      () => packBundle({ policy, sources, revision: "7", inputSchema: {} }).bytes,
      "bundle_unsigned",
    ],
    [
      "signed by another key of the same id",
      () =>
        packBundle({
          policy,
          sources,
          revision: "7",
          inputSchema: {},
          sign: { key: keyPair().secret, keyId: "release" },
        }).bytes,
      "bundle_signature_invalid",
    ],
    [
      "signed under an id that is not trusted",
      () =>
        packBundle({
          policy,
          sources,
          revision: "7",
          inputSchema: {},
          sign: { key: secret, keyId: "other" },
        }).bytes,
      "bundle_signature_invalid",
    ],
    ["not a bundle", () => Buffer.from("hello"), "bundle_unreadable"],
    ["an archive without manifest", () => encodeArchive(sources), "bundle_unreadable"],
  ])("%s is refused", (_name, make, code) => {
    const result = openBundle(make(), keys);
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  it("is refused with one bit of any byte flipped", () => {
    const { bytes } = pack();
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] as number) ^ (1 << ((at * 5 + (at >> 3)) & 7));
      expect(openBundle(flipped, keys).ok, `byte ${at}`).toBe(false);
    }
  });

  it("is refused cut short or with bytes after it", () => {
    const { bytes } = pack();
    expect(openBundle(bytes.subarray(0, -1), keys).ok).toBe(false);
    expect(openBundle(Buffer.concat([bytes, Buffer.from([0])]), keys).ok).toBe(false);
  });
});

describe("revisions", () => {
  it.each([
    ["1", "2", -1],
    ["10", "9", 1],
    ["1.2", "1.2.1", -1],
    ["2026-11-20", "2026-11-19T23:59", 1],
    ["1.10", "1.9", 1],
    ["3", "3", 0],
  ])("%s against %s", (a, b, sign) => {
    expect(Math.sign(compareRevisions(a, b))).toBe(sign);
  });

  const running = { revision: "5", policyHash: "sha256:a" };
  it.each([
    ["later", { revision: "6", policyHash: "sha256:b" }, { ok: true }],
    ["the same bundle", running, { ok: true }],
    ["older", { revision: "4", policyHash: "sha256:b" }, { ok: false, code: "bundle_older" }],
    [
      "other content under the same revision",
      { revision: "5", policyHash: "sha256:b" },
      { ok: false, code: "revision_reused" },
    ],
  ])("replacing with %s", (_name, next, expected) => {
    expect(checkReplaces(next, running)).toEqual(expected);
  });
});
