// `writ check DIR`: everything that is wrong with a policy set.

import { renderGithub, renderJson, renderSarif } from "@writ/diagnostics";
import { checkSet } from "../compile-set.ts";
import { EXIT } from "../exit.ts";
import { readPolicySet } from "../policy-set.ts";
import { printDiagnostics, summarise } from "../report.ts";

export interface CheckFlags {
  readonly format: "text" | "json" | "sarif" | "github";
  readonly likeOpa?: boolean;
}

export function runCheck(folder: string, { format, likeOpa }: CheckFlags): number {
  const set = readPolicySet(folder);
  const { diagnostics } = checkSet(set, { likeOpa });
  if (format === "text") {
    printDiagnostics(diagnostics, set.sources);
    const rules = set.modules.reduce((sum, module) => sum + module.rules.length, 0);
    process.stdout.write(
      `${set.modules.length} files, ${rules} rules: ${summarise(diagnostics)}\n`,
    );
  } else {
    const render = { json: renderJson, sarif: renderSarif, github: renderGithub }[format];
    process.stdout.write(render(diagnostics, set.sources));
  }
  return diagnostics.length === 0 ? EXIT.clean : EXIT.findings;
}
