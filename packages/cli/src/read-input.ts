// The input a command is given: a JSON file, or `-` for standard input.

import { parseJson } from "@writ/evaluator";
import { usageError } from "./exit.ts";
import { readStandardInput, readText } from "./files.ts";

export function readInput(file: string): unknown {
  const text = file === "-" ? readStandardInput() : readText(file);
  try {
    return parseJson(text);
  } catch (error) {
    throw usageError(`the input is not JSON: ${error instanceof Error ? error.message : ""}`);
  }
}
