// The other secrets that the configuration names: the upstream's credentials, the classifier's hash key, the key that
// signs the log.

import { createSecretKey, type KeyObject } from "node:crypto";
import { parsePrivateKey } from "@writ/bundle";
import { type NamedFile, readNamed } from "./named-file.ts";
import { type Checked, fine, type Problem, wrong } from "./problem.ts";

const MIN_HASH_KEY_BYTES = 32;
const GENERATE = "`head -c 32 /dev/urandom > FILE` makes one";

/** As `upstream.credentials` holds them. */
export interface UpstreamCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const credentialsFile = (path: string): NamedFile => ({
  field: "upstream.credentials",
  path,
  what: "the file of the upstream's credentials",
  remedy: 'it holds {"accessKeyId": "…", "secretAccessKey": "…"}',
});
export const hashKeyFile = (path: string): NamedFile => ({
  field: "classifier.hashKey",
  path,
  what: "the classifier's hash key",
  remedy: GENERATE,
});
export const signingKeyFile = (path: string): NamedFile => ({
  field: "audit.signingKey",
  path,
  what: "the key that signs the audit log",
  remedy: "`writ keygen -o DIR` makes a pair; a log goes on under the key it began with",
});

export function loadCredentials(path: string): Checked<UpstreamCredentials> {
  const file = credentialsFile(path);
  const bytes = readNamed(file);
  if (!bytes.ok) return bytes;
  let value: unknown;
  try {
    value = JSON.parse(bytes.value.toString("utf8"));
  } catch {
    // The parser's own message would quote the secret.
    return wrong(file.field, `${path} is not JSON; ${file.remedy}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return wrong(file.field, `${path} is no object; ${file.remedy}`);
  const found = value as { readonly [name: string]: unknown };
  const problems: Problem[] = [];
  for (const name of ["accessKeyId", "secretAccessKey", "sessionToken"]) {
    const reason = name === "sessionToken" && found[name] === undefined ? "" : fault(found[name]);
    if (reason === "") continue;
    const message = `the \`${name}\` of ${path} ${reason}; ${file.remedy}`;
    problems.push({ field: file.field, message });
  }
  return problems.length > 0 ? { ok: false, problems } : fine(value as UpstreamCredentials);
}

/** What is wrong with a part of credentials; nothing, for most. */
function fault(part: unknown): string {
  if (part === undefined) return "is missing";
  if (typeof part !== "string") return "is no text";
  if (part === "") return "is empty";
  return part.trim() === part ? "" : "begins or ends with a space";
}

/** What `writ gateway --init` writes where only the operator knows what belongs there. */
const PLACEHOLDER = "REPLACE_ME";

export function credentialsWarnings(
  path: string,
  { accessKeyId, secretAccessKey }: UpstreamCredentials,
): readonly string[] {
  if (accessKeyId !== PLACEHOLDER && secretAccessKey !== PLACEHOLDER) return [];
  return [
    `upstream.credentials: ${path} still says ${PLACEHOLDER}: the upstream will refuse every call`,
  ];
}

export function loadHashKey(path: string): Checked<KeyObject> {
  const file = hashKeyFile(path);
  const bytes = readNamed(file);
  if (!bytes.ok) return bytes;
  const { length } = bytes.value;
  if (length < MIN_HASH_KEY_BYTES) {
    const message = `${path} has ${length} bytes, and less than ${MIN_HASH_KEY_BYTES} can be guessed; ${GENERATE}`;
    return wrong(file.field, message);
  }
  if (new Set(bytes.value).size === 1)
    return wrong(file.field, `${path} is one byte over and over; ${GENERATE}`);
  return fine(createSecretKey(bytes.value));
}

export function loadSigningKey(path: string): Checked<KeyObject> {
  const file = signingKeyFile(path);
  const bytes = readNamed(file);
  if (!bytes.ok) return bytes;
  const parsed = parsePrivateKey(bytes.value.toString("utf8"));
  return parsed.ok
    ? fine(parsed.key)
    : wrong(file.field, `${path} ${parsed.message}; ${file.remedy}`);
}
