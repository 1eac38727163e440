// The keyring: who may call. Each access key has a secret to verify signatures with, the principal it
// stands for, the identity that principal has by itself, and what it may assert about others in signed
// headers. Written and rotated by operators; never logged.

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";

export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly principalArn: string;
  readonly identity: {
    readonly subject?: string;
    readonly tenant?: string;
    readonly groups: readonly string[];
    readonly roles: readonly string[];
  };
  /** `"*"`, or the values that may be asserted; absent: nothing may. */
  readonly mayAssert: {
    readonly subject?: "*" | readonly string[];
    readonly tenant?: "*" | readonly string[];
    readonly groups?: "*" | readonly string[];
    readonly roles?: "*" | readonly string[];
  };
}

export type Keyring = ReadonlyMap<string, Principal>;

export type KeyringResult =
  | { readonly ok: true; readonly keyring: Keyring }
  | { readonly ok: false; readonly problem: string };

const names = {
  type: "array",
  items: { type: "string", minLength: 1, maxLength: 256 },
  maxItems: 1000,
};
const assertable = { anyOf: [{ const: "*" }, names] };
const SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["keys"],
  properties: {
    keys: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["accessKeyId", "secretAccessKey", "principalArn"],
        properties: {
          accessKeyId: { type: "string", pattern: "^[A-Za-z0-9_]{16,128}$" },
          secretAccessKey: { type: "string", minLength: 32, maxLength: 256 },
          principalArn: { type: "string", pattern: "^arn:[a-z-]+:(iam|sts)::\\d{12}:.+$" },
          identity: {
            type: "object",
            additionalProperties: false,
            default: {},
            properties: {
              subject: { type: "string" },
              tenant: { type: "string" },
              groups: { ...names, default: [] },
              roles: { ...names, default: [] },
            },
          },
          mayAssert: {
            type: "object",
            additionalProperties: false,
            default: {},
            properties: {
              subject: assertable,
              tenant: assertable,
              groups: assertable,
              roles: assertable,
            },
          },
        },
      },
    },
  },
};

/** Reads a keyring file (YAML or JSON). Problems name entries by position, never by their secrets. */
export function loadKeyring(file: string): KeyringResult {
  let document: unknown;
  try {
    document = parse(readFileSync(file, "utf8"));
  } catch {
    return { ok: false, problem: `the keyring ${file} cannot be read as YAML or JSON` };
  }
  const validate = new Ajv2020({ useDefaults: true }).compile<{ keys: Principal[] }>(SCHEMA);
  if (!validate(document)) {
    const [error] = validate.errors ?? [];
    return {
      ok: false,
      problem: `the keyring ${file}: ${error?.instancePath ?? ""} ${error?.message ?? "is invalid"}`,
    };
  }
  const keyring = new Map(document.keys.map((key) => [key.accessKeyId, key]));
  return keyring.size === document.keys.length
    ? { ok: true, keyring }
    : { ok: false, problem: `the keyring ${file} names an access key twice` };
}
