// `writ check DIR`: everything that is wrong with a policy set.

import {
  type Diagnostic,
  opaCode,
  renderGithub,
  renderJson,
  renderSarif,
  sortDiagnostics,
} from "@writ/diagnostics";
import type { CheckSetOptions } from "../check-set.ts";
import { EXIT, usageError } from "../exit.ts";
import { showDocument, showLines } from "../output.ts";
import { type PolicySet, readPolicySet } from "../policy-set.ts";
import { checkAndProve } from "../prove.ts";
import { printDiagnostics, summarise } from "../report.ts";
import { readTestFile } from "../test-file.ts";

export interface CheckFlags {
  readonly format: "text" | "json" | "sarif" | "github";
  readonly likeOpa?: boolean;
  readonly strict?: boolean;
}

export function runCheck(folder: string, { format, likeOpa, strict }: CheckFlags): number {
  const set = readPolicySet(folder, { likeOpa });
  if (strict === true && likeOpa !== true) throw usageError("--strict is for --like-opa");
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

/** What is wrong with the policies, and with the cases they are tested with. */
export function checkEverything(
  set: PolicySet,
  flags: Pick<CheckSetOptions, "likeOpa" | "strict">,
): readonly Diagnostic[] {
  const tests = set.tests.flatMap((source) => readTestFile(source).diagnostics);
  return sortDiagnostics([...checkAndProve(set, flags), ...tests]);
}

/** With the kind of error that OPA calls it. */
function inOpasWords(found: Diagnostic): Diagnostic {
  return { ...found, title: `${opaCode(found.code)}: ${found.title}` };
}
