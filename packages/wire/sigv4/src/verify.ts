// Verifying a caller's Signature Version 4. Everything is computed from the bytes received: the payload's
// hash above all, which no header can supply. What fails is refused in AWS's own words, in the order AWS
// checks, and a wrong key takes as long as a wrong signature.

import { createHash, timingSafeEqual } from "node:crypto";
import { canonicalRequest, stringToSign } from "./canonical.ts";
import { type Scope, signature, signingKey } from "./keys.ts";

/** A request as it was received. */
export interface SignedRequest {
  readonly method: string;
  /** The raw request target. */
  readonly target: string;
  /** Name and value by turns, as received; over HTTP/2 with `:authority`. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

/** The secret of an access key. */
export interface KeyEntry {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What signatures must be for, and where keys are found. */
export interface VerifyOptions {
  readonly now: Date;
  readonly region: string;
  readonly services: readonly string[];
  readonly lookup: (accessKeyId: string) => KeyEntry | undefined;
  /** How far the caller's clock may be off, either way: 300 unless told, as Bedrock has it. */
  readonly windowSeconds?: number;
}

/** Why a signature does not count, as AWS says it. */
export interface SignatureRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Who signed and what, or the refusal, in AWS's words. */
export type VerifyResult =
  | {
      readonly ok: true;
      readonly accessKeyId: string;
      /** Lower case. A header that is not among them was not signed, and proves nothing. */
      readonly signedHeaders: ReadonlySet<string>;
      readonly service: string;
      /** Hex. Honest clients may send the same one twice. */
      readonly signature: string;
      /** SHA-256 of the body, hex. */
      readonly payloadHash: string;
    }
  | { readonly ok: false; readonly refusal: SignatureRefusal };

const ALGORITHM = "AWS4-HMAC-SHA256";
const MAX_AUTHORIZATION = 8_192;
/** Verified against for a key nobody has, so that its absence takes as long to find. */
const NOBODY: KeyEntry = { secretAccessKey: "0".repeat(40) };

/** Whether a request was signed with a known key, lately, for this service. */
export function verifySignature(request: SignedRequest, options: VerifyOptions): VerifyResult {
  const head = checkSignatureHead(request, options);
  return head.ok ? head.verify(request.body) : head;
}

/** A request whose head may go on to have its body read. */
export interface SignatureHead {
  readonly ok: true;
  /** Of a known key. */
  readonly accessKeyId: string;
  /** The signature holds for the hash that the head declares: only the holder of the key can have sent it. */
  readonly isProved: boolean;
  /** Checks the body that was received. */
  readonly verify: (body: Uint8Array) => VerifyResult;
}

/**
 * Everything that can be said of a signature before the body is there: a head that fails is refused without its
 * body being read. The payload's hash is still computed from the bytes received, whatever the head declares.
 */
export function checkSignatureHead(
  request: Omit<SignedRequest, "body">,
  options: VerifyOptions,
): SignatureHead | Extract<VerifyResult, { ok: false }> {
  const headers = new ReceivedHeaders(request.rawHeaders);
  const parsed = parseAuthorization(headers, request.target);
  if ("status" in parsed) return { ok: false, refusal: parsed };
  const { accessKeyId, scope, signedHeaders, given } = parsed;
  const problem =
    checkCoverage(headers, signedHeaders) ??
    checkScope(scope, headers, options) ??
    checkPayloadHeader(headers);
  if (problem !== undefined) return { ok: false, refusal: problem };

  const entry = options.lookup(accessKeyId);
  const isSignatureOf = (payloadHash: string): boolean => {
    const canonical = canonicalRequest({ ...request, signedHeaders, payloadHash });
    const { date, region, service } = scope;
    const text = stringToSign(
      headers.one("x-amz-date") ?? "",
      `${date}/${region}/${service}/aws4_request`,
      canonical,
    );
    const key = signingKey((entry ?? NOBODY).secretAccessKey, scope);
    return timingSafeEqual(signature(key, text), given);
  };
  const declared = headers.one("x-amz-content-sha256");
  const isProved = declared !== undefined && isSignatureOf(declared);
  if (entry === undefined || !hasToken(entry, headers))
    return refuse(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    );
  if (declared !== undefined && !isProved) return refuse("InvalidSignatureException", MISMATCH);
  return {
    ok: true,
    accessKeyId,
    isProved,
    verify(body) {
      const payloadHash = createHash("sha256").update(body).digest("hex");
      const isRight = isProved ? declared === payloadHash : isSignatureOf(payloadHash);
      if (!isRight) return refuse("InvalidSignatureException", MISMATCH);
      return {
        ok: true,
        accessKeyId,
        signedHeaders: new Set(signedHeaders),
        service: scope.service,
        signature: given.toString("hex"),
        payloadHash,
      };
    },
  };
}

const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/** Headers by lower-case name, without joining what was sent twice. */
class ReceivedHeaders {
  readonly #values = new Map<string, string[]>();

  constructor(rawHeaders: readonly string[]) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = (rawHeaders[index] as string).toLowerCase();
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [rawHeaders[index + 1] as string]);
      else values.push(rawHeaders[index + 1] as string);
    }
  }

  names(): Iterable<string> {
    return this.#values.keys();
  }

  count(name: string): number {
    return this.#values.get(name)?.length ?? 0;
  }

  one(name: string): string | undefined {
    return this.#values.get(name)?.[0]?.trim();
  }
}

interface Authorization {
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly signedHeaders: readonly string[];
  readonly given: Buffer;
}

function parseAuthorization(
  headers: ReceivedHeaders,
  target: string,
): Authorization | SignatureRefusal {
  const text = headers.one("authorization");
  if (text === undefined) {
    return /[?&]X-Amz-Signature=/i.test(target)
      ? incomplete("Presigned requests are not accepted here: sign with the Authorization header.")
      : refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  if (/^bearer\s/i.test(text))
    return refusal(
      "UnrecognizedClientException",
      "Bearer keys are not accepted here: sign requests with Signature Version 4.",
    );
  if (headers.count("authorization") > 1)
    return incomplete("Authorization header must be given once.");
  if (text.length > MAX_AUTHORIZATION || !text.startsWith(`${ALGORITHM} `))
    return incomplete(`Authorization header requires the algorithm '${ALGORITHM}'.`);
  const fields = new Map<string, string>();
  for (const part of text.slice(ALGORITHM.length).split(",")) {
    const [, name, value] = /^\s*([A-Za-z]+)=(\S+)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined || fields.has(name))
      return incomplete("Authorization header is not a list of key=value pairs.");
    fields.set(name, value);
  }
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => !fields.has(name));
  if (missing.length > 0)
    return incomplete(
      missing.map((name) => `Authorization header requires '${name}' parameter.`).join(" "),
    );
  return readFields(fields, headers);
}

function readFields(
  fields: ReadonlyMap<string, string>,
  headers: ReceivedHeaders,
): Authorization | SignatureRefusal {
  const credential = (fields.get("Credential") ?? "").split("/");
  const [accessKeyId = "", date = "", region = "", service = "", terminator] = credential;
  if (credential.length !== 5 || terminator !== "aws4_request") {
    return incomplete(
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
    );
  }
  const given = fields.get("Signature") ?? "";
  if (!/^[0-9a-f]{64}$/.test(given)) return refusal("InvalidSignatureException", MISMATCH);
  const signedHeaders = (fields.get("SignedHeaders") ?? "").split(";");
  const isSorted = signedHeaders.every(
    (name, index) => index === 0 || (signedHeaders[index - 1] as string) < name,
  );
  if (!isSorted || signedHeaders.some((name) => name !== name.toLowerCase()))
    return incomplete("SignedHeaders must be sorted lower-case names.");
  if (headers.one("x-amz-date") === undefined)
    return incomplete(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  return {
    accessKeyId,
    scope: { date, region, service },
    signedHeaders,
    given: Buffer.from(given, "hex"),
  };
}

/** What must be signed: where the request goes, when it was made, and every header that commands AWS. */
function checkCoverage(
  headers: ReceivedHeaders,
  signedHeaders: readonly string[],
): SignatureRefusal | undefined {
  const signed = new Set(signedHeaders);
  if (!signed.has("host") && !signed.has(":authority")) {
    return refusal(
      "InvalidSignatureException",
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  for (const name of [
    "host",
    ":authority",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-security-token",
  ]) {
    if (headers.count(name) > 1) return incomplete(`The header '${name}' must be given once.`);
  }
  const missing = signedHeaders.find((name) => headers.count(name) === 0);
  if (missing !== undefined)
    return refusal(
      "InvalidSignatureException",
      `The signed header '${missing}' is not in the request.`,
    );
  // Both of HTTP/2's names for the host must say the same, or one could be signed and the other obeyed.
  const [host, authority] = [headers.one("host"), headers.one(":authority")];
  if (host !== undefined && authority !== undefined && host !== authority)
    return incomplete("The headers 'host' and ':authority' differ.");
  for (const name of headers.names()) {
    // Old clients add the token after signing; it is checked against the key by itself.
    const mustBeSigned =
      (name.startsWith("x-amz-") || name.startsWith("x-amzn-bedrock-")) &&
      name !== "x-amz-security-token";
    if (mustBeSigned && !signed.has(name))
      return refusal("InvalidSignatureException", `The header '${name}' must be signed.`);
  }
  return undefined;
}

function checkScope(
  scope: Scope,
  headers: ReceivedHeaders,
  options: VerifyOptions,
): SignatureRefusal | undefined {
  const { now, region, services, windowSeconds = 300 } = options;
  const stamp = headers.one("x-amz-date") ?? "";
  const time = parseAmzDate(stamp);
  if (time === undefined)
    return incomplete(
      "Date must be in ISO-8601 'basic format'. See http://en.wikipedia.org/wiki/ISO_8601",
    );
  const windowMs = windowSeconds * 1000;
  const minutes = `${windowSeconds / 60} min.`;
  const [earliest, latest] = [
    new Date(now.getTime() - windowMs),
    new Date(now.getTime() + windowMs),
  ];
  if (time < earliest) {
    return refusal(
      "InvalidSignatureException",
      `Signature expired: ${stamp} is now earlier than ${formatAmzDate(earliest)} (${formatAmzDate(now)} - ${minutes})`,
    );
  }
  if (time > latest) {
    return refusal(
      "InvalidSignatureException",
      `Signature not yet current: ${stamp} is still later than ${formatAmzDate(latest)} (${formatAmzDate(now)} + ${minutes})`,
    );
  }
  if (scope.date !== stamp.slice(0, 8))
    return refusal(
      "InvalidSignatureException",
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${stamp.slice(0, 8)}'.`,
    );
  if (scope.region !== region)
    return refusal(
      "InvalidSignatureException",
      `Credential should be scoped to a valid region, not '${scope.region.slice(0, 40)}'.`,
    );
  if (!services.includes(scope.service))
    return refusal(
      "InvalidSignatureException",
      `Credential should be scoped to correct service: '${services[0] ?? ""}'.`,
    );
  return undefined;
}

/** The payload is always hashed here; what says that it was not, or will be later, is refused. */
function checkPayloadHeader(headers: ReceivedHeaders): SignatureRefusal | undefined {
  const declared = headers.one("x-amz-content-sha256");
  if (declared === undefined || /^[0-9a-f]{64}$/.test(declared)) return undefined;
  return refusal(
    "InvalidSignatureException",
    "The payload must be signed: x-amz-content-sha256 is not its SHA-256.",
  );
}

function hasToken(entry: KeyEntry, headers: ReceivedHeaders): boolean {
  const given = headers.one("x-amz-security-token");
  if (entry.sessionToken === undefined) return true;
  const [a, b] = [entry.sessionToken, given ?? ""].map((token) =>
    createHash("sha256").update(token).digest(),
  );
  return timingSafeEqual(a as Buffer, b as Buffer);
}

function parseAmzDate(stamp: string): Date | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  if (year === undefined) return undefined;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function formatAmzDate(date: Date): string {
  return `${date.toISOString().replace(/[-:]/g, "").slice(0, 15)}Z`;
}

function refusal(code: string, message: string): SignatureRefusal {
  return { status: 403, code, message };
}

function incomplete(message: string): SignatureRefusal {
  return refusal("IncompleteSignatureException", message);
}

function refuse(code: string, message: string): Extract<VerifyResult, { ok: false }> {
  return { ok: false, refusal: refusal(code, message) };
}
