// Certificates and certificate requests, as objects with the member names of Go's x509 package, and chains
// of certificates.

import { X509Certificate } from "node:crypto";
import type { Extension, GeneralName, Name } from "@peculiar/asn1-x509";
import {
  type Builtin,
  BuiltinError,
  fromInteger,
  integerOf,
  isArray,
  isNumber,
  objectEntries,
  type Value,
} from "@writ/evaluator";
import { perCharacter, plus } from "./cost.ts";
import { base64, pemBlocks, privateKey } from "./crypto.ts";
import { any, arrayOf, boolean, define, objectOf, string, tupleOf } from "./define.ts";
import { lazily } from "./lazy.ts";

const asn1 = lazily<typeof import("@peculiar/asn1-x509")>("@peculiar/asn1-x509");
const requests = lazily<typeof import("@peculiar/asn1-csr")>("@peculiar/asn1-csr");
const schema = lazily<typeof import("@peculiar/asn1-schema")>("@peculiar/asn1-schema");

/** Names and extensions are read twice, keys once. */
const CERTIFICATES = plus(2_000, perCharacter(10));
const certificate = objectOf(string, any);
const verified = tupleOf(boolean, arrayOf(certificate));
const MILLISECOND = 1_000_000n;

export const x509: readonly Builtin[] = [
  define(
    "crypto.x509.parse_certificates",
    [string],
    arrayOf(certificate),
    CERTIFICATES,
    (text: string) => certificatesIn(text).map(certificateObject),
  ),
  define(
    "crypto.x509.parse_certificate_request",
    [string],
    certificate,
    CERTIFICATES,
    (text: string) => {
      const [block] = /^-----BEGIN/.test(text) ? pemBlocks(text) : [];
      const bytes = block === undefined ? requestBytes(text) : derOf(block.text);
      const { certificationRequestInfo: info } = parse(bytes, requests().CertificationRequest);
      return { Subject: nameObject(info.subject), Version: info.version };
    },
  ),
  define("crypto.x509.parse_keypair", [string, string], certificate, CERTIFICATES, keyPair),
  define(
    "crypto.x509.parse_and_verify_certificates",
    [string],
    verified,
    CERTIFICATES,
    (text: string) => verify(text, {}),
  ),
  define(
    "crypto.x509.parse_and_verify_certificates_with_options",
    [string, objectOf(string, any)],
    verified,
    CERTIFICATES,
    verify,
  ),
];

function requestBytes(text: string): Uint8Array {
  const bytes = base64(text);
  const pem = Buffer.from(bytes).toString("latin1");
  return pem.startsWith("-----BEGIN") ? derOf(pem) : bytes;
}

function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}

function parse<T>(bytes: Uint8Array, target: new () => T): T {
  try {
    return schema().AsnConvert.parse(bytes, target);
  } catch (error) {
    throw new BuiltinError("x509: malformed certificate", { cause: error });
  }
}

/** From PEM, PEM in base64, or DER in base64 (one after another). */
function certificatesIn(text: string): readonly X509Certificate[] {
  const isPem = text.startsWith("-----BEGIN");
  const bytes = isPem ? undefined : Buffer.from(base64(text));
  const pem = isPem ? text : bytes?.toString("latin1");
  if (pem?.startsWith("-----BEGIN")) {
    return pemBlocks(pem).map(({ type, text: block }) => {
      if (type !== "CERTIFICATE")
        throw new BuiltinError(`PEM block type is '${type}', expected CERTIFICATE`);
      return x509Of(derOf(block));
    });
  }
  const found: X509Certificate[] = [];
  for (let rest = bytes ?? Buffer.alloc(0); rest.length > 0; ) {
    const one = x509Of(rest.subarray(0, derLength(rest)));
    found.push(one);
    rest = rest.subarray(one.raw.length);
  }
  return found;
}

/** Of the DER value that the bytes begin with: its tag, length and content. */
function derLength(bytes: Buffer): number {
  const first = bytes[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const count = Math.min(first & 0x7f, 4, Math.max(0, bytes.length - 2));
  return count === 0 ? bytes.length : 2 + count + bytes.readUIntBE(2, count);
}

function x509Of(bytes: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch (error) {
    throw new BuiltinError("x509: malformed certificate", { cause: error });
  }
}

function certificateObject(source: X509Certificate): Value {
  const { tbsCertificate: body, signatureValue } = parse(source.raw, asn1().Certificate);
  const extension = <T>(id: string, target: new () => T): T | undefined => {
    const found = body.extensions?.find((each: Extension) => each.extnID === id);
    return found === undefined ? undefined : parse(new Uint8Array(found.extnValue.buffer), target);
  };
  const constraints = extension(asn1().id_ce_basicConstraints, asn1().BasicConstraints);
  const names = [...(extension(asn1().id_ce_subjectAltName, asn1().SubjectAlternativeName) ?? [])];
  const of = (member: keyof GeneralName): Value => {
    const values = names.flatMap((each) =>
      each[member] === undefined ? [] : [String(each[member])],
    );
    return values.length === 0 ? null : values;
  };
  const uris = of("uniformResourceIdentifier");
  return {
    Raw: source.raw.toString("base64"),
    Signature: Buffer.from(signatureValue).toString("base64"),
    Version: body.version + 1,
    SerialNumber: fromInteger(BigInt(`0x${source.serialNumber}`)),
    Issuer: nameObject(body.issuer),
    Subject: nameObject(body.subject),
    NotBefore: timestamp(source.validFromDate),
    NotAfter: timestamp(source.validToDate),
    KeyUsage: Number(extension(asn1().id_ce_keyUsage, asn1().KeyUsage)?.toNumber() ?? 0),
    BasicConstraintsValid: constraints !== undefined,
    IsCA: constraints?.cA ?? false,
    MaxPathLen: constraints?.pathLenConstraint ?? -1,
    DNSNames: of("dNSName"),
    EmailAddresses: of("rfc822Name"),
    IPAddresses: of("iPAddress"),
    URIs: uris,
    URIStrings: uris,
  };
}

function timestamp(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}

const ATTRIBUTES: { readonly [oid: string]: string | undefined } = {
  "2.5.4.6": "Country",
  "2.5.4.10": "Organization",
  "2.5.4.11": "OrganizationalUnit",
  "2.5.4.7": "Locality",
  "2.5.4.8": "Province",
  "2.5.4.9": "StreetAddress",
  "2.5.4.17": "PostalCode",
  "2.5.4.5": "SerialNumber",
  "2.5.4.3": "CommonName",
};
const SINGLE = ["SerialNumber", "CommonName"];

function nameObject(name: Name): Value {
  const out: { [member: string]: Value } = Object.create(null);
  for (const member of Object.values(ATTRIBUTES))
    if (member !== undefined) out[member] = SINGLE.includes(member) ? "" : null;
  const names: Value[] = [];
  for (const { type, value } of [...name].flatMap((part) => [...part])) {
    const text = value.toString();
    names.push({ Type: type.split(".").map(Number), Value: text });
    const member = ATTRIBUTES[type];
    if (member === undefined) continue;
    const before = out[member];
    out[member] = SINGLE.includes(member) ? text : [...(isArray(before) ? before : []), text];
  }
  return { ...out, Names: names, ExtraNames: null };
}

function keyPair(certificates: string, keyText: string): Value {
  const chain = certificatesIn(certificates);
  const [block] = pemBlocks(keyText);
  if (block === undefined) throw new BuiltinError("failed to find a private key");
  const [leaf] = chain;
  if (leaf?.checkPrivateKey(privateKey(block.text)) !== true)
    throw new BuiltinError("tls: private key does not match public key");
  return { Certificate: chain.map(({ raw }) => raw.toString("base64")), Leaf: null };
}

interface VerifyOptions {
  readonly host?: string;
  /** Milliseconds since 1970. */
  readonly time?: number;
  readonly usages: readonly string[];
}

const USAGES: { readonly [name: string]: string | undefined } = {
  KeyUsageAny: "*",
  KeyUsageServerAuth: "1.3.6.1.5.5.7.3.1",
  KeyUsageClientAuth: "1.3.6.1.5.5.7.3.2",
  KeyUsageCodeSigning: "1.3.6.1.5.5.7.3.3",
  KeyUsageEmailProtection: "1.3.6.1.5.5.7.3.4",
  KeyUsageTimeStamping: "1.3.6.1.5.5.7.3.8",
  KeyUsageOCSPSigning: "1.3.6.1.5.5.7.3.9",
};

function optionsOf(given: Value): VerifyOptions {
  const found: { host?: string; time?: number; usages: string[] } = { usages: [] };
  for (const [key, value] of objectEntries(given) ?? []) {
    if (key === "DNSName" && typeof value === "string") found.host = value;
    else if (key === "CurrentTime" && isNumber(value))
      found.time = Number((integerOf(value) ?? 0n) / MILLISECOND);
    else if (key === "KeyUsages" && isArray(value)) found.usages.push(...value.map(usageOf));
    else if (key !== "MaxConstraintComparisons")
      throw new BuiltinError(`invalid verification option ${String(key)}`);
  }
  return found;
}

function usageOf(name: Value): string {
  const usage = typeof name === "string" ? USAGES[name] : undefined;
  if (usage === undefined) throw new BuiltinError(`invalid key usage ${String(name)}`);
  return usage;
}

/** The first certificate is trusted, the last is the leaf, those between lead from one to the other. */
function verify(text: string, given: Value): Value {
  const options = optionsOf(given);
  try {
    const chain = chainOf(certificatesIn(text), options);
    return chain === undefined ? [false, []] : [true, chain.map(certificateObject)];
  } catch (error) {
    if (error instanceof BuiltinError) return [false, []];
    throw error;
  }
}

function chainOf(
  given: readonly X509Certificate[],
  { host, time = Date.now(), usages }: VerifyOptions,
): readonly X509Certificate[] | undefined {
  const [root, leaf] = [given[0], given.at(-1)];
  if (given.length < 2 || root === undefined || leaf === undefined) return undefined;
  if (host !== undefined && leaf.checkHost(host) === undefined) return undefined;
  const wanted = usages.length === 0 ? ["1.3.6.1.5.5.7.3.1"] : usages;
  const chain = [leaf];
  const others = given.slice(1, -1);
  for (let at = leaf; at !== root; ) {
    if (!isCurrent(at, time) || !isFor(at, wanted)) return undefined;
    const issuer = [root, ...others].find(
      (each) => each.ca && at.checkIssued(each) && at.verify(each.publicKey),
    );
    if (issuer === undefined || chain.includes(issuer)) return undefined;
    chain.push(issuer);
    at = issuer;
  }
  return isCurrent(root, time) ? chain : undefined;
}

function isCurrent({ validFromDate, validToDate }: X509Certificate, time: number): boolean {
  return validFromDate.getTime() <= time && time <= validToDate.getTime();
}

/** A certificate that lists no extended usages is for all. */
function isFor({ raw }: X509Certificate, wanted: readonly string[]): boolean {
  const { tbsCertificate } = parse(raw, asn1().Certificate);
  const found = tbsCertificate.extensions?.find(
    ({ extnID }) => extnID === asn1().id_ce_extKeyUsage,
  );
  if (found === undefined || wanted.includes("*")) return true;
  const listed = [...parse(new Uint8Array(found.extnValue.buffer), asn1().ExtendedKeyUsage)];
  return listed.some((usage) => wanted.includes(usage) || usage === "2.5.29.37.0");
}
