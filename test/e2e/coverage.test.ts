// `writ test --coverage`: what is printed where, in each form, and the exit code. What is counted is
// tested beside the recorder.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";
import { runWrit } from "./running-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-coverage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const shipped = here("../../policies/bedrock");

const input = {
  stage: "request",
  identity: {
    iam: { arn: "arn:aws:iam::000000000000:role/x", account: "000000000000" },
    groups: ["staff"],
    roles: [],
    claims: {},
    assurance: "signature",
  },
  request: {
    id: "r",
    surface: "bedrock",
    operation: "Converse",
    region: "us-east-1",
    stream: false,
    tools: [],
  },
  model: { id: "m", provider: "p", family: "f" },
  labels: [],
  findings: [],
  time: { rfc3339: "2026-11-20T09:30:00Z", unix_seconds: 1, weekday: "friday", hour: 9 },
};
const files = {
  "a.rego": `package a

allow if {
	"staff" in input.identity.groups
	not late
}

late if {
	input.time.hour >= 18
	input.time.weekday != "sunday"
}

default level := "none"

level := "high" if count(input.labels) > 2

else := "low" if {
	some label in input.labels
	label != "pii.email"
}
`,
  "b.yaml": `package: b
rules:
  - effect: deny
    reason: "not to {input.model.id}"
    when:
      - any:
          - input.model.provider: { in: [q, r] }
          - input.model.family: g
  - effect: redact
    labels: [pii.ssn, pii.email]
    when:
      - input.stage: response
`,
  "a_test.rego": `package a_test

import data.a

test_low if a.level == "low" with input as {"labels": ["pii.ssn"]}

test_helper if unused(1)

unused(x) if x == 1
`,
  "set.test.yaml": `inputs:
  base: ${JSON.stringify(input)}
tests:
  - name: staff
    input: base
    expect: { effect: allow }
  - name: another model
    input: base
    with: { input.model.family: g }
    expect: { effect: deny }
  - name: not an input
    input: base
    with: { input.model: 1 }
    expect: { effect: deny, errors: [input_invalid] }
`,
};
const set = join(folder, "set");
mkdirSync(set);
for (const [name, text] of Object.entries(files)) writeFileSync(join(set, name), text);

describe("writ test --coverage", () => {
  it("prints a table and what is missing after the results", async () => {
    const { status, stdout, stderr } = runWrit(["test", set, "--coverage"]);
    expect([status, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(here("coverage/text.expected"));
  });

  it("writes lcov that says the same, and the results beside it", async () => {
    const { status, stdout, stderr } = runWrit(["test", set, "--coverage=lcov"]);
    expect([status, stderr]).toEqual([0, "5 passed, 0 failed, 0 skipped\n"]);
    await expect(stdout.replaceAll(folder, "FOLDER")).toMatchFileSnapshot(
      here("coverage/lcov.expected"),
    );
  });

  it("writes JSON as its schema says", () => {
    const schema = JSON.parse(readFileSync(here("../../schemas/coverage.schema.json"), "utf8"));
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
    for (const dir of [set, shipped]) {
      const document = JSON.parse(runWrit(["test", dir, "--coverage=json"]).stdout);
      expect(validate(document) ? [] : validate.errors).toEqual([]);
      const { summary, files: of } = document;
      for (const part of ["rules", "outcomes", "branches"]) {
        const sum = (which: string): number =>
          of.reduce((all: number, each: typeof document) => all + each.summary[part][which], 0);
        expect([part, summary[part]]).toEqual([
          part,
          { covered: sum("covered"), total: sum("total") },
        ]);
      }
    }
  });

  it("is of the policies that ship more than three quarters, in every one of their files", () => {
    const document = JSON.parse(runWrit(["test", shipped, "--coverage=json"]).stdout);
    expect(document.summary.percent).toBeGreaterThan(75);
    expect(document.files.length).toBeGreaterThan(5);
    expect(JSON.stringify(document)).not.toContain("_test");
  });

  it("leaves the results as they are without it, and where they are with a file for the report", () => {
    const plain = runWrit(["test", set]);
    expect(plain.stdout).toBe("5 passed, 0 failed, 0 skipped\n");
    const file = join(folder, "out.info");
    const args = ["test", set, "--coverage=lcov", "--coverage-output", file];
    expect(runWrit(args)).toEqual(plain);
    expect(readFileSync(file, "utf8")).toMatch(/^TN:\nSF:/);
    const junit = runWrit(["test", set, "--coverage", "--format", "junit"]);
    expect(junit.stdout).toMatch(/^<\?xml[\s\S]*<\/testsuites>\n$/);
    expect(junit.stderr).toContain("lines not covered");
  });

  it("shows so much of what is missing, and how much more there is", () => {
    const many = join(folder, "many");
    mkdirSync(many);
    const rules = Array.from({ length: 300 }, (_, index) => `r${index} if input.stage\n`);
    writeFileSync(join(many, "a.rego"), `package a\n\n${rules.join("\n")}`);
    const { stdout } = runWrit(["test", many, "--coverage"]);
    expect(stdout).toContain("a.rego  0/300     0/600         -     0.0%  3-601\n");
    expect(stdout).toMatch(
      /is never tried\n\.\.\. and 100 more: --coverage=json has all of them\n$/,
    );
  });

  it("counts only the tests that ran", () => {
    const { stdout } = runWrit(["test", set, "--coverage=json", "--run", "test_low"]);
    const { files: of } = JSON.parse(stdout);
    expect(of[1]).toMatchObject({
      file: "b.yaml",
      summary: { branches: { total: 0 }, percent: 0 },
    });
  });

  it.each([
    [["--threshold", "45"], 0, ""],
    [["--threshold", "99.9"], 1, "is covered, less than 99.9%\n"],
    [["--threshold", "lots"], 2, "--threshold takes a percentage from 0 to 100, not `lots`"],
    [["--threshold", "101"], 2, "--threshold takes a percentage"],
    [["--coverage=html"], 2, "Allowed choices are text, json, lcov"],
    [["--coverage-output", "/nonexistent/x"], 2, "cannot write /nonexistent/x"],
  ])("%j exits with %i", (flags, expected, said) => {
    const { status, stderr } = runWrit(["test", set, ...flags]);
    expect([status, stderr]).toEqual([expected, expect.stringContaining(said)]);
  });
});
