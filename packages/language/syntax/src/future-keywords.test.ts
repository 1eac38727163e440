// An import that gives `not`, `and` or `or` another meaning is refused, one that changes nothing is not.

import { describe, expect, it } from "vitest";
import { parseRego } from "./parse-rego.ts";

const codes = (text: string): readonly string[] =>
  parseRego({ file: "a.rego", text }).diagnostics.map(({ code }) => code);

describe("an import of future keywords", () => {
  it.each(["in", "every", "if", "contains"])("may name %s", (keyword) => {
    expect(codes(`package a\nimport future.keywords.${keyword}\np if not input.x\n`)).toEqual([]);
  });

  it.each(["not", "and", "or"])("may not name %s", (keyword) => {
    expect(codes(`package a\nimport future.keywords.${keyword}\np if input.x\n`)).toEqual([
      "E0222",
    ]);
  });

  it.each([
    ["p if input.x", []],
    ["p if input.not", []],
    ['p if "a" in {"a or b"} # not', []],
    ["p if not input.x", ["E0222"]],
    ["p if { every x in [1] { not x == 2 } }", ["E0222"]],
    ["p := [x | x := 1; not x == 2]", ["E0222"]],
    ["p if { or := 1; or == 1 }", ["E0222"]],
    ["and(x) := x", ["E0222"]],
  ] as const)("may name all where the module has none of the words: %s", (rule, expected) => {
    expect(codes(`package a\nimport future.keywords\n${rule}\n`)).toEqual(expected);
  });
});
