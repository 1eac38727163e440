// Which policy the gateway runs. A bundle is verified before anything of it is used, must not be older
// than the one that ran last (which a restart does not forget), and must know every label that the
// classifier can find.

import type { KeyObject } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { builtins } from "@writ/builtins";
import { checkReplaces, isRevision, openBundle, parsePublicKey, type Running } from "@writ/bundle";
import { createPolicy, type Policy, type Shape } from "@writ/evaluator";
import type { GatewayConfig } from "./config.ts";
import { checkWritable, describeFileError, readNamed } from "./named-file.ts";
import { type Checked, fine, type Problem, wrong } from "./problem.ts";

export interface LoadedBundle {
  readonly policy: Policy;
  readonly policyHash: string;
  readonly revision: string;
}

type BundleConfig = GatewayConfig["bundle"];

/** A bundle that this gateway may run, on top of what it ran last. Nothing is written. */
export function loadBundle(config: BundleConfig, labels: readonly string[]): Checked<LoadedBundle> {
  const keys = loadKeys(config);
  const bytes = readNamed({
    field: "bundle.file",
    path: config.file,
    what: "the bundle",
    remedy: "`writ build DIR -o FILE --key PRIVATE.pem --key-id ID --revision R` builds one",
  });
  const running = readRunning(config.state);
  if (!keys.ok || !bytes.ok || !running.ok) {
    const problems = [keys, bytes, running].flatMap((each) => (each.ok ? [] : each.problems));
    return { ok: false, problems };
  }
  const opened = openBundle(bytes.value, keys.value);
  if (!opened.ok) {
    const { message, code } = opened.error;
    return wrong("bundle.file", `${config.file}: ${message} (${code})`);
  }
  const { policyHash, manifest, policy } = opened.bundle;
  const next: Running = { revision: manifest.revision, policyHash };
  const replaced = describeReplaced(config, next, running.value);
  if (replaced !== undefined) return wrong("bundle.file", replaced);
  const unknown = unknownLabels(policy.shape, labels);
  if (unknown.length > 0) {
    const message = `the policy of ${config.file} does not know labels the classifier can find: ${unknown.join(", ")}; name them under \`labels:\` in its vocabulary.yaml and build it anew`;
    return wrong("bundle.file", message);
  }
  return fine({
    policy: createPolicy(policy, builtins),
    policyHash,
    revision: manifest.revision,
  });
}

function loadKeys({ keys }: BundleConfig): Checked<ReadonlyMap<string, KeyObject>> {
  const found = new Map<string, KeyObject>();
  const problems: Problem[] = [];
  for (const [index, { id, publicKey: path }] of keys.entries()) {
    const field = `bundle.keys[${index}].publicKey`;
    const what = `the public key \`${id}\``;
    const remedy = "`writ keygen -o DIR` makes a pair; its public.pem belongs here";
    const bytes = readNamed({ field, path, what, remedy });
    if (!bytes.ok) problems.push(...bytes.problems);
    else {
      const parsed = parsePublicKey(bytes.value.toString("utf8"));
      if (parsed.ok) found.set(id, parsed.key);
      else problems.push({ field, message: `${what} ${path} ${parsed.message}; ${remedy}` });
    }
    if (keys.findIndex((key) => key.id === id) !== index)
      problems.push({ field: `bundle.keys[${index}].id`, message: `\`${id}\` is there already` });
  }
  return problems.length > 0 ? { ok: false, problems } : fine(found);
}

/** Why a bundle may not take the place of the one that ran last. */
function describeReplaced(
  { file, state }: BundleConfig,
  next: Running,
  running: Running | undefined,
): string | undefined {
  const replaces = checkReplaces(next, running);
  if (replaces.ok || running === undefined) return undefined;
  const ran = `revision ${running.revision} (${running.policyHash}), which ran last as ${state} remembers`;
  const anew = "build it under a later --revision, which is also how to go back on purpose";
  return replaces.code === "bundle_older"
    ? `${file} is of revision ${next.revision}, older than ${ran} (bundle_older); ${anew}`
    : `${file} (${next.policyHash}) has other content than ${ran}, under the same revision (revision_reused); ${anew}`;
}

function readRunning(path: string): Checked<Running | undefined> {
  const field = "bundle.state";
  const what = `${path}, which remembers the bundle that ran last,`;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      return wrong(field, `${what} ${describeFileError(error)}`);
    const folder = checkWritable(dirname(path));
    return folder === undefined
      ? fine(undefined)
      : wrong(field, `${what} cannot be made: ${folder}`);
  }
  try {
    const { revision, policyHash } = JSON.parse(text) as Partial<Running>;
    if (typeof revision === "string" && isRevision(revision) && typeof policyHash === "string")
      return fine({ revision, policyHash });
  } catch {
    // As below.
  }
  return wrong(field, `${what} does not say which; if no newer bundle can have run, remove it`);
}

/** Remembers what runs from here on. The problem, where it cannot be. */
export function rememberBundle(
  { state }: BundleConfig,
  { revision, policyHash }: LoadedBundle,
): Problem | undefined {
  try {
    // Written aside and renamed: a crash leaves the old file or the new one, never half of one.
    const running: Running = { revision, policyHash };
    writeFileSync(`${state}.new`, `${JSON.stringify(running)}\n`, { flush: true });
    renameSync(`${state}.new`, state);
    return undefined;
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const message = `${state} cannot be written (${code}), and must remember the bundle that ran last`;
    return { field: "bundle.state", message };
  }
}

/** Labels that the policy's closed vocabulary lacks; an input with one would be invalid, and denied. */
function unknownLabels(shape: Shape, labels: readonly string[]): readonly string[] {
  const node = shape.kind === "object" ? shape.properties["labels"] : undefined;
  const items = node?.kind === "array" ? node.items : undefined;
  const known = items?.kind === "string" ? items.values : undefined;
  return known === undefined ? [] : labels.filter((label) => !known.includes(label));
}
