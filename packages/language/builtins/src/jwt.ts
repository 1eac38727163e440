// JSON Web Tokens in the compact form (RFC 7515, 7519): decoding, verifying, signing.

import { constants, createHmac, type KeyObject, sign, timingSafeEqual, verify } from "node:crypto";
import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  compareNumbers,
  divide,
  getMember,
  isArray,
  isNumber,
  isPlainObject,
  jsonText,
  type NumberValue,
  objectEntries,
  parseJson,
  type Value,
} from "@writ/evaluator";
import { perCharacter, plus } from "./cost.ts";
import {
  any,
  anyObject,
  boolean,
  define,
  defineNondeterministic,
  objectOf,
  string,
  tupleOf,
} from "./define.ts";
import { attempt, signingKey, type VerificationKey, verificationKeys } from "./jwk.ts";

interface Algorithm {
  readonly hash: "sha256" | "sha384" | "sha512" | null;
  /** The type of key it takes, as node:crypto names it. */
  readonly keyType: "rsa" | "ec" | "ed25519" | "secret";
  readonly pss?: true;
}

const SIZES = ["256", "384", "512"] as const;
const ALGORITHMS = new Map<string, Algorithm>([
  ...SIZES.flatMap((size): [string, Algorithm][] => {
    const hash = `sha${size}` as const;
    return [
      [`RS${size}`, { hash, keyType: "rsa" }],
      [`PS${size}`, { hash, keyType: "rsa", pss: true }],
      [`ES${size}`, { hash, keyType: "ec" }],
      [`HS${size}`, { hash, keyType: "secret" }],
    ];
  }),
  ["EdDSA", { hash: null, keyType: "ed25519" }],
]);

/** Reading a key takes longest, and signatures with it. */
const SIGNATURE = plus(20_000, perCharacter(1));
const NESTING_LIMIT = 10;
const decoded = tupleOf(anyObject, anyObject, string);

export const jwt: readonly Builtin[] = [
  define("io.jwt.decode", [string], decoded, perCharacter(1), (text: string) => {
    const { header, payload, signature } = decode(text);
    return [header, payload, signature.toString("hex")];
  }),
  defineNondeterministic(
    "io.jwt.decode_verify",
    [string, objectOf(string, any)],
    tupleOf(boolean, anyObject, anyObject),
    SIGNATURE,
    decodeVerify,
  ),
  ...[...ALGORITHMS].map(([name, algorithm]) =>
    define(
      `io.jwt.verify_${name.toLowerCase()}`,
      [string, string],
      boolean,
      SIGNATURE,
      (text: string, key: string) => verifyWith(algorithm, text, key),
    ),
  ),
  defineNondeterministic(
    "io.jwt.encode_sign",
    [anyObject, anyObject, anyObject],
    string,
    SIGNATURE,
    (header: Value, payload: Value, key: Value) =>
      encodeSign(jsonText(header), jsonText(payload), jsonText(key)),
  ),
  defineNondeterministic(
    "io.jwt.encode_sign_raw",
    [string, string, string],
    string,
    SIGNATURE,
    encodeSign,
  ),
];

/** A token taken apart: its parts as text, its header read. */
interface Token {
  readonly header: Value;
  readonly signed: string;
  readonly body: string;
  readonly signature: Buffer;
}

function take(text: string): Token {
  if (!text.includes(".")) throw new BuiltinError("encoded JWT had no period separators");
  const parts = text.split(".");
  if (parts.length !== 3)
    throw new BuiltinError(`encoded JWT must have 3 sections, found ${parts.length}`);
  const [head = "", body = "", tail = ""] = parts;
  const header = objectIn(base64url(head, "header").toString(), "bad JWT header");
  if (getMember(header, "enc") !== undefined)
    throw new BuiltinError("JWT is a JWE object, which is not supported");
  return {
    header,
    signed: `${head}.${body}`,
    body: base64url(body, "payload").toString(),
    signature: base64url(tail, "signature"),
  };
}

/** The innermost token of nested ones. */
function decode(text: string): {
  readonly header: Value;
  readonly payload: Value;
  readonly signature: Buffer;
} {
  let token = take(text);
  for (let depth = 0; getMember(token.header, "cty") === "JWT"; depth += 1) {
    if (depth > NESTING_LIMIT) throw new BuiltinError("JWTs are nested too deeply");
    token = take(token.body.replace(/^["']+|["']+$/g, ""));
  }
  const { header, body, signature } = token;
  return { header, payload: objectIn(body, "bad JWT payload"), signature };
}

function base64url(text: string, what: string): Buffer {
  const bare = text.replace(/=+$/, "");
  const bad = /[^A-Za-z0-9_-]/.exec(bare);
  if (bad !== null || bare.length % 4 === 1)
    throw new BuiltinError(
      `JWT ${what} had invalid encoding: illegal base64 data at input byte ${bad?.index ?? bare.length}`,
    );
  return Buffer.from(bare, "base64url");
}

function objectIn(text: string, what: string): Value {
  const value = attempt(() => parseJson(text), `${what}: invalid JSON`);
  if (!isPlainObject(value)) throw new BuiltinError(`${what}: decoded JSON type was not an Object`);
  return value;
}

function textIn(object: Value, name: string): string | undefined {
  const value = getMember(object, name);
  if (value === undefined || typeof value === "string") return value;
  throw new BuiltinError(`${name}: must be a string`);
}

function verifyWith(algorithm: Algorithm, text: string, keyText: string): boolean {
  if (algorithm.keyType === "secret") {
    const { signed, signature } = take(text);
    return isMac(algorithm, Buffer.from(keyText, "utf8"), signed, signature);
  }
  const keys = verificationKeys(keyText);
  return isSigned(take(text), keys, () => algorithm);
}

/** A key the token names by id is the only one tried; otherwise each that is for its algorithm. */
function isSigned(
  { header, signed, signature }: Token,
  keys: readonly VerificationKey[],
  algorithmOf: () => Algorithm,
): boolean {
  const kid = textIn(header, "kid");
  const alg = textIn(header, "alg");
  const named = kid === undefined || kid === "" ? undefined : keys.find((key) => key.kid === kid);
  const candidates =
    named === undefined ? keys.filter((key) => key.alg === undefined || key.alg === alg) : [named];
  return candidates.some(({ key }) => isSignature(algorithmOf(), key, signed, signature));
}

function isSignature(
  { hash, keyType, pss }: Algorithm,
  key: KeyObject,
  signed: string,
  signature: Buffer,
): boolean {
  if (key.asymmetricKeyType !== keyType) return false;
  const padding =
    pss === true
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
      : {};
  try {
    const options = { key, dsaEncoding: "ieee-p1363" as const, ...padding };
    return verify(hash, Buffer.from(signed), options, signature);
  } catch {
    return false;
  }
}

function isMac({ hash }: Algorithm, key: Buffer, signed: string, signature: Buffer): boolean {
  const mac = createHmac(hash ?? "sha256", key)
    .update(signed)
    .digest();
  return mac.length === signature.length && timingSafeEqual(mac, signature);
}

interface Constraints {
  readonly keys?: readonly VerificationKey[];
  readonly secret: string;
  readonly alg: string;
  readonly iss: string;
  readonly aud: string;
  /** Nanoseconds since 1970. */
  readonly time: NumberValue;
}

const UNVERIFIED: Value = [false, {}, {}];
const TEXT_CONSTRAINTS = ["secret", "alg", "iss", "aud", "cert"];

function constraintsOf(given: Value, context: BuiltinContext): Constraints {
  const texts: { [name: string]: string } = Object.create(null);
  for (const [key, value] of objectEntries(given) ?? []) {
    const name = String(key);
    if (name === "time") continue;
    if (!TEXT_CONSTRAINTS.includes(name))
      throw new BuiltinError(`unknown token validation constraint: ${name}`);
    if (typeof value !== "string") throw new BuiltinError(`${name} constraint: must be a string`);
    texts[name] = value;
  }
  const { cert, secret = "", alg = "", iss = "", aud = "" } = texts;
  const keys = cert === undefined ? undefined : verificationKeys(cert);
  if (keys !== undefined && secret !== "") throw new BuiltinError("duplicate key constraints");
  if (keys === undefined && secret === "") throw new BuiltinError("no key constraint");
  const time = timeConstraint(given) ?? nowIn(context);
  return { ...(keys === undefined ? {} : { keys }), secret, alg, iss, aud, time };
}

function timeConstraint(given: Value): NumberValue | undefined {
  const time = getMember(given, "time");
  if (time === undefined) return undefined;
  if (!isNumber(time)) throw new BuiltinError("token time constraint: must be a number");
  if (compareNumbers(time, 0) < 0)
    throw new BuiltinError("token time constraint: must not be negative");
  return time;
}

/** Only a token that is checked against the clock makes an evaluation depend on it. */
function nowIn(context: BuiltinContext): NumberValue {
  const now = context.cache.get("time.now_ns") ?? BigInt(Date.now()) * 1_000_000n;
  context.cache.set("time.now_ns", now);
  return Number(now as bigint);
}

function decodeVerify(text: string, given: Value, context: BuiltinContext): Value {
  const constraints = constraintsOf(given, context);
  let token = take(text);
  for (let depth = 0; ; depth += 1) {
    if (depth > NESTING_LIMIT) throw new BuiltinError("JWTs are nested too deeply");
    if (!isAcceptable(token, constraints)) return UNVERIFIED;
    if (textIn(token.header, "cty")?.toUpperCase() !== "JWT") break;
    token = take(token.body);
  }
  const payload = objectIn(token.body, "bad JWT payload");
  return areClaimsMet(payload, constraints) ? [true, token.header, payload] : UNVERIFIED;
}

const KNOWN_HEADERS = ["alg", "kid", "typ", "cty", "crit"];

function isAcceptable(token: Token, { keys, secret, alg: wanted }: Constraints): boolean {
  const { header, signed, signature } = token;
  for (const name of ["kid", "typ", "cty"]) textIn(header, name);
  const alg = textIn(header, "alg") ?? "";
  const critical = getMember(header, "crit");
  if (critical !== undefined && (!isArray(critical) || critical.length === 0))
    throw new BuiltinError("crit: must be a nonempty list");
  const isUnderstood = !(critical ?? []).some(
    (name) =>
      typeof name === "string" &&
      !KNOWN_HEADERS.includes(name) &&
      getMember(header, name) !== undefined,
  );
  if (alg === "" || !isUnderstood || (wanted !== "" && wanted !== alg)) return false;
  const algorithm = ALGORITHMS.get(alg);
  if (algorithm === undefined) throw new BuiltinError(`unknown JWS algorithm: ${alg}`);
  if (keys !== undefined) return isSigned(token, keys, () => algorithm);
  if (algorithm.keyType !== "secret") throw new BuiltinError("incorrect public key type");
  return isMac(algorithm, Buffer.from(secret, "utf8"), signed, signature);
}

function areClaimsMet(payload: Value, { iss, aud, time }: Constraints): boolean {
  const claim = (name: string): Value | undefined => getMember(payload, name);
  if (iss !== "" && claim("iss") !== iss) return false;
  const audience = claim("aud");
  const audiences = isArray(audience) ? audience : [audience];
  if (audience === undefined ? aud !== "" : !audiences.includes(aud)) return false;
  const seconds = divide(time, 1_000_000_000);
  const moment = (name: string): NumberValue | undefined => {
    const value = claim(name);
    if (value === undefined || isNumber(value)) return value;
    throw new BuiltinError(`${name} value must be a number`);
  };
  const [expires, begins] = [moment("exp"), moment("nbf")];
  const isOver = expires !== undefined && compareNumbers(seconds, expires) >= 0;
  return !isOver && (begins === undefined || compareNumbers(seconds, begins) >= 0);
}

function encodeSign(header: string, payload: string, keyText: string): string {
  const key = signingKey(keyText);
  const headers = headersToSign(header);
  const algorithm = ALGORITHMS.get(textIn(headers, "alg") ?? "");
  if (algorithm === undefined) throw new BuiltinError("unknown signature algorithm");
  const type = textIn(headers, "typ") ?? "";
  if (type === "" || type === "JWT")
    attempt(() => parseJson(payload), "type is JWT but payload is not JSON");
  const signed = [header, payload].map((text) => Buffer.from(text).toString("base64url")).join(".");
  return `${signed}.${signatureOf(algorithm, key, signed).toString("base64url")}`;
}

function headersToSign(text: string): Value {
  const wrong = "missing or invalid 'alg' header";
  if (text !== "" && !text.startsWith("{"))
    throw new BuiltinError(`${wrong}: jwsbb: header "alg" not found`);
  const reason = text === "" ? "cannot parse JSON: cannot parse empty string" : "cannot parse JSON";
  const headers = attempt(() => parseJson(text), `${wrong}: ${reason}`);
  if (getMember(headers, "alg") === undefined)
    throw new BuiltinError(`${wrong}: jwsbb: header "alg" not found`);
  return headers;
}

function signatureOf({ hash, keyType, pss }: Algorithm, key: KeyObject, signed: string): Buffer {
  if (keyType === "secret") {
    if (key.type !== "secret") throw new BuiltinError("the key is not for this algorithm");
    return createHmac(hash ?? "sha256", key)
      .update(signed)
      .digest();
  }
  if (key.asymmetricKeyType !== keyType)
    throw new BuiltinError("the key is not for this algorithm");
  const padding =
    pss === true
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {};
  return sign(hash, Buffer.from(signed), { key, dsaEncoding: "ieee-p1363", ...padding });
}
