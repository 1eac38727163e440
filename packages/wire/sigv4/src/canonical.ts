// The canonical request and string to sign of Signature Version 4, from the bytes that were received
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). The path is
// encoded once more than on the wire, as every service but S3 wants it.

import { createHash } from "node:crypto";

export interface CanonicalInput {
  readonly method: string;
  /** The raw request target. */
  readonly target: string;
  /** Name and value by turns, as received. */
  readonly rawHeaders: readonly string[];
  /** Lower case, in the order of the signature. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** Dot segments and empty segments are removed before encoding: true unless told. */
  readonly normalize?: boolean;
}

export function canonicalRequest(input: CanonicalInput): string {
  const { method, target, signedHeaders, payloadHash, normalize = true } = input;
  const question = target.indexOf("?");
  const path = question < 0 ? target : target.slice(0, question);
  const query = question < 0 ? "" : target.slice(question + 1);
  const headers = canonicalHeaders(input.rawHeaders, signedHeaders);
  return [
    method,
    canonicalPath(path, normalize),
    canonicalQuery(query),
    headers,
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

export function stringToSign(amzDate: string, scope: string, canonical: string): string {
  const hash = createHash("sha256").update(canonical, "utf8").digest("hex");
  return `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${hash}`;
}

const UNRESERVED = /^[A-Za-z0-9\-_.~]$/;
const encoded = new Map<number, string>();

/** Percent-encodes every byte that RFC 3986 does not leave unreserved. The text is UTF-8, or latin1 bytes of it. */
function encodeBytes(bytes: Uint8Array, keep = ""): string {
  let out = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (UNRESERVED.test(character) || keep.includes(character)) {
      out += character;
      continue;
    }
    let escaped = encoded.get(byte);
    if (escaped === undefined) {
      escaped = `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
      encoded.set(byte, escaped);
    }
    out += escaped;
  }
  return out;
}

function canonicalPath(path: string, normalize: boolean): string {
  const normal = normalize ? removeDots(path) : path;
  return encodeBytes(toBytes(normal === "" ? "/" : normal), "/");
}

function removeDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "." && segment !== "") kept.push(segment);
  }
  const isFolder = /\/\.{0,2}$/.test(path) && kept.length > 0;
  return `/${kept.join("/")}${isFolder ? "/" : ""}`;
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const [name, value] =
        equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [encodeBytes(decodePercent(name)), encodeBytes(decodePercent(value))] as const;
    });
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** Values of one name in the order received, trimmed, inner space as one, joined by a comma alone. */
function canonicalHeaders(rawHeaders: readonly string[], signedHeaders: readonly string[]): string {
  const values = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const list = values.get(name) ?? [];
    list.push((rawHeaders[index + 1] as string).trim().replace(/\s+/g, " "));
    values.set(name, list);
  }
  return signedHeaders.map((name) => `${name}:${(values.get(name) ?? []).join(",")}\n`).join("");
}

function decodePercent(text: string): Uint8Array {
  const bytes = toBytes(text);
  const out: number[] = [];
  for (let index = 0; index < bytes.length; index += 1) {
    const hex = bytes[index] === 0x25 ? text.slice(index + 1, index + 3) : "";
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      out.push(Number.parseInt(hex, 16));
      index += 2;
    } else out.push(bytes[index] as number);
  }
  return Uint8Array.from(out);
}

/** Node gives targets as latin1: one character a byte. */
function toBytes(text: string): Uint8Array {
  const isLatin1 = [...text].every((character) => character <= "\u00ff");
  return Buffer.from(text, isLatin1 ? "latin1" : "utf8");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
