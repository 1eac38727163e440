// The keyring: who may call. Each access key has a secret to verify signatures with, the principal it
// stands for, the identity that principal has by itself, and what it may assert about others in signed
// headers. Written and rotated by operators (`schemas/keyring.schema.json`); never logged.

import { readDocument } from "./document.ts";
import { exposure, type NamedFile, readNamed } from "./named-file.ts";
import { type Checked, fine, type Problem } from "./problem.ts";

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

const keyringFile = (path: string): NamedFile => ({
  field: "keyring",
  path,
  what: "the keyring",
  remedy: "`writ gateway --init DIR` writes one to start from",
});

/** Reads a keyring file (YAML or JSON). Problems name entries by position, never by their secrets. */
export function loadKeyring(path: string): Checked<Keyring> {
  const file = keyringFile(path);
  const bytes = readNamed(file);
  if (!bytes.ok) return bytes;
  const read = readDocument<{ readonly keys: readonly Principal[] }>(
    bytes.value.toString("utf8"),
    "keyring",
  );
  const problem = (message: string): Problem => ({
    field: file.field,
    message: `${path}: ${message}`,
  });
  if (!read.ok) return { ok: false, problems: read.problems.map(problem) };
  const keyring = new Map<string, Principal>();
  const twice: Problem[] = [];
  for (const [index, key] of read.document.keys.entries()) {
    const at = read.lineOf(`/keys/${index}`);
    if (keyring.has(key.accessKeyId))
      twice.push(problem(`${at}\`keys[${index}]\` has an access key that is there already`));
    keyring.set(key.accessKeyId, key);
  }
  return twice.length === 0 ? fine(keyring) : { ok: false, problems: twice };
}

/** What of a keyring should be looked at, though it can be used. */
export function keyringWarnings(path: string, keyring: Keyring): readonly string[] {
  const nobody = keyring.size > 0 ? [] : [`keyring: ${path} names nobody: every call is refused`];
  return [...nobody, ...exposure(keyringFile(path))];
}

/** What of a keyring that was read again is new. */
export function compareKeyrings(
  before: Keyring,
  now: Keyring,
): { readonly keys: number; readonly added: number; readonly removed: number } {
  const only = (some: Keyring, others: Keyring): number =>
    [...some.keys()].filter((key) => !others.has(key)).length;
  return { keys: now.size, added: only(now, before), removed: only(before, now) };
}
