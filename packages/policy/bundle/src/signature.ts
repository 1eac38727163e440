// Signing a manifest: Ed25519 (RFC 8032), nothing else. Which keys are trusted, and under which ids, is
// said by whoever verifies; nothing in the bundle can choose a key or an algorithm.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { encodeCanonical, type Manifest } from "./manifest.ts";

/** The content of `.signatures.json`. */
export interface Signatures {
  readonly signatures: readonly { readonly keyId: string; readonly signature: string }[];
}

/** Keeps a bundle's signature from being good for anything else that is signed. */
const CONTEXT = Buffer.from("writ.bundle/1 manifest\n", "utf8");

export function signManifest(manifest: Manifest, key: KeyObject, keyId: string): Signatures {
  const signature = sign(null, signedBytes(manifest), key).toString("base64");
  return { signatures: [{ keyId, signature }] };
}

export function verifyManifest(manifest: Manifest, signature: string, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, "base64");
  return (
    bytes.length === 64 &&
    bytes.toString("base64") === signature &&
    verify(null, signedBytes(manifest), key, bytes)
  );
}

/** A key, or what is wrong with the text, to follow its name. */
export type KeyResult =
  | { readonly ok: true; readonly key: KeyObject }
  | { readonly ok: false; readonly message: string };

/** An Ed25519 private key in PEM (PKCS #8). */
export function parsePrivateKey(pem: string): KeyResult {
  return parseKey(() => createPrivateKey(pem), "private");
}

/** An Ed25519 public key in PEM (SPKI). */
export function parsePublicKey(pem: string): KeyResult {
  // createPublicKey would take a private key too; a secret must not lie where a public key belongs.
  if (pem.includes("PRIVATE KEY"))
    return { ok: false, message: "is a private key, not a public one" };
  return parseKey(() => createPublicKey(pem), "public");
}

/** A new key pair, both in PEM. */
export function generateKeys(): { readonly privateKey: string; readonly publicKey: string } {
  const pair = generateKeyPairSync("ed25519");
  return {
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

export function parseSignatures(bytes: Uint8Array): Signatures | undefined {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<Signatures> | null;
    const signatures = value?.signatures;
    const isValid =
      Array.isArray(signatures) &&
      signatures.length <= 16 &&
      signatures.every(
        (entry) => typeof entry?.keyId === "string" && typeof entry.signature === "string",
      );
    return isValid ? { signatures } : undefined;
  } catch {
    return undefined;
  }
}

function signedBytes(manifest: Manifest): Buffer {
  return Buffer.concat([CONTEXT, encodeCanonical(manifest)]);
}

function parseKey(read: () => KeyObject, kind: string): KeyResult {
  try {
    const key = read();
    return key.asymmetricKeyType === "ed25519"
      ? { ok: true, key }
      : { ok: false, message: `is not an Ed25519 key but ${key.asymmetricKeyType ?? "unknown"}` };
  } catch {
    return { ok: false, message: `is not a ${kind} key in PEM` };
  }
}
