// The keyring: who may call. Each access key has a secret to verify signatures with, each issued key the digest that it
// is known by; both have the principal they stand for, the identity that principal has by itself, and what it may
// assert about others. Written and rotated by operators (`schemas/keyring.schema.json`); never logged.

import type { CallerKeys } from "@writ/surface";
import { readDocument } from "./document.ts";
import { exposure, type NamedFile, readNamed } from "./named-file.ts";
import { type Checked, fine, type Problem } from "./problem.ts";

type Assertable = "*" | readonly string[];

interface Entry {
  readonly principalArn: string;
  readonly identity: {
    readonly subject?: string;
    readonly tenant?: string;
    readonly groups: readonly string[];
    readonly roles: readonly string[];
  };
  /** `"*"`, or the values that may be asserted; absent: nothing may. */
  readonly mayAssert: {
    readonly subject?: Assertable;
    readonly tenant?: Assertable;
    readonly groups?: Assertable;
    readonly roles?: Assertable;
  };
}

export interface Principal extends Entry {
  /** Of its key: the access key id, or the id of the key that was issued. */
  readonly id: string;
  /** Of whoever signs. */
  readonly secretAccessKey?: string;
}

interface SigningEntry extends Entry {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface IssuedEntry extends Entry {
  readonly id: string;
  /** `sha256:` and the digest of the key, hex. */
  readonly digest: string;
}

export interface Keyring {
  readonly principals: ReadonlyMap<string, Principal>;
  readonly keys: CallerKeys;
}

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
  const read = readDocument<{
    readonly keys: readonly SigningEntry[];
    readonly issued: readonly IssuedEntry[];
  }>(bytes.value.toString("utf8"), "keyring");
  const problem = (message: string): Problem => ({
    field: file.field,
    message: `${path}: ${message}`,
  });
  if (!read.ok) return { ok: false, problems: read.problems.map(problem) };
  const principals = new Map<string, Principal>();
  const digests = new Map<string, string>();
  const twice: Problem[] = [];
  const add = (principal: Principal, list: string, what: string, isTwice: boolean): void => {
    const at = `${read.lineOf(list)}\`${list.slice(1).replace("/", "[")}]\``;
    if (isTwice) twice.push(problem(`${at} has ${what} that is there already`));
    principals.set(principal.id, principal);
  };
  for (const [index, key] of read.document.keys.entries()) {
    const id = key.accessKeyId;
    add({ ...key, id }, `/keys/${index}`, "an access key", principals.has(id));
  }
  for (const [index, key] of read.document.issued.entries()) {
    const digest = key.digest.slice("sha256:".length);
    const isTwice = principals.has(key.id) || digests.has(digest);
    add(key, `/issued/${index}`, "an id or a digest", isTwice);
    digests.set(digest, key.id);
  }
  if (twice.length > 0) return { ok: false, problems: twice };
  const keys: CallerKeys = {
    signingSecret: (accessKeyId) => principals.get(accessKeyId)?.secretAccessKey,
    issuedKey: (digest) => digests.get(digest),
  };
  return fine({ principals, keys });
}

/** What of a keyring should be looked at, though it can be used. */
export function keyringWarnings(path: string, { principals }: Keyring): readonly string[] {
  const nobody =
    principals.size > 0 ? [] : [`keyring: ${path} names nobody: every call is refused`];
  return [...nobody, ...exposure(keyringFile(path))];
}

/** What of a keyring that was read again is new. */
export function compareKeyrings(
  before: Keyring,
  now: Keyring,
): { readonly keys: number; readonly added: number; readonly removed: number } {
  const only = (some: Keyring, others: Keyring): number =>
    [...some.principals.keys()].filter((key) => !others.principals.has(key)).length;
  return { keys: now.principals.size, added: only(now, before), removed: only(before, now) };
}
