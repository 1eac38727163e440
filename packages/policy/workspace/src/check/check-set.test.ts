// Errors of several files: all that do not hang on each other are said at once, and none that does.

import { fileURLToPath } from "node:url";
import { builtins } from "@writ/builtins";
import { expect, it } from "vitest";
import { readSchemas } from "../node/read-schemas.ts";
import { memorySource } from "../read/memory-source.ts";
import { readPolicySet } from "../read/policy-set.ts";
import { checkSet } from "./check-set.ts";

const schemas = fileURLToPath(new URL("../../../../../schemas", import.meta.url));
const environment = { ...readSchemas(schemas), labels: [], builtins };

interface Files {
  readonly [file: string]: string;
}

/** As `file code`. */
function errorsOf(files: Files): readonly string[] {
  const set = readPolicySet(memorySource("the set", files), environment);
  const { diagnostics } = checkSet(set);
  return diagnostics.map(({ code, primary }) => `${primary.span.file} ${code}`);
}

const BROKEN = "package a\n\nlimit := 5\n\nallow if input.model.id ==\n";
const TYPO = 'allow if input.modle.id == "m"\n';

const sets: readonly (readonly [what: string, files: Files, errors: readonly string[]])[] = [
  [
    "a file that cannot be read, and rules that stand alone",
    {
      "a.rego": BROKEN,
      "b.rego": `package b\n\n${TYPO}\nredact contains "pii.ssnx"\n\ndeny contains "x" if y > 1\n`,
    },
    ["a.rego E0101", "b.rego E0203", "b.rego E0303", "b.rego E0204"],
  ],
  [
    "what refers to a file that cannot be read, or is of its package, may be right",
    {
      "a.rego": BROKEN,
      "a2.rego": `package a\n\ndeny contains "x" if input.request.max_tokens > limits\n\n${TYPO}`,
      "b.rego": 'package b\n\nimport data.a\n\ndeny contains "x" if a.other\n\nallow if a.f(1)\n',
    },
    ["a.rego E0101"],
  ],
  [
    "a file without a package may be of any",
    { "a.rego": "allow if true\n", "b.rego": `package b\n\n${TYPO}` },
    ["a.rego E0107"],
  ],
  [
    "data that cannot be read",
    { "data.json": "{,}", "b.rego": `package b\n\n${TYPO}\ndeny contains "x" if data.x.y\n` },
    ["data.json E0125"],
  ],
  [
    "a vocabulary that cannot be read says what labels there are",
    { "vocabulary.yaml": "labels: [", "b.rego": 'package b\n\nredact contains "own.label"\n' },
    ["vocabulary.yaml E0120"],
  ],
  [
    "a variable without a value, and a typo beside it",
    {
      "a.rego": `package a\n\ndeny contains "x" if y > 1\n\n${TYPO}`,
      "b.rego": `package b\n\n${TYPO}`,
    },
    ["a.rego E0204", "a.rego E0203", "b.rego E0203"],
  ],
  [
    "of a rule with a variable without a value no type is known",
    {
      "a.rego": 'package a\n\nlimit := 5\n\nlimit := y if true\n\nallow if limit == "five"\n',
    },
    ["a.rego E0204"],
  ],
];

it.each(sets)("%s", (_what, files, errors) => {
  expect(errorsOf(files)).toEqual(errors);
});
