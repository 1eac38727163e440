// `writ check DIR`: everything that is wrong with a policy set.

import { checkSet } from "../compile-set.ts";
import { EXIT } from "../exit.ts";
import { readPolicySet } from "../policy-set.ts";
import { printDiagnostics, printJson, summarise } from "../report.ts";

export interface CheckFlags {
  readonly format: "text" | "json";
}

export function runCheck(folder: string, { format }: CheckFlags): number {
  const set = readPolicySet(folder);
  const { diagnostics } = checkSet(set);
  if (format === "json") printJson(diagnostics, set.sources);
  else {
    printDiagnostics(diagnostics, set.sources);
    const rules = set.modules.reduce((sum, module) => sum + module.rules.length, 0);
    process.stdout.write(
      `${set.modules.length} files, ${rules} rules: ${summarise(diagnostics)}\n`,
    );
  }
  return diagnostics.length === 0 ? EXIT.clean : EXIT.findings;
}
