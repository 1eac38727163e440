// A compiled policy from where a user has one: a folder of policies, or a bundle.

import type { CompiledPolicy } from "@writ/evaluator";
import { compileSet } from "./compile-set.ts";
import { isDirectory } from "./files.ts";
import { loadBundle } from "./load-bundle.ts";
import { readPolicySet } from "./policy-set.ts";
import { stopOnErrors } from "./report.ts";

/** Stops the command with what is wrong when it does not compile. `name`: what errors call it. */
export function loadPolicy(path: string, name: string = path): CompiledPolicy {
  if (!isDirectory(path)) return loadBundle(path).policy;
  const set = readPolicySet(path);
  const { compiled, diagnostics } = compileSet(set, { includeTests: false });
  if (name !== path && diagnostics.some(({ severity }) => severity === "error"))
    process.stderr.write(`in ${name}:\n`);
  stopOnErrors(diagnostics, set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  return compiled;
}
