// `writ check DIR`: everything that is wrong with a policy set.

import { type Diagnostic, opaCode, renderGithub, renderJson, renderSarif } from "@writ/diagnostics";
import { checkEverything } from "@writ/workspace";
import { EXIT, usageError } from "../exit.ts";
import { showDocument, showLines } from "../output.ts";
import { readPolicySet } from "../policy-set.ts";
import { printDiagnostics, summarise } from "../report.ts";

export interface CheckFlags {
  readonly format: "text" | "json" | "sarif" | "github";
  readonly likeOpa?: boolean;
  readonly strict?: boolean;
}

export function runCheck(folder: string, { format, likeOpa, strict }: CheckFlags): number {
  const set = readPolicySet(folder, { likeOpa });
  if (strict === true && likeOpa !== true) throw usageError("`--strict` requires `--like-opa`");
  const found = checkEverything(set, { likeOpa, strict });
  const diagnostics = likeOpa === true ? found.map(inOpasWords) : found;
  if (format === "text") {
    printDiagnostics(diagnostics, set.sources);
    const rules = set.modules.reduce((sum, module) => sum + module.rules.length, 0);
    showLines([`${set.modules.length} files, ${rules} rules: ${summarise(diagnostics)}`]);
  } else {
    const render = { json: renderJson, sarif: renderSarif, github: renderGithub }[format];
    showDocument(render(diagnostics, set.sources));
  }
  return diagnostics.length === 0 ? EXIT.clean : EXIT.findings;
}

/** With the kind of error that OPA calls it. */
function inOpasWords(found: Diagnostic): Diagnostic {
  return { ...found, title: `${opaCode(found.code)}: ${found.title}` };
}
