// The variables of YAML rules that are constants: where they are declared, and what they are. (Those that name
// a path are as short to write as the path.)

import type { SourceFile } from "@writ/diagnostics";
import { isMap, isSeq, type Node, parseDocument } from "yaml";
import type { Term } from "./ast.ts";
import { YamlReader } from "./yaml-reader.ts";
import { readVariables } from "./yaml-variables.ts";

export interface Constant {
  readonly name: string;
  readonly value: Term;
}

export interface Constants {
  readonly ofFile: readonly Constant[];
  /** By where the rule begins. */
  readonly ofRules: ReadonlyMap<number, readonly Constant[]>;
}

/** Of a text that parses without errors. */
export function readConstants({ file, text }: SourceFile): Constants {
  const reader = new YamlReader({ file, diagnostics: [] });
  const contents = parseDocument(text).contents as Node | null;
  const constantsOf = (map: Node | null): readonly Constant[] =>
    isMap(map)
      ? [...readVariables(map, reader)]
          .filter(([, node]) => !isMap(node))
          .map(([name, node]) => ({ name, value: reader.term(node) }))
      : [];
  const rules = isMap(contents) ? reader.get(contents, "rules") : undefined;
  const items = isSeq(rules) ? (rules.items as Node[]) : [];
  return {
    ofFile: constantsOf(contents),
    ofRules: new Map(items.map((rule) => [reader.span(rule).start, constantsOf(rule)])),
  };
}
