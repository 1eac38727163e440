import { readFileSync } from "node:fs";
import { type CompiledPolicy, POLICY_FORMAT, type RuleGroup } from "@writ/evaluator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { decodeArchive, encodeArchive } from "./archive.ts";
import {
  checkReplaces,
  compareRevisions,
  generateKeys,
  openBundle,
  packBundle,
  parsePrivateKey,
  parsePublicKey,
} from "./index.ts";
import { digest, encodeCanonical, type Manifest, parseManifest } from "./manifest.ts";
import { signManifest } from "./signature.ts";

const at = (file: string, start: number) => ({ file, start, end: start + 4, line: 1, column: 1 });
const group: RuleGroup = {
  path: ["a", "p"],
  kind: "complete",
  clauses: [
    {
      id: "a.p#1",
      source: at("a.rego", 10),
      slots: 0,
      body: [
        { op: "check", expr: { op: "input" }, source: at("b.rego", 20) },
        // A constant may look like anything.
        {
          op: "check",
          expr: { op: "const", value: { source: [0, 1, 2, 3, 4], op: "check", place: at("x", 1) } },
          source: at("a.rego", 30),
        },
        {
          op: "check",
          expr: { op: "const", value: JSON.parse('{"__proto__": {"a": [[], -1, null, "b"]}}') },
          source: at("a.rego", 40),
        },
      ],
      value: { op: "const", value: true },
    },
  ],
};
const policy: CompiledPolicy = {
  format: POLICY_FORMAT,
  shape: { kind: "any" },
  plan: { version: 1, groups: [group] },
  builtins: ["equal"],
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
    expect(result.ok && JSON.stringify(result.bundle.policy.plan)).toContain('"__proto__"');
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

  it.each([
    ["by an older compiler", { compiler: "writ-compiler/1" }, {}],
    ["to an older form", {}, { format: "writ.policy/1" }],
  ])("compiled %s is refused", (_name, manifestChange, policyChange) => {
    const archive = decodeArchive(pack().bytes);
    if (!archive.ok) throw new Error(archive.message);
    const read = (path: string): object =>
      JSON.parse(Buffer.from(archive.files.get(path) ?? "").toString()) as object;
    const changed = encodeCanonical({ ...read("policy.json"), ...policyChange });
    const before = read(".manifest") as Manifest;
    const manifest: Manifest = {
      ...before,
      files: { ...before.files, "policy.json": digest(changed) },
      ...manifestChange,
    };
    const files = new Map([
      ...archive.files,
      ["policy.json", changed],
      [".manifest", encodeCanonical(manifest)],
      [".signatures.json", encodeCanonical(signManifest(manifest, secret, "release"))],
    ]);
    const bytes = encodeArchive([...files].map(([path, content]) => ({ path, bytes: content })));
    expect(openBundle(bytes, keys)).toMatchObject({
      ok: false,
      error: { code: "bundle_incompatible", message: expect.stringContaining("form this version") },
    });
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

describe("an archive", () => {
  const file = (path: string, content = "x") => ({ path, bytes: Buffer.from(content) });
  /** Encoded with the sizes and names as given, then renamed in place. */
  const rename = (from: string, to: string): Buffer => {
    const bytes = encodeArchive([file("a"), file(from)]);
    bytes.write(to, bytes.indexOf(from), "latin1");
    return bytes;
  };
  it.each([
    ["whole", () => encodeArchive([file("a", ""), file("b/c.rego", "x".repeat(70_000))]), true],
    ["without files", () => encodeArchive([]), true],
    ["that leads out of its folder", () => encodeArchive([file("../a")]), false],
    ["with an absolute name", () => encodeArchive([file("/a")]), false],
    ["that names a file twice", () => encodeArchive([file("a"), file("a")]), false],
    ["with a name that was changed", () => rename("b", "a"), false],
    ["with nothing in it", () => Buffer.alloc(0), false],
    ["of zeros", () => Buffer.alloc(2048), false],
    ["cut in its header", () => encodeArchive([file("a")]).subarray(0, 12), false],
  ])("%s", (_name, make, isRead) => {
    expect(decodeArchive(make()).ok).toBe(isRead);
  });

  it("larger or with more files than is allowed is refused", () => {
    const bytes = encodeArchive([file("a"), file("b")]);
    expect(decodeArchive(bytes, { maxBytes: bytes.length, maxFiles: 2 }).ok).toBe(true);
    expect(decodeArchive(bytes, { maxBytes: bytes.length - 1, maxFiles: 2 }).ok).toBe(false);
    expect(decodeArchive(bytes, { maxBytes: bytes.length, maxFiles: 1 }).ok).toBe(false);
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

describe("a manifest", () => {
  const file = new URL("../../../../schemas/manifest.schema.json", import.meta.url);
  const validate = new Ajv2020().compile(JSON.parse(readFileSync(file, "utf8")));
  const { manifest } = pack("2026-11-20T08:30");
  const { roots: _, ...rootless } = manifest;
  const hash = "0".repeat(64);

  const cases: readonly (readonly [name: string, document: unknown, isTaken: boolean])[] = [
    ["as packed", manifest, true],
    ["with other roots", { ...manifest, roots: ["a", "b/c"] }, true],
    ["of another compiler", { ...manifest, compiler: "writ-compiler/1" }, true],
    ["with no files", { ...manifest, files: {} }, true],
    ["with a key that nothing understands", { ...manifest, time: "now" }, false],
    ["without a key", rootless, false],
    ["of another format", { ...manifest, format: "writ.bundle/2" }, false],
    ["with a revision that orders nothing", { ...manifest, revision: "v7" }, false],
    ["with a number as revision", { ...manifest, revision: 7 }, false],
    ["with roots that are no list", { ...manifest, roots: "" }, false],
    ["with a root that is no text", { ...manifest, roots: [1] }, false],
    ["with a compiler that is no text", { ...manifest, compiler: null }, false],
    ["with files as a list", { ...manifest, files: [hash] }, false],
    ["with no files at all", { ...manifest, files: null }, false],
    ["with a digest in capitals", { ...manifest, files: { a: "A".repeat(64) } }, false],
    ["with a digest cut short", { ...manifest, files: { a: hash.slice(1) } }, false],
    ["with a digest that goes on", { ...manifest, files: { a: `${hash}\n` } }, false],
    ["with a schema that is no digest", { ...manifest, inputSchema: hash }, false],
    ["that is a list", [manifest], false],
    ["that is null", null, false],
  ];

  it.each(cases)("%s is read or not as its schema says", (_name, document, isTaken) => {
    const read = parseManifest(Buffer.from(JSON.stringify(document)));
    expect([validate(document), read !== undefined]).toEqual([isTaken, isTaken]);
  });
});
