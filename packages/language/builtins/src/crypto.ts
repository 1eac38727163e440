// Digests and message authentication codes, in hexadecimal, and keys as JSON Web Keys.

import {
  createHash,
  createHmac,
  createPrivateKey,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto";
import { type Builtin, BuiltinError, parseJson, type Value } from "@writ/evaluator";
import { decodeUtf8, fromBase64 } from "./bytes.ts";
import { COUNTED, LINEAR, perCharacter, plus } from "./cost.ts";
import { any, boolean, define, objectOf, string } from "./define.ts";

const jwk = objectOf(string, any);
const BLOCK = /-----BEGIN ([A-Z ]+)-----[^-]*-----END \1-----/g;

export const crypto: readonly Builtin[] = [
  ...["md5", "sha1", "sha256"].map((name) =>
    define(`crypto.${name}`, [string], string, perCharacter(0.2), (text: string) =>
      createHash(name).update(text).digest("hex"),
    ),
  ),
  ...["md5", "sha1", "sha256", "sha512"].map((name) =>
    define(
      `crypto.hmac.${name}`,
      [string, string],
      string,
      plus(100, perCharacter(0.2)),
      (text: string, key: string) => createHmac(name, key).update(text).digest("hex"),
    ),
  ),
  define("crypto.hmac.equal", [string, string], boolean, LINEAR, (a: string, b: string) => {
    const [left, right] = [Buffer.from(a), Buffer.from(b)];
    return left.length === right.length && timingSafeEqual(left, right);
  }),
  define(
    "crypto.x509.parse_rsa_private_key",
    [string],
    jwk,
    plus(20_000, perCharacter(1)),
    (text: string) => {
      const [pem] = pemBlocks(text).filter(({ type }) => /PRIVATE KEY$/.test(type));
      if (pem === undefined) throw new BuiltinError("failed to parse PEM block");
      const key = privateKey(pem.text);
      if (key.asymmetricKeyType !== "rsa") throw new BuiltinError("the key is no RSA key");
      return jwkOf(key);
    },
  ),
  define("crypto.parse_private_keys", [string], any, COUNTED, (text: string) => {
    if (text === "") return null;
    const keys = pemBlocks(text).filter(({ type }) => /PRIVATE KEY$/.test(type));
    return keys.map((block) => goKey(privateKey(block.text)));
  }),
];

/** PEM, or PEM in base64; throws BuiltinError for anything else. */
export function pemBlocks(
  text: string,
): readonly { readonly type: string; readonly text: string }[] {
  const pem = text.startsWith("-----BEGIN") ? text : decodeUtf8(base64(text));
  return [...pem.matchAll(BLOCK)].map(([block, type = ""]) => ({ type, text: block }));
}

export function base64(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined)
    throw new BuiltinError(
      `illegal base64 data at input byte ${Math.max(0, text.search(/[^A-Za-z0-9+/]/))}`,
    );
  return bytes;
}

export function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new BuiltinError("failed to parse a private key", { cause: error });
  }
}

function jwkOf(key: KeyObject): Value {
  return parseJson(JSON.stringify(key.export({ format: "jwk" })));
}

/** A private key in the members of Go's type, its integers in full. */
function goKey(key: KeyObject): Value {
  const exported = key.export({ format: "jwk" });
  const integer = (text = ""): Value =>
    parseJson(BigInt(`0x${Buffer.from(text, "base64url").toString("hex") || "0"}`).toString());
  if (key.asymmetricKeyType === "rsa") {
    const { n, e, d, p, q, dp, dq, qi } = exported;
    return {
      N: integer(n),
      E: integer(e),
      D: integer(d),
      Primes: [integer(p), integer(q)],
      Precomputed: { Dp: integer(dp), Dq: integer(dq), Qinv: integer(qi), CRTValues: [] },
    };
  }
  if (key.asymmetricKeyType === "ec") {
    const { crv = "", x, y, d } = exported;
    return { Curve: { Name: crv }, X: integer(x), Y: integer(y), D: integer(d) };
  }
  return Buffer.from(exported.d ?? "", "base64url").toString("base64");
}
