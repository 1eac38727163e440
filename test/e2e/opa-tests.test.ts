// Tests written for OPA run here unchanged: every folder of opa-projects has the verdicts, case by case, and the
// printed lines that `opa test` has. Where OPA names an OPA binary, it is asked as well.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runWrit } from "./running-gateway.ts";

const opa = process.env["OPA"];
const folder = fileURLToPath(new URL("./opa-projects/", import.meta.url));
const projects = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(projects)("%s", (name) => {
  const project = join(folder, name);
  const expected = readFileSync(join(folder, `${name}.verdicts`), "utf8");

  it("has the verdicts of OPA", () => {
    expect(writVerdicts(project)).toBe(expected);
  });

  it.skipIf(opa === undefined)("has them in OPA", () => {
    expect(opaVerdicts(project)).toBe(expected);
  });
});

interface Verdict {
  readonly name: string;
  readonly status: string;
  readonly printed: readonly string[];
}

/** In the order in which both list tests; of cases, by their names. */
function write(verdicts: readonly Verdict[]): string {
  const lines = verdicts.flatMap(({ name, status, printed }) => [
    `${name}: ${status}`,
    ...printed.map((line) => `  | ${line}`),
  ]);
  return `${lines.join("\n")}\n`;
}

interface WritTest {
  readonly name: string;
  readonly status: string;
  readonly output?: readonly string[];
  readonly cases?: readonly { readonly name: string; readonly status: string }[];
}

function writVerdicts(project: string): string {
  const { stdout } = runWrit(["test", project, "--like-opa", "--format", "json"]);
  const { tests } = JSON.parse(stdout) as { readonly tests: readonly WritTest[] };
  return write(
    tests.flatMap(({ name, status, output = [], cases = [] }) => [
      { name, status, printed: output },
      ...withCases(name, cases),
    ]),
  );
}

interface SubResults {
  readonly [name: string]: { readonly fail?: boolean; readonly sub_results?: SubResults };
}

interface OpaTest {
  readonly package: string;
  readonly name: string;
  readonly fail?: boolean;
  readonly skip?: boolean;
  readonly error?: unknown;
  /** In base 64. */
  readonly output?: string;
  readonly sub_results?: SubResults;
}

function opaVerdicts(project: string): string {
  const { stdout } = spawnSync(opa ?? "", ["test", "--format=json", project], { encoding: "utf8" });
  return write(
    (JSON.parse(stdout) as readonly OpaTest[]).flatMap((test) => {
      const name = `${test.package}.${test.name}`;
      const hasFailed = test.fail === true || test.error !== undefined;
      const status = test.skip === true ? "skipped" : hasFailed ? "failed" : "passed";
      const text = Buffer.from(test.output ?? "", "base64").toString();
      const printed = text.split("\n").slice(0, -1);
      return [{ name, status, printed }, ...withCases(name, leavesOf(test.sub_results ?? {}))];
    }),
  );
}

function withCases(name: string, cases: NonNullable<WritTest["cases"]>): readonly Verdict[] {
  return cases
    .map((each) => ({ name: `${name}[${each.name}]`, status: each.status, printed: [] }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function leavesOf(
  results: SubResults,
  above: readonly string[] = [],
): NonNullable<WritTest["cases"]> {
  return Object.entries(results).flatMap(([key, { fail, sub_results: below = {} }]) => {
    const names = [...above, key];
    if (Object.keys(below).length > 0) return leavesOf(below, names);
    return [{ name: names.join(" / "), status: fail === true ? "failed" : "passed" }];
  });
}
