// The text of a place in a policy, where the policy's sources are at hand.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SourceRef } from "@writ/evaluator";
import { isDirectory } from "@writ/workspace/node";
import { readText } from "./files.ts";

/** The line that a place begins on, without its indentation; empty where the text is not at hand. */
export type SourceLines = (source: SourceRef) => string;

export function readSourceLines(path: string): SourceLines {
  const files = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    const place = join(path, file);
    let lines = files.get(file);
    if (lines === undefined) {
      lines = isDirectory(path) && existsSync(place) ? readText(place).split("\n") : [];
      files.set(file, lines);
    }
    return (lines[line - 1] ?? "").trim();
  };
}
