// Errors of several files: all that do not hang on each other are said at once, and none that does.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { checkSet } from "./check-set.ts";
import { readPolicySet } from "./policy-set.ts";

const root = mkdtempSync(join(tmpdir(), "writ-check-set-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Files {
  readonly [file: string]: string;
}

/** As `file code`. */
function errorsOf(files: Files): readonly string[] {
  const folder = mkdtempSync(join(root, "set-"));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const { diagnostics } = checkSet(readPolicySet(folder));
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
