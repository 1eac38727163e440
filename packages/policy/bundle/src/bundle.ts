// Packing a compiled policy with its sources, and opening one again. OPA's layout (`.manifest`,
// `data.json`, the modules, `.signatures.json`), so OPA's tools can read it, plus the compiled policy,
// which is all that a gateway evaluates: `policy.json`, the trees, and `rules.json`, the rules they leave
// something of open and those that are asked for by name.

import type { KeyObject } from "node:crypto";
import {
  type CompiledPolicy,
  jsonText,
  type Plan,
  POLICY_FORMAT,
  parseJson,
  type Value,
} from "@writ/evaluator";
import { type ArchiveFile, decodeArchive, encodeArchive } from "./archive.ts";
import {
  digest,
  encodeCanonical,
  type Manifest,
  type PolicyHash,
  parseManifest,
  policyHash,
} from "./manifest.ts";
import { type PackedPlan, packPlan, unpackPlan } from "./packed-plan.ts";
import { isRevision } from "./revision.ts";
import { parseSignatures, signManifest, verifyManifest } from "./signature.ts";

const MANIFEST = ".manifest";
const SIGNATURES = ".signatures.json";
const POLICY = "policy.json";
const PLAN = "rules.json";
const DATA = "data.json";

/** Of the compiled form: a gateway refuses a policy compiled to a form it does not know. */
export const COMPILER_VERSION = "writ-compiler/2";

/** What goes into a bundle; without `sign` it is not signed. */
export interface PackOptions {
  readonly policy: CompiledPolicy;
  /** The policy files as written, by path relative to the policy set, for reading and replay. */
  readonly sources: readonly ArchiveFile[];
  readonly revision: string;
  /** The input schema with its vocabularies filled in. */
  readonly inputSchema: unknown;
  readonly sign?: { readonly key: KeyObject; readonly keyId: string };
}

/** A bundle as bytes, and what names it. */
export interface PackedBundle {
  readonly bytes: Buffer;
  readonly policyHash: PolicyHash;
  readonly manifest: Manifest;
}

/** The same policy set, revision and compiler give the same hash, and the same bytes but for the signature. */
export function packBundle(options: PackOptions): PackedBundle {
  const { policy, revision, sources } = options;
  if (!isRevision(revision)) throw new Error("the revision was not checked");
  const { data, plan, ...compiled } = policy;
  const files: ArchiveFile[] = [
    ...sources,
    // Numbers may have more digits than JavaScript's: values are written, not objects.
    { path: DATA, bytes: Buffer.from(jsonText(data as Value), "utf8") },
    { path: POLICY, bytes: encodeCanonical(compiled) },
    { path: PLAN, bytes: encodeCanonical(packPlan(plan)) },
  ];
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const manifest: Manifest = {
    format: "writ.bundle/1",
    revision,
    roots: [""],
    files: Object.fromEntries(sorted.map(({ path, bytes }) => [path, digest(bytes)])),
    compiler: COMPILER_VERSION,
    inputSchema: `sha256:${digest(encodeCanonical(options.inputSchema))}`,
  };
  files.push({ path: MANIFEST, bytes: encodeCanonical(manifest) });
  if (options.sign !== undefined) {
    const signatures = signManifest(manifest, options.sign.key, options.sign.keyId);
    files.push({ path: SIGNATURES, bytes: encodeCanonical(signatures) });
  }
  return { bytes: encodeArchive(files), policyHash: policyHash(manifest), manifest };
}

/** Why a bundle is refused: no bundle, no signature, a wrong one, not what was signed, or not for this version. */
export type BundleErrorCode =
  | "bundle_unreadable"
  | "bundle_unsigned"
  | "bundle_signature_invalid"
  | "bundle_altered"
  | "bundle_incompatible";

/** A bundle that was opened: what it decides by, and the hash that names it. */
export interface Bundle {
  readonly policyHash: PolicyHash;
  readonly manifest: Manifest;
  readonly policy: CompiledPolicy;
  /** Of the key whose signature was verified. */
  readonly keyId?: string;
}

/** A bundle, or why there is none; nothing of a refused bundle is used. */
export type OpenResult =
  | { readonly ok: true; readonly bundle: Bundle }
  | {
      readonly ok: false;
      readonly error: { readonly code: BundleErrorCode; readonly message: string };
    };

/** Public keys by id, from configuration. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

/**
 * Opens and verifies a bundle: signed by one of the trusted keys, every file as the manifest says, no
 * file besides, compiled to a form this version runs.
 */
export function openBundle(bytes: Uint8Array, keys: TrustedKeys): OpenResult {
  return open(bytes, (manifest, files) => {
    const signatures = files.get(SIGNATURES);
    if (signatures === undefined) return failed("bundle_unsigned", "the bundle is not signed");
    const parsed = parseSignatures(signatures);
    if (parsed === undefined)
      return failed("bundle_signature_invalid", "the bundle's .signatures.json cannot be read");
    for (const { keyId, signature } of parsed.signatures) {
      const key = keys.get(keyId);
      if (key !== undefined && verifyManifest(manifest, signature, key)) return { ok: true, keyId };
    }
    const known = parsed.signatures.some(({ keyId }) => keys.has(keyId));
    return failed(
      "bundle_signature_invalid",
      known
        ? "the bundle's signature does not verify"
        : "the bundle is signed by no key that is trusted here",
    );
  });
}

/** Opens a bundle without asking who signed it: for tools that show, test or compare, never for enforcing. */
export function inspectBundle(bytes: Uint8Array): OpenResult {
  return open(bytes, () => ({ ok: true }));
}

type SignatureCheck =
  | { readonly ok: true; readonly keyId?: string }
  | Extract<OpenResult, { ok: false }>;

function open(
  bytes: Uint8Array,
  checkSignature: (manifest: Manifest, files: ReadonlyMap<string, Uint8Array>) => SignatureCheck,
): OpenResult {
  const archive = decodeArchive(bytes);
  if (!archive.ok) return failed("bundle_unreadable", archive.message);
  const { files } = archive;
  const manifestBytes = files.get(MANIFEST);
  const manifest = manifestBytes === undefined ? undefined : parseManifest(manifestBytes);
  if (manifest === undefined)
    return failed("bundle_unreadable", "the bundle has no readable .manifest");
  // The signature comes first: nothing else of an untrusted bundle is looked at before it holds.
  const signed = checkSignature(manifest, files);
  if (!signed.ok) return signed;
  const altered = findAltered(manifest, files);
  if (altered !== undefined) return failed("bundle_altered", altered);
  if (manifest.compiler !== COMPILER_VERSION) {
    return failed(
      "bundle_incompatible",
      "the bundle was compiled to a form this version does not run; build it again",
    );
  }
  const policy = readPolicy(files);
  if (policy === undefined)
    return failed(
      "bundle_incompatible",
      "the bundle's policy.json is of a form this version does not run",
    );
  const keyId = signed.keyId === undefined ? {} : { keyId: signed.keyId };
  return { ok: true, bundle: { policyHash: policyHash(manifest), manifest, policy, ...keyId } };
}

function findAltered(
  manifest: Manifest,
  files: ReadonlyMap<string, Uint8Array>,
): string | undefined {
  for (const [path, bytes] of files) {
    if (path === MANIFEST || path === SIGNATURES) continue;
    if (!Object.hasOwn(manifest.files, path))
      return `the bundle holds \`${path}\`, which its manifest does not name`;
    if (manifest.files[path] !== digest(bytes)) return `\`${path}\` is not what the manifest says`;
  }
  const missing = Object.keys(manifest.files).find((path) => !files.has(path));
  return missing === undefined ? undefined : `the bundle lacks \`${missing}\``;
}

function readPolicy(files: ReadonlyMap<string, Uint8Array>): CompiledPolicy | undefined {
  const compiled = readJson(files.get(POLICY), JSON.parse) as
    | Omit<CompiledPolicy, "data" | "plan">
    | undefined;
  const data = readJson(files.get(DATA), parseJson) as CompiledPolicy["data"] | undefined;
  const planBytes = files.get(PLAN);
  if (compiled?.format !== POLICY_FORMAT || typeof data !== "object" || data === null)
    return undefined;
  if (planBytes === undefined) return undefined;
  let plan: Plan | undefined;
  return {
    ...compiled,
    data,
    // Most of a large policy, and most decisions ask for none of it.
    get plan() {
      plan ??= unpackPlan(JSON.parse(Buffer.from(planBytes).toString("utf8")) as PackedPlan);
      return plan;
    },
  };
}

function readJson(bytes: Uint8Array | undefined, parse: (text: string) => unknown): unknown {
  if (bytes === undefined) return undefined;
  try {
    return parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

function failed(code: BundleErrorCode, message: string): Extract<OpenResult, { ok: false }> {
  return { ok: false, error: { code, message } };
}
