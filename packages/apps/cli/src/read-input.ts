// The input a command is given: a JSON file, or `-` for standard input.

import { makeSources } from "@writ/diagnostics";
import { parseJson } from "@writ/evaluator";
import { findJsonFault, withoutMark } from "@writ/workspace";
import { usageError } from "./exit.ts";
import { readStandardInput, readText } from "./files.ts";

export function readInput(file: string): unknown {
  const text = withoutMark(file === "-" ? readStandardInput() : readText(file));
  const fault = findJsonFault(text);
  if (fault === undefined) return parseJson(text);
  const at = makeSources([{ file, text }]).get(file)?.position(fault.start);
  const place = `${file === "-" ? "the input" : file}:${at?.line ?? 1}:${at?.column ?? 1}`;
  throw usageError(`${place}: this cannot be read as JSON: ${fault.reason}`);
}
