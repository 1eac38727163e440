// Shows diagnostics: text to the terminal's error stream, JSON to the output, as the command was asked.

import { type Diagnostic, renderText, type Sources } from "@writ/diagnostics";
import { CommandFailure, EXIT } from "./exit.ts";
import { showDocument } from "./output.ts";

export function printDiagnostics(diagnostics: readonly Diagnostic[], sources: Sources): void {
  if (diagnostics.length === 0) return;
  const color = process.stderr.isTTY === true && process.env["NO_COLOR"] === undefined;
  showDocument(`${renderText(diagnostics, sources, { color })}\n`, process.stderr);
}

export function summarise(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic["severity"], word: string): string => {
    const found = diagnostics.filter((each) => each.severity === severity).length;
    return `${found} ${word}${found === 1 ? "" : "s"}`;
  };
  return `${count("error", "error")}, ${count("warning", "warning")}`;
}

/** For commands that need a policy: shows what is wrong and stops when there is none. */
export function stopOnErrors(diagnostics: readonly Diagnostic[], sources: Sources): void {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  printDiagnostics(errors, sources);
  throw new CommandFailure(summarise(errors), EXIT.findings);
}
