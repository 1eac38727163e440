// Checkpoints: what the log says of itself at a size, signed. The text is C2SP tlog-checkpoint in a C2SP
// signed-note with one Ed25519 signature; the key is named by its verifier key (`vkey`). There is one way
// to write each, and parsing accepts no other.

import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Hash } from "./merkle.ts";

/** How long a log was, and the root of its tree then. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

export interface Signer {
  readonly origin: string;
  readonly vkey: string;
  sign(checkpoint: Checkpoint): string;
}

const ED25519 = 1;
/** The DER that comes before the 32 bytes of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

export function createSigner(origin: string, privateKey: KeyObject): Signer {
  const publicKey = createPublicKey(privateKey)
    .export({ format: "der", type: "spki" })
    .subarray(SPKI_PREFIX.length);
  const id = keyId(origin, publicKey);
  const vkey = `${origin}+${id.toString("hex")}+${Buffer.concat([Buffer.from([ED25519]), publicKey]).toString("base64")}`;
  return {
    origin,
    vkey,
    sign(checkpoint) {
      const text = encodeCheckpoint(checkpoint);
      const signature = sign(null, Buffer.from(text), privateKey);
      return `${text}\n\u2014 ${origin} ${Buffer.concat([id, signature]).toString("base64")}\n`;
    },
  };
}

function encodeCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString("base64")}\n`;
}

/** A key that checkpoints are verified with. */
export interface Verifier {
  readonly origin: string;
  readonly vkey: string;
  /** The checkpoint a signed note holds; undefined unless it is this log's, signed by this key, and written as it must be. */
  open(note: string): Checkpoint | undefined;
}

/** From a `vkey`; undefined when it is invalid. */
export function parseVerifierKey(vkey: string): Verifier | undefined {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey);
  const [, origin = "", id = "", encoded = ""] = match ?? [];
  const bytes = Buffer.from(encoded, "base64");
  const isCanonical =
    bytes.length === 33 && bytes[0] === ED25519 && bytes.toString("base64") === encoded;
  if (!isCanonical || keyId(origin, bytes.subarray(1)).toString("hex") !== id) return undefined;
  const key = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, bytes.subarray(1)]),
    format: "der",
    type: "spki",
  });
  return { origin, vkey, open: (note) => openNote(note, origin, Buffer.from(id, "hex"), key) };
}

/** An Ed25519 public key in PEM, as the `vkey` it is under an origin. */
export function verifierKeyOf(origin: string, pem: string): string | undefined {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== "ed25519") return undefined;
    const bytes = key.export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length);
    const tagged = Buffer.concat([Buffer.from([ED25519]), bytes]).toString("base64");
    return `${origin}+${keyId(origin, bytes).toString("hex")}+${tagged}`;
  } catch {
    return undefined;
  }
}

function openNote(
  note: string,
  origin: string,
  id: Buffer,
  key: KeyObject,
): Checkpoint | undefined {
  const match =
    /^([^\n]+)\n(\d+)\n([A-Za-z0-9+/]{43}=)\n\n\u2014 ([^\n ]+) ([A-Za-z0-9+/]+=*)\n$/.exec(note);
  if (match === null) return undefined;
  const [, name = "", digits = "", encoded = "", signer = "", signed = ""] = match;
  const checkpoint = { origin: name, size: Number(digits), root: Buffer.from(encoded, "base64") };
  const bytes = Buffer.from(signed, "base64");
  const isWellFormed =
    name === origin &&
    signer === origin &&
    String(checkpoint.size) === digits &&
    Number.isSafeInteger(checkpoint.size) &&
    checkpoint.root.toString("base64") === encoded &&
    bytes.length === 68 &&
    bytes.toString("base64") === signed &&
    bytes.subarray(0, 4).equals(id);
  if (!isWellFormed) return undefined;
  return verify(null, Buffer.from(encodeCheckpoint(checkpoint)), key, bytes.subarray(4))
    ? checkpoint
    : undefined;
}

/** C2SP signed-note: the first four bytes of a hash over the name, the algorithm and the key. */
function keyId(origin: string, publicKey: Uint8Array): Buffer {
  const hash = createHash("sha256")
    .update(`${origin}\n`)
    .update(Buffer.from([ED25519]))
    .update(publicKey);
  return hash.digest().subarray(0, 4);
}
