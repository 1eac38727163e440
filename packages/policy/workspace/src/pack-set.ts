// From a compiled policy set to a bundle.

import { type PackedBundle, type PackOptions, packBundle } from "@writ/bundle";
import { isTestFile } from "@writ/checker";
import { type Diagnostic, diagnostic } from "@writ/diagnostics";
import type { CompiledPolicy } from "@writ/evaluator";
import { vocabulariesOf } from "./check/check-set.ts";
import type { PolicySet } from "./read/policy-set.ts";

const MAX_PATH = 100;

/** What stands in the way of packing a set that compiles: files whose names an archive cannot have. */
export function findUnpackable(set: PolicySet): readonly Diagnostic[] {
  return packedModules(set)
    .filter(({ file }) => file.length > MAX_PATH)
    .map(({ file }) => diagnostic("E0502", { limit: MAX_PATH }, { file, start: 0, end: 0 }));
}

/** The bundle of a set that was compiled without its tests, and of which nothing is unpackable. */
export function packSet(
  set: PolicySet,
  policy: CompiledPolicy,
  options: Pick<PackOptions, "revision" | "sign">,
): PackedBundle {
  const encoder = new TextEncoder();
  // The base documents go in as the one data.json they make together.
  const sources = packedModules(set).map(({ file }) => ({
    path: file,
    bytes: encoder.encode(set.sources.get(file)?.text ?? ""),
  }));
  const { inputSchema } = set.environment;
  const schema = { inputSchema, vocabularies: vocabulariesOf(set) };
  return packBundle({ policy, sources, inputSchema: schema, ...options });
}

/** Tests stay at home. */
function packedModules({ modules }: PolicySet): PolicySet["modules"] {
  return modules.filter(({ file }) => !isTestFile(file));
}
