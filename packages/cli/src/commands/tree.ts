// `writ tree DIR|FILE`: the compiled trees of a policy set or bundle, for people.

import type { CompiledPolicy } from "@writ/evaluator";
import { compileSet } from "../compile-set.ts";
import { EXIT } from "../exit.ts";
import { isDirectory } from "../files.ts";
import { loadBundle } from "../load-bundle.ts";
import { readPolicySet } from "../policy-set.ts";
import { stopOnErrors } from "../report.ts";
import { renderMermaid, renderTreeText } from "../tree-view.ts";

export interface TreeFlags {
  readonly format: "text" | "mermaid";
}

export function runTree(path: string, { format }: TreeFlags): number {
  const { trees } = isDirectory(path) ? compileFolder(path) : loadBundle(path).policy;
  process.stdout.write(format === "mermaid" ? renderMermaid(trees) : renderTreeText(trees));
  return EXIT.clean;
}

function compileFolder(folder: string): CompiledPolicy {
  const set = readPolicySet(folder);
  const { compiled, diagnostics } = compileSet(set, { includeTests: false });
  stopOnErrors(diagnostics, set.sources);
  if (compiled === undefined) throw new Error("a policy set without errors did not compile");
  return compiled;
}
