// OPA's own cases, run on plan and evaluator. `passing.txt` lists the cases that pass; it may only grow. A
// case on it that stops passing fails here, and so does one that passes and is not on it yet: run with
// UPDATE_PASSING=1 to add it.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { parseJson } from "@writ/evaluator";
import { expect, it } from "vitest";
import { describeWithShared, sharedPath } from "../shared-data.ts";
import { type ConformanceCase, runCase } from "./run-case.ts";

const listFile = fileURLToPath(new URL("./passing.txt", import.meta.url));

function readCases(): readonly ConformanceCase[] {
  const text = gunzipSync(readFileSync(sharedPath("conformance/rego-v1.jsonl.gz"))).toString(
    "utf8",
  );
  return text
    .trim()
    .split("\n")
    .map((line) => parseJson(line) as unknown as ConformanceCase);
}

describeWithShared("OPA's conformance cases", () => {
  it("pass as far as they did, and the list says how far", () => {
    const passing = readCases()
      .filter((each) => runCase(each).status === "passed")
      .map(({ name }) => name);
    const unique = [...new Set(passing)].sort();
    if (process.env["UPDATE_PASSING"] === "1") writeFileSync(listFile, `${unique.join("\n")}\n`);
    const listed = readFileSync(listFile, "utf8").trim().split("\n");
    expect(listed.filter((name) => !unique.includes(name))).toEqual([]);
    expect(unique.filter((name) => !listed.includes(name))).toEqual([]);
  });
});
