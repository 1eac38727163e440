// The manifest: what is in a bundle, file by file, and what made it. Its canonical JSON (RFC 8785) is
// what is hashed and signed, so the policy hash names every byte of the policy and nothing else: not the
// time, not the machine, not the key.

import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { REVISION } from "./revision.ts";

/** What a bundle says of itself. */
export interface Manifest {
  readonly format: "writ.bundle/1";
  /** Orders bundles: see revision.ts. */
  readonly revision: string;
  /** The package roots the bundle owns, for OPA's tools. */
  readonly roots: readonly string[];
  /** SHA-256 of each file, hex, by its path in the archive; sorted. */
  readonly files: { readonly [path: string]: string };
  readonly compiler: string;
  /** Digest of the input schema (with vocabularies) the policy was checked against. */
  readonly inputSchema: string;
}

/** Names a policy: SHA-256 of the manifest, in hex. */
export type PolicyHash = `sha256:${string}`;

/** `sha256:` over the manifest's canonical JSON. */
export function policyHash(manifest: Manifest): PolicyHash {
  return `sha256:${digest(encodeCanonical(manifest))}`;
}

export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function encodeCanonical(value: unknown): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("only JSON has a canonical form");
  return Buffer.from(text, "utf8");
}

/**
 * A manifest from untrusted bytes, as `schemas/manifest.schema.json` has it; undefined when it is none.
 * Unknown keys are refused: they would not be understood.
 */
export function parseManifest(bytes: Uint8Array): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const manifest = value as { readonly [key: string]: unknown };
  const isManifest =
    Object.keys(manifest).sort().join() === "compiler,files,format,inputSchema,revision,roots" &&
    manifest["format"] === "writ.bundle/1" &&
    isText(manifest["revision"], REVISION) &&
    typeof manifest["compiler"] === "string" &&
    isText(manifest["inputSchema"], /^sha256:[0-9a-f]{64}$/) &&
    Array.isArray(manifest["roots"]) &&
    manifest["roots"].every((root) => typeof root === "string") &&
    isDigests(manifest["files"]);
  return isManifest ? (value as Manifest) : undefined;
}

function isDigests(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((hash) => isText(hash, /^[0-9a-f]{64}$/));
}

function isText(value: unknown, form: RegExp): boolean {
  return typeof value === "string" && form.test(value);
}
