// Gateways under test with policies that are compiled here: a gateway reads no policy text.

import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateKeys } from "@writ/bundle";
import type { StartOptions } from "@writ/gateway";
import {
  type GatewaySettings,
  type GatewayUnderTest,
  type SignedBundle,
  startUnderTest as start,
} from "@writ/gateway-testing";
import { compileSet, packSet } from "@writ/workspace";
import { readPolicySet } from "../../packages/apps/cli/src/policy-set.ts";

/** Where the cases are. */
export const CASES: string = fileURLToPath(new URL("./cases/", import.meta.url));

export function startUnderTest(
  settings: GatewaySettings,
  options: StartOptions & { readonly vocabulary?: readonly string[] } = {},
): Promise<GatewayUnderTest> {
  return start(settings, { ...options, buildBundle });
}

function buildBundle(policy: string, labels: readonly string[]): SignedBundle {
  const folder = mkdtempSync(join(tmpdir(), "writ-policies-"));
  try {
    const name = policy.startsWith("package:") ? "policy.yaml" : "policy.rego";
    writeFileSync(join(folder, name), policy);
    if (labels.length > 0)
      writeFileSync(join(folder, "vocabulary.yaml"), JSON.stringify({ labels }));
    const set = readPolicySet(folder);
    const { compiled, diagnostics } = compileSet(set, { includeTests: false });
    if (compiled === undefined) throw new Error(JSON.stringify(diagnostics));
    const { privateKey, publicKey } = generateKeys();
    const sign = { key: createPrivateKey(privateKey), keyId: "k" };
    const { bytes } = packSet(set, compiled, { revision: "1", sign });
    return { bytes, keyId: "k", publicKey };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
