// Keys for tokens: from PEM (certificates, public keys) and from JSON Web Keys, alone or in a set.

import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
  X509Certificate,
} from "node:crypto";
import { BuiltinError } from "@writ/evaluator";

export interface VerificationKey {
  /** The algorithm and id that a JWK names. */
  readonly alg?: string;
  readonly kid?: string;
  readonly key: KeyObject;
}

interface Jwk extends JsonWebKey {
  readonly alg?: string;
  readonly kid?: string;
}

const PEM = /^\s*-----BEGIN ([A-Z ]+)-----\s[^-]*-----END \1-----\r?\n?/;

/** Throws BuiltinError for anything that holds no public key. */
export function verificationKeys(text: string): readonly VerificationKey[] {
  const pem = PEM.exec(text);
  if (pem === null) return jwksOf(text).map(keyOfJwk);
  if (text.length > pem[0].length)
    throw new BuiltinError("extra data after a PEM certificate block");
  if (pem[1] === "CERTIFICATE")
    return [
      {
        key: attempt(
          () => new X509Certificate(text).publicKey,
          "failed to parse a PEM certificate",
        ),
      },
    ];
  if (pem[1] === "PUBLIC KEY")
    return [{ key: attempt(() => createPublicKey(text), "failed to parse a PEM public key") }];
  throw new BuiltinError("failed to extract a Key from the PEM certificate");
}

/** The key that signs, from a JWK; of a set, the first. */
export function signingKey(text: string): KeyObject {
  const [first] = jwksOf(text);
  if (first === undefined) throw new BuiltinError("the JWK set is empty");
  if (first.kty === "oct") return secretKey(first);
  return attempt(
    () => createPrivateKey({ key: first, format: "jwk" }),
    "failed to parse a JWK key",
  );
}

function jwksOf(text: string): readonly Jwk[] {
  const value = attempt(() => JSON.parse(text) as unknown, "failed to parse a JWK key (set)");
  if (typeof value !== "object" || value === null)
    throw new BuiltinError("failed to parse a JWK key (set)");
  const { keys } = value as { readonly keys?: unknown };
  return Array.isArray(keys) ? (keys as Jwk[]) : [value as Jwk];
}

function keyOfJwk(jwk: Jwk): VerificationKey {
  const key =
    jwk.kty === "oct"
      ? secretKey(jwk)
      : attempt(() => createPublicKey({ key: jwk, format: "jwk" }), "failed to parse a JWK key");
  return {
    key,
    ...(typeof jwk.alg === "string" ? { alg: jwk.alg } : {}),
    ...(typeof jwk.kid === "string" ? { kid: jwk.kid } : {}),
  };
}

function secretKey({ k }: Jwk): KeyObject {
  if (typeof k !== "string") throw new BuiltinError("failed to parse a JWK key: no `k`");
  return createSecretKey(Buffer.from(k, "base64url"));
}

export function attempt<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch (error) {
    throw new BuiltinError(message, { cause: error });
  }
}
