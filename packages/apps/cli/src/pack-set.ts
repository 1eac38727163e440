// From a compiled policy set to a bundle.

import { type PackedBundle, type PackOptions, packBundle } from "@writ/bundle";
import { diagnostic } from "@writ/diagnostics";
import type { CompiledPolicy } from "@writ/evaluator";
import { inputSchema, vocabulariesOf } from "./check-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { stopOnErrors } from "./report.ts";

const MAX_PATH = 100;

export function packSet(
  set: PolicySet,
  policy: CompiledPolicy,
  options: Pick<PackOptions, "revision" | "sign">,
): PackedBundle {
  // Tests stay at home, and the base documents go in as the one data.json they make together.
  const sources = set.modules
    .filter(({ file }) => !file.endsWith("_test.rego"))
    .map(({ file }) => ({
      path: file,
      bytes: Buffer.from(set.sources.get(file)?.text ?? "", "utf8"),
    }));
  const tooLong = sources.filter(({ path }) => path.length > MAX_PATH);
  stopOnErrors(
    tooLong.map(({ path }) =>
      diagnostic("E0502", { limit: MAX_PATH }, { file: path, start: 0, end: 0 }),
    ),
    set.sources,
  );
  const schema = { inputSchema, vocabularies: vocabulariesOf(set) };
  return packBundle({ policy, sources, inputSchema: schema, ...options });
}
