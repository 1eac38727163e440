// OPA's own cases, run on every engine. `passing.txt` lists the cases that pass on all of them; it may only
// grow. A case on it that stops passing fails here, and so does one that passes and is not on it yet: run
// with UPDATE_PASSING=1 to add it.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { describeWithShared, sharedPath } from "../shared-data.ts";
import { readCases, runCase } from "./run-case.ts";

const listFile = fileURLToPath(new URL("./passing.txt", import.meta.url));

describeWithShared("OPA's conformance cases", () => {
  it("pass as far as they did, and the list says how far", () => {
    const bytes = readFileSync(sharedPath("conformance/rego-v1.jsonl.gz"));
    const { cases, unreadable } = readCases(bytes);
    expect(unreadable).toEqual([]);
    const passing = [...cases]
      .filter(([, each]) => runCase(each).every(({ status }) => status === "passed"))
      .map(([name]) => name)
      .sort();
    if (process.env["UPDATE_PASSING"] === "1") writeFileSync(listFile, `${passing.join("\n")}\n`);
    const listed = readFileSync(listFile, "utf8").trim().split("\n");
    expect(listed.filter((name) => !passing.includes(name))).toEqual([]);
    expect(passing.filter((name) => !listed.includes(name))).toEqual([]);
  });
});
