// `providers.aws.sign_req`: an HTTP request with AWS Signature Version 4 headers, signed the way OPA signs
// (the path and query as they stand, `x-amz-content-sha256` for S3 and Glacier).

import { createHash, createHmac } from "node:crypto";
import {
  type Builtin,
  BuiltinError,
  getMember,
  integerOf,
  jsonText,
  makeObject,
  type NumberValue,
  objectEntries,
  type Value,
} from "@writ/evaluator";
import { COUNTED } from "./cost.ts";
import { any, anyObject, define, number, objectOf, string } from "./define.ts";
import { validateRequest } from "./http-request.ts";

const REQUIRED = ["aws_access_key", "aws_region", "aws_secret_access_key", "aws_service"];
/** Proxies may change them. */
const UNSIGNED = new Set(["authorization", "user-agent", "x-amzn-trace-id"]);

export const aws: readonly Builtin[] = [
  define(
    "providers.aws.sign_req",
    [objectOf(string, any), objectOf(string, any), number],
    anyObject,
    COUNTED,
    signRequest,
  ),
];

function signRequest(request: Value, config: Value, time: NumberValue): Value {
  const settings = settingsOf(config);
  const moment = integerOf(time);
  if (moment === undefined || moment < -(2n ** 63n) || moment >= 2n ** 63n)
    throw new BuiltinError("operand 3 could not convert time_ns value into a unix timestamp", {
      code: "eval_type_error",
    });
  validateRequest(request, 1);
  const [url, method] = [getMember(request, "url"), getMember(request, "method")];
  if (typeof url !== "string" || typeof method !== "string")
    throw new BuiltinError("operand 1 invalid values for required request parameters(s)", {
      code: "eval_type_error",
    });
  const given = headersOf(getMember(request, "headers") ?? {});
  const signed = signatureHeaders({ method, url, given, body: bodyOf(request), moment }, settings);
  const headers = makeObject([...new Map([...given, ...signed])]);
  const others = (objectEntries(request) ?? []).filter(([key]) => key !== "headers");
  return makeObject([...others, ["headers", headers]]);
}

interface Settings {
  readonly key: string;
  readonly secret: string;
  readonly region: string;
  readonly service: string;
  readonly token: string;
  readonly isPayloadUnsigned: boolean;
}

function settingsOf(config: Value): Settings {
  const missing = REQUIRED.filter((name) => getMember(config, name) === undefined);
  if (missing.length > 0)
    throw new BuiltinError(
      `operand 2 missing required AWS config parameters(s): ${asSet(missing)}`,
      { code: "eval_type_error" },
    );
  const wrong = REQUIRED.filter((name) => typeof getMember(config, name) !== "string");
  if (wrong.length > 0)
    throw new BuiltinError(
      `operand 2 invalid values for required AWS config parameters(s): ${asSet(wrong)}`,
      { code: "eval_type_error" },
    );
  const isUnsigned = getMember(config, "disable_payload_signing") ?? false;
  if (typeof isUnsigned !== "boolean")
    throw new BuiltinError("operand 2 invalid value for 'disable_payload_signing' in AWS config", {
      code: "eval_type_error",
    });
  const textIn = (name: string): string => {
    const value = getMember(config, name);
    return typeof value === "string" ? value : "";
  };
  return {
    key: textIn("aws_access_key"),
    secret: textIn("aws_secret_access_key"),
    region: textIn("aws_region"),
    service: textIn("aws_service"),
    token: textIn("aws_session_token"),
    isPayloadUnsigned: isUnsigned,
  };
}

function asSet(names: readonly string[]): string {
  return `{${names.map((name) => JSON.stringify(name)).join(", ")}}`;
}

function headersOf(given: Value): ReadonlyMap<string, string> {
  const entries = objectEntries(given);
  if (entries === undefined)
    throw new BuiltinError("operand 1 headers must be object", { code: "eval_type_error" });
  return new Map(
    entries.map(([name, value]) => [String(name), typeof value === "string" ? value : ""]),
  );
}

function bodyOf(request: Value): string {
  const raw = getMember(request, "raw_body");
  if (raw !== undefined) return typeof raw === "string" ? raw : "";
  const body = getMember(request, "body");
  return body === undefined ? "" : jsonText(body);
}

interface Unsigned {
  readonly method: string;
  readonly url: string;
  readonly given: ReadonlyMap<string, string>;
  readonly body: string;
  readonly moment: bigint;
}

function signatureHeaders(
  { method, url, given, body, moment }: Unsigned,
  { key, secret, region, service, token, isPayloadUnsigned }: Settings,
): ReadonlyMap<string, string> {
  const [, host = "", path = "", query = ""] =
    /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)\??([^#]*)/i.exec(url) ?? [];
  if (host === "") throw new BuiltinError(`the URL ${JSON.stringify(url)} has no host`);
  const digest = isPayloadUnsigned ? "UNSIGNED-PAYLOAD" : sha256(body);
  const stamp = new Date(Number(moment / 1_000_000n)).toISOString().replace(/[-:]|\.\d+/g, "");
  const day = stamp.slice(0, 8);
  const added = new Map([
    ["host", host],
    ["x-amz-date", stamp],
    ...(service === "s3" || service === "glacier"
      ? ([["x-amz-content-sha256", digest]] as const)
      : []),
    ...(token === "" ? [] : ([["x-amz-security-token", token]] as const)),
  ]);
  const toSign = new Map(added);
  for (const [name, value] of given)
    if (!UNSIGNED.has(name.toLowerCase())) toSign.set(name.toLowerCase(), value);
  const names = [...toSign.keys()].sort();
  const canonical = [
    method,
    path,
    query,
    ...names.map((name) => `${name}:${toSign.get(name)}`),
    "",
    names.join(";"),
    digest,
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n");
  const signingKey = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (chained, part) => mac(chained, part),
    `AWS4${secret}`,
  );
  const signature = mac(signingKey, text).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/${scope},SignedHeaders=${names.join(";")},Signature=${signature}`;
  return new Map([["Authorization", authorization], ...added]);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function mac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
