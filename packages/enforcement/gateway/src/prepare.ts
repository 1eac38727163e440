// Everything the configuration names, read and judged before anything is written and the port opens: all that is
// wrong is said at once.

import { createSecretKey, type KeyObject } from "node:crypto";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Classifier, createClassifier } from "@writ/classifier";
import type { Surface } from "@writ/surface";
import { type LoadedBundle, loadBundle } from "./bundle.ts";
import type { GatewayConfig, UpstreamConfig } from "./config.ts";
import { checkCredentials, configuredSurfaces, watchCredentials } from "./credentials.ts";
import { type Keyring, keyringWarnings, loadKeyring } from "./keyring.ts";
import { checkWritable, exposure } from "./named-file.ts";
import { type Checked, fine, type Problem, wrong } from "./problem.ts";
import { hashKeyFile, loadHashKey, loadSigningKey, signingKeyFile } from "./secrets.ts";
import { loadTlsFiles, type TlsFiles, tlsWarnings } from "./tls-files.ts";

/** What a gateway stands on. */
export interface Prepared {
  readonly keyring: Keyring;
  readonly classifier: Classifier;
  readonly bundle: LoadedBundle;
  readonly signingKey: KeyObject;
  readonly tls: TlsFiles | undefined;
}

export interface Preparation {
  readonly prepared: Prepared | undefined;
  /** None, when it is prepared. */
  readonly problems: readonly Problem[];
  /** What should be looked at, though a gateway can run so. */
  readonly warnings: readonly string[];
}

/** Labels do not depend on the key of their hashes: a policy can be judged without it. */
const ANY_KEY_BYTES = 32;

export function prepare(config: GatewayConfig, now: Date): Preparation {
  const { audit, classifier: classified, listen } = config;
  const keyring = loadKeyring(config.keyring);
  const tls = listen.tls === undefined ? fine(undefined) : loadTlsFiles(listen.tls, now);
  const credentials = configuredSurfaces(config).map(checkCredentials);
  const hashKey = loadHashKey(classified.hashKey);
  const { dictionaries } = classified;
  const classifier = createClassifier({
    hashKey: hashKey.ok ? hashKey.value : createSecretKey(Buffer.alloc(ANY_KEY_BYTES)),
    dictionaries,
  });
  const bundle = loadBundle(config.bundle, classifier.labels);
  const signingKey = loadSigningKey(audit.signingKey);
  const auditDir = checkAuditDir(audit.dir);
  const problems = [keyring, tls, ...credentials, hashKey, bundle, signingKey, auditDir].flatMap(
    (each) => (each.ok ? [] : each.problems),
  );
  const warnings = [
    ...(keyring.ok ? keyringWarnings(config.keyring, keyring.value) : []),
    ...(listen.tls !== undefined && tls.ok && tls.value !== undefined
      ? tlsWarnings(listen.tls, tls.value, now)
      : []),
    ...credentials.flatMap((each) => (each.ok ? each.value : [])),
    ...[hashKeyFile(classified.hashKey), signingKeyFile(audit.signingKey)].flatMap(exposure),
  ];
  const prepared =
    keyring.ok &&
    tls.ok &&
    credentials.every(({ ok }) => ok) &&
    hashKey.ok &&
    bundle.ok &&
    signingKey.ok &&
    auditDir.ok
      ? {
          keyring: keyring.value,
          classifier,
          bundle: bundle.value,
          signingKey: signingKey.value,
          tls: tls.value,
        }
      : undefined;
  return { prepared, problems, warnings };
}

/** The surfaces of a gateway whose configuration is in order, and the limits of the way of each. */
export function createSurfaces(config: GatewayConfig): {
  readonly surfaces: readonly Surface[];
  readonly upstreamConfigs: ReadonlyMap<string, UpstreamConfig>;
} {
  const configured = configuredSurfaces(config);
  return {
    surfaces: configured.map(({ kind, config: { models, upstream } }) =>
      kind.create({
        region: config.region,
        models,
        upstream,
        credentials: watchCredentials(kind, upstream.credentials),
      }),
    ),
    upstreamConfigs: new Map(configured.map(({ kind, config: of }) => [kind.name, of.upstream])),
  };
}

/** The log makes its own folder, but not the one that is in; its lock lies beside it. */
function checkAuditDir(dir: string): Checked<undefined> {
  const field = "audit.dir";
  const isThere = statSync(dir, { throwIfNoEntry: false }) !== undefined;
  const folders = isThere ? [dirname(dir), dir] : [dirname(dir)];
  for (const folder of folders) {
    const problem = checkWritable(folder);
    if (problem !== undefined)
      return wrong(field, `the audit log ${dir} cannot be written: ${problem}`);
  }
  const lock = `${dir}.lock`;
  try {
    if (existsSync(lock)) accessSync(lock, constants.R_OK | constants.W_OK);
  } catch {
    return wrong(
      field,
      `${lock}, the lock of the audit log, may not be written by the user this runs as`,
    );
  }
  return fine(undefined);
}
