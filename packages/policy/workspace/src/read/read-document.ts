// Documents of a policy set as plain values, with diagnostics for what is none: YAML, and JSON and no more than that. A
// document that other readers would refuse, or read otherwise, is none to decide by.

import { type Diagnostic, diagnostic, type SourceFile } from "@writ/diagnostics";
import { parseJson } from "@writ/evaluator";
import { findJsonFault } from "./json-fault.ts";
import { readYaml } from "./read-yaml.ts";

/** A document in the language that its file's name says. */
export function readDocument(source: SourceFile, diagnostics: Diagnostic[]): unknown {
  const read = source.file.endsWith(".json") ? readJson : readYaml;
  return read(source, diagnostics);
}

function readJson({ file, text }: SourceFile, diagnostics: Diagnostic[]): unknown {
  const json = withoutMark(text);
  const fault = findJsonFault(json);
  if (fault === undefined) return parseJson(json);
  const { reason, start } = fault;
  diagnostics.push(diagnostic("E0125", { reason }, { file, start, end: start + 1 }));
  return undefined;
}

/** Some editors begin a text with a mark of its encoding. Places stay what they are. */
export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? ` ${text.slice(1)}` : text;
}
