// A compiled policy from where a user has one: a folder of policies, a folder at a revision, or a bundle.

import type { Sources } from "@writ/diagnostics";
import type { CompiledPolicy } from "@writ/evaluator";
import { compileSet, type PolicySet } from "@writ/workspace";
import { isDirectory } from "@writ/workspace/node";
import { loadBundle } from "./load-bundle.ts";
import { showErrors } from "./output.ts";
import { readPolicySet } from "./policy-set.ts";
import { stopOnErrors } from "./report.ts";

/** Stops the command with what is wrong when it does not compile. */
export function loadPolicy(path: string): CompiledPolicy {
  return loadWithSources(path).policy;
}

export interface LoadedPolicy {
  readonly policy: CompiledPolicy;
  /** None of a bundle's. */
  readonly sources: Sources;
}

export function loadWithSources(path: string): LoadedPolicy {
  if (!isDirectory(path)) return { policy: loadBundle(path).policy, sources: new Map() };
  const set = readPolicySet(path);
  return { policy: compilePolicy(set), sources: set.sources };
}

/** `name`: what errors call a set that is not the one folder a command is about. */
export function compilePolicy(set: PolicySet, name?: string): CompiledPolicy {
  const { compiled, diagnostics } = compileSet(set, { includeTests: false });
  if (name !== undefined && diagnostics.some(({ severity }) => severity === "error"))
    showErrors([`in ${name}:`]);
  stopOnErrors(diagnostics, set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  return compiled;
}
