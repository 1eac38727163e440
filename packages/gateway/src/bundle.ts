// Which policy the gateway runs. A bundle is verified before anything of it is used, must not be older
// than the one that ran last (which a restart does not forget), and must know every label that the
// classifier can find.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { builtins } from "@writ/builtins";
import { checkReplaces, openBundle, parsePublicKey, type Running } from "@writ/bundle";
import { createPolicy, type Policy, type Shape } from "@writ/evaluator";
import type { GatewayConfig } from "./config.ts";

export interface LoadedBundle {
  readonly policy: Policy;
  readonly policyHash: string;
  readonly revision: string;
}

export type BundleResult =
  | { readonly ok: true; readonly bundle: LoadedBundle }
  | { readonly ok: false; readonly problem: string };

export function loadBundle(
  config: GatewayConfig["bundle"],
  labels: readonly string[],
): BundleResult {
  const keys = new Map();
  for (const { id, publicKey } of config.keys) {
    const parsed = parsePublicKey(readFileSync(publicKey, "utf8"));
    if (!parsed.ok) return { ok: false, problem: `the bundle key ${publicKey} ${parsed.message}` };
    keys.set(id, parsed.key);
  }
  const opened = openBundle(readFileSync(config.file), keys);
  if (!opened.ok)
    return { ok: false, problem: `${config.file}: ${opened.error.message} (${opened.error.code})` };
  const { policyHash, manifest, policy } = opened.bundle;
  const next: Running = { revision: manifest.revision, policyHash };
  const replaces = checkReplaces(next, readRunning(config.state));
  if (!replaces.ok) {
    const why =
      replaces.code === "bundle_older"
        ? "is older than the bundle that ran last"
        : "has other content than the bundle that ran last under the same revision";
    return {
      ok: false,
      problem: `${config.file} (revision ${next.revision}) ${why} (${replaces.code})`,
    };
  }
  const unknown = unknownLabels(policy.shape, labels);
  if (unknown.length > 0) {
    return {
      ok: false,
      problem: `the policy does not know labels the classifier can find: ${unknown.join(", ")}`,
    };
  }
  writeRunning(config.state, next);
  const bundle = {
    policy: createPolicy(policy, builtins),
    policyHash,
    revision: manifest.revision,
  };
  return { ok: true, bundle };
}

function readRunning(file: string): Running | undefined {
  if (!existsSync(file)) return undefined;
  const value = JSON.parse(readFileSync(file, "utf8")) as Partial<Running>;
  if (typeof value.revision !== "string" || typeof value.policyHash !== "string") {
    throw new Error(`${file} does not say which bundle ran last`);
  }
  return { revision: value.revision, policyHash: value.policyHash };
}

function writeRunning(file: string, running: Running): void {
  // Written aside and renamed: a crash leaves the old file or the new one, never half of one.
  writeFileSync(`${file}.new`, `${JSON.stringify(running)}\n`, { flush: true });
  renameSync(`${file}.new`, file);
}

/** Labels that the policy's closed vocabulary lacks; an input with one would be invalid, and denied. */
function unknownLabels(shape: Shape, labels: readonly string[]): readonly string[] {
  const node = shape.kind === "object" ? shape.properties["labels"] : undefined;
  const items = node?.kind === "array" ? node.items : undefined;
  const known = items?.kind === "string" ? items.values : undefined;
  return known === undefined ? [] : labels.filter((label) => !known.includes(label));
}
