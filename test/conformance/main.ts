// `npm run conformance [-- FILE] [--json OUT]`: a file of cases on every engine; a table by category, the
// failures, and how many passed. Without a file: OPA's own suite.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { sharedPath } from "../shared-data.ts";
import { engines } from "./engines.ts";
import { type CaseFile, readCases, runCase } from "./run-case.ts";

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function open(path: string): CaseFile {
  try {
    return readCases(readFileSync(path));
  } catch (error) {
    process.stderr.write(
      `cannot read ${path}: ${error instanceof Error ? error.message : error}\n`,
    );
    process.exit(2);
  }
}

const { values, positionals } = parseArgs({
  options: { json: { type: "string" } },
  allowPositionals: true,
});
const file = positionals[0] ?? sharedPath("conformance/rego-v1.jsonl.gz");
const { cases, unreadable } = open(file);
const rows = [
  ...[...cases].flatMap(([name, each]) =>
    runCase(each).map((result) => ({ name, category: each.category, ...result })),
  ),
  ...unreadable.flatMap((each) =>
    engines.map((engine) => ({
      category: "unreadable",
      engine: engine.name,
      status: "failed" as const,
      ...each,
    })),
  ),
];
if (values.json !== undefined)
  writeFileSync(values.json, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

const categories = [...new Set(rows.map(({ category }) => category))].sort();
const width = Math.max(8, ...categories.map((category) => category.length));
const lines = categories.map((category) => {
  const cells = engines.map(({ name }) => {
    const own = rows.filter((row) => row.category === category && row.engine === name);
    const passed = own.filter(({ status }) => status === "passed").length;
    return `${passed}/${own.length}`.padStart(name.length);
  });
  return [category.padEnd(width), ...cells].join("  ");
});
say(
  [["category".padEnd(width), ...engines.map(({ name }) => name)].join("  "), ...lines].join("\n"),
);

const failed = rows.filter(({ status }) => status === "failed");
for (const { name, engine, why } of failed) say(`\n${name} (${engine}): ${why}`);
say(`\n${rows.length - failed.length} passed, ${failed.length} failed, 0 skipped`);
process.exitCode = failed.length === 0 && rows.length > 0 ? 0 : 1;
