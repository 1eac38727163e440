// The other secrets that the configuration names: the classifier's hash key, and the key that signs the log.

import { createSecretKey, type KeyObject } from "node:crypto";
import { parsePrivateKey } from "@writ/bundle";
import { type NamedFile, readNamed } from "./named-file.ts";
import { type Checked, fine, wrong } from "./problem.ts";

const MIN_HASH_KEY_BYTES = 32;
const GENERATE = "`head -c 32 /dev/urandom > FILE` makes one";

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
