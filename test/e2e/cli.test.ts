// The `writ` command as people and their CI use it: what it prints, where, and with which exit code.

import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { runWrit, writ } from "./running-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shipped = fileURLToPath(new URL("../../policies/bedrock", import.meta.url));
let count = 0;
/** A policy set of these files. */
function policySet(files: { readonly [name: string]: string }): string {
  count += 1;
  const dir = join(folder, `set-${count}`);
  mkdirSync(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

const allow = 'package a\n\nallow if "staff" in input.identity.groups\n';
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

describe("writ check", () => {
  it("is silent about a sound set", () => {
    expect(runWrit(["check", policySet({ "a.rego": allow })])).toMatchObject({
      status: 0,
      stdout: "1 files, 1 rules: 0 errors, 0 warnings\n",
    });
  });

  it("reads what a link in the folder leads to, and stops at what it does not read: a policy left out denies nothing", () => {
    const set = policySet({ "a.rego": allow });
    const deny = 'package a\n\ndeny contains "d" if true\n';
    const elsewhere = policySet({ "d.rego": deny });
    mkdirSync(join(set, "..2026"));
    writeFileSync(join(set, "..2026", "d.rego"), deny);
    symlinkSync("..2026/d.rego", join(set, "d.rego"));
    expect(runWrit(["check", set]).stdout).toContain("2 files, 2 rules");
    symlinkSync(elsewhere, join(set, "more"));
    const { status, stderr } = runWrit(["check", set]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("more is a link to a folder")]);
    rmSync(join(set, "more"));
    symlinkSync(join(elsewhere, "gone.rego"), join(set, "gone.rego"));
    expect(runWrit(["check", set]).status).toBe(2);
  });

  it("points at what is wrong, in Rego and YAML, and exits with 1", () => {
    const result = runWrit([
      "check",
      policySet({
        "a.rego": allow.replace("groups", "gruops"),
        "b.yaml": "package: b\nrules:\n  - effect: allow\n    when:\n      - input.modle.id: x\n",
      }),
    ]);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("--> a.rego:3:");
    expect(result.stderr).toContain("did you mean `groups`?");
    expect(result.stderr).toContain("--> b.yaml:5:9");
    expect(result.stderr).toContain("did you mean `model`?");
  });

  it("speaks JSON", () => {
    const { status, stdout } = runWrit([
      "check",
      policySet({ "a.rego": "package a\n\nallow if nope\n" }),
      "--format",
      "json",
    ]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      summary: { errors: 1 },
      diagnostics: [{ code: "E0204", primary: { file: "a.rego", line: 3, column: 10 } }],
    });
  });

  it.each([
    ["a folder that is not there", ["check", "/nonexistent"]],
    ["a file for a folder", ["check", "package.json"]],
    ["an empty folder", ["check", policySet({})]],
    ["no folder", ["check"]],
    ["a command there is not", ["chekc", "."]],
    ["a format there is not", ["check", ".", "--format", "xml"]],
  ])("exits with 2 for %s", (_name, args) => {
    const { status, stderr } = runWrit(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^writ: /);
    expect(stderr).not.toMatch(/\bat .*\.ts:/);
  });
});

const tests = (expect_: string) =>
  `inputs:\n  base: ${JSON.stringify(input)}\ntests:\n  - name: staff\n    input: base\n    expect: ${expect_}\n`;

describe("writ fmt", () => {
  const untidy = 'package a\nallow if input.stage=="request"\n';

  it("writes what it changes, names it, and changes nothing a second time", () => {
    const dir = policySet({ "a.rego": untidy });
    const file = join(dir, "a.rego");
    expect(runWrit(["fmt", dir, "--check"])).toMatchObject({ status: 1, stdout: `${file}\n` });
    expect(readFileSync(file, "utf8")).toBe(untidy);
    expect(runWrit(["fmt", dir])).toMatchObject({ status: 0, stdout: `${file}\n` });
    expect(readFileSync(file, "utf8")).toBe('package a\n\nallow if input.stage == "request"\n');
    expect(runWrit(["fmt", dir, "--check"])).toMatchObject({ status: 0, stdout: "" });
  });

  it("prints YAML rules as Rego that decides the same: the shipped ones pass their tests so", () => {
    const dir = policySet({});
    cpSync(shipped, dir, { recursive: true });
    const rules = readdirSync(dir).filter((name) =>
      /^(?!data|vocabulary).*(?<!\.test)\.yaml$/.test(name),
    );
    expect(rules.length).toBeGreaterThan(2);
    for (const name of rules) {
      const { status, stdout } = runWrit(["fmt", "--to", "rego", join(dir, name)]);
      expect([name, status]).toEqual([name, 0]);
      rmSync(join(dir, name));
      writeFileSync(join(dir, name.replace("yaml", "rego")), stdout);
    }
    const before = runWrit(["test", shipped]);
    const after = runWrit(["test", dir]);
    expect(after).toMatchObject({ status: 0, stdout: before.stdout });
    expect(runWrit(["fmt", "--check", dir])).toMatchObject({ status: 0, stdout: "" });
    // What is suppressed in YAML is in Rego.
    expect(runWrit(["check", dir])).toMatchObject({ status: 0 });
  });

  it.each([
    [["--to", "cedar", "a.yaml"], "--to takes `rego`, not `cedar`"],
    [["--to", "rego", "a.rego"], "--to rego takes one file of YAML rules"],
  ])("refuses %j", (args, message) => {
    const { status, stderr } = runWrit(["fmt", ...args]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe("writ test", () => {
  const rego =
    'package a_test\n\nimport data.a\n\ntest_staff if a.allow with input as {"identity": {"groups": ["staff"]}}\n\ntest_nobody if not a.allow with input as {"identity": {"groups": []}}\n\ntodo_test_later if false\n';

  it("runs test rules and cases, and exits with 0 when they pass", () => {
    const set = policySet({
      "a.rego": allow,
      "a_test.rego": rego,
      "a.test.yaml": tests("{ effect: allow, reasons: [], redactions: [] }"),
    });
    expect(runWrit(["test", set])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/SKIP a_test.rego[\s\S]*3 passed, 0 failed, 1 skipped/),
    });
  });

  it("says what differs, and exits with 1", () => {
    const set = policySet({
      "a.rego": allow,
      "a.test.yaml": tests("{ effect: deny, reasons: [x] }"),
    });
    const { status, stdout } = runWrit(["test", set]);
    expect(status).toBe(1);
    expect(stdout).toContain("FAIL a.test.yaml:4: staff");
    expect(stdout).toContain("effect is allow, not deny: a.allow#1 (a.rego:3)");
    expect(stdout).toContain('reasons are [], not ["x"]');
  });

  it("runs each of several tests of one name, as OPA does", () => {
    const text = "package t\n\ntest_it if true\n\ntest_it if false\n";
    const { status, stdout } = runWrit(["test", policySet({ "t_test.rego": text })]);
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining("FAIL t_test.rego:5: data.t.test_it#01"),
    ]);
    expect(stdout).toContain("1 passed, 1 failed");
  });

  it("takes every JSON and YAML file for data where OPA does", () => {
    const set = policySet({
      "t_test.rego": "package t\n\ntest_it if data.roles.admin == data.levels.high\n",
      "roles.json": '{"roles": {"admin": 1}}',
      "levels.yaml": "levels: {high: 1}\n",
    });
    expect(runWrit(["test", set, "--like-opa"]).stdout).toContain("1 passed, 0 failed");
  });

  it("writes JUnit and JSON", () => {
    const set = policySet({ "a.rego": allow, "a.test.yaml": tests("{ effect: deny }") });
    expect(runWrit(["test", set, "--format", "junit"]).stdout).toMatch(
      /<testsuite name="writ" tests="1" failures="1"[\s\S]*<failure message="effect is allow, not deny/,
    );
    expect(JSON.parse(runWrit(["test", set, "--format", "json"]).stdout)).toMatchObject({
      summary: { passed: 0, failed: 1 },
    });
  });

  it("points into a test file that is wrong", () => {
    const set = policySet({
      "a.rego": allow,
      "a.test.yaml": "tests:\n  - name: x\n    input: nobody\n    expect: { effect: perhaps }\n",
    });
    const { status, stderr } = runWrit(["test", set]);
    expect(status).toBe(1);
    expect(stderr).toContain("--> a.test.yaml:4:");
  });
});

describe("writ explain", () => {
  it.each(["W0401", "w0401", "silent-deny"])("prints the page of %s", (asked) => {
    const { status, stdout } = runWrit(["explain", asked]);
    expect([status, stdout.split("\n")[0]]).toEqual([0, "# W0401 silent-deny"]);
    expect(stdout).toContain("## Right");
  });

  it.each(["E0213", "e0213", "invalid-default"])(
    "says what became of %s, which is retired",
    (asked) => {
      expect(runWrit(["explain", asked])).toEqual({
        status: 0,
        stderr: "",
        stdout: [
          "# E0213 invalid-default (retired)",
          "",
          "It reported: the value of a `default` was not a constant.",
          "Gone since 2026-11-21: nothing reports it, and its code is never used again.",
          "Instead: the parser reports it as E0101.",
          "",
        ].join("\n"),
      });
    },
  );

  it("says what there is instead of what there is not", () => {
    expect(runWrit(["explain", "silent-denny"])).toEqual({
      status: 2,
      stdout: "",
      stderr: "writ: there is no diagnostic `silent-denny`; did you mean `silent-deny`?\n",
    });
  });
});

describe("writ test --watch", () => {
  it("runs again when a file changes, also after an error, and ends when interrupted", async () => {
    const good = "package t\n\ntest_it if true\n";
    const dir = policySet({ "t_test.rego": good });
    const child = spawn(process.execPath, [writ, "test", dir, "--watch"], { stdio: "pipe" });
    let output = "";
    const seen = async (text: string): Promise<void> => {
      const isSeen = (): boolean => output.includes(text) && output.includes("Ctrl-C ends");
      for (let tries = 0; !isSeen() && tries < 500; tries += 1) await setTimeout(20);
      expect(output).toContain(text);
      output = "";
    };
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    try {
      await seen("1 passed, 0 failed");
      writeFileSync(join(dir, "t_test.rego"), `${good}\ntest_other if {\n`);
      await seen("error[E0110]");
      writeFileSync(join(dir, "t_test.rego"), `${good}\ntest_other if false\n`);
      await seen("1 passed, 1 failed");
      child.kill("SIGINT");
      expect(await once(child, "exit")).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("writ query", () => {
  const dir = policySet({
    "a.rego": allow,
    "data.json": '{ "limits": { "small": 10, "large": 12345678901234567890 } }',
  });

  it.each([
    ["data.limits.large", "12345678901234567890\n"],
    ["some name; data.limits[name] == 10", '{"name":"small"}\n'],
    ["x := [1, 2][i]", '{"i":0,"x":1}\n{"i":1,"x":2}\n'],
    ["data.limits[k]", '{"k":"large","value":12345678901234567890}\n{"k":"small","value":10}\n'],
    ["not false", "true\n"],
    ["input.model.id", ""],
    ["{x | x := data.limits[_]}", "[10,12345678901234567890]\n"],
  ])("%s", (query, stdout) => {
    expect(runWrit(["query", query, "--data", dir])).toMatchObject({ status: 0, stdout });
  });

  it("asks about an input, and shows what is printed", () => {
    const file = join(dir, "input.json");
    writeFileSync(file, JSON.stringify(input));
    const args = ["query", 'print("seen"); data.a.allow', "--data", dir, "--input", file];
    expect(runWrit(args)).toMatchObject({ status: 0, stdout: "true\n", stderr: "seen\n" });
  });

  it("shows what is wrong where it stands in the query", () => {
    const { status, stderr } = runWrit(["query", "1 + ", "--data", dir]);
    expect(status).toBe(1);
    expect(stderr).toContain("--> query:1:5\n");
    const { stderr: other } = runWrit(["query", "x := data.a.alow", "--data", dir]);
    expect(other).toContain("--> query:1:13\n");
    expect(other).toContain("did you mean `data.a.allow`?");
  });

  it.each(["true } other if { true", "}; package b", ""])("takes one body and not %j", (query) => {
    const { status, stdout, stderr } = runWrit(["query", query, "--data", dir]);
    expect([status === 1 || status === 2, stdout]).toEqual([true, ""]);
    expect(stderr).not.toContain("bug");
  });
});

describe("writ build, eval and tree", () => {
  const file = join(folder, "a.tar.gz");

  it("builds the same hash in two folders, whatever the key and the time", () => {
    const [a, b] = [
      policySet({ "a.rego": allow, "data.json": "{}" }),
      policySet({ "a.rego": allow, "data.json": "{}" }),
    ];
    const first = runWrit(["build", a, "-o", file]);
    expect(first.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(runWrit(["build", b, "-o", join(folder, "b.tar.gz")]).stdout).toBe(first.stdout);
    expect(readFileSync(file).equals(readFileSync(join(folder, "b.tar.gz")))).toBe(true);
    expect(
      runWrit(["build", a, "-o", join(folder, "c.tar.gz"), "--revision", "2"]).stdout,
    ).not.toBe(first.stdout);
  });

  it("evaluates an input from a file or standard input", () => {
    const result = runWrit(["eval", "--bundle", file, "--input", "-"], JSON.stringify(input));
    expect(JSON.parse(result.stdout)).toMatchObject({
      effect: "allow",
      determining: [{ rule: "a.allow#1", source: { file: "a.rego", line: 3 } }],
      policyHash: expect.stringMatching(/^sha256:/),
    });
    const path = join(folder, "input.json");
    writeFileSync(path, JSON.stringify({ ...input, extra: 1 }));
    expect(JSON.parse(runWrit(["eval", "--bundle", file, "--input", path]).stdout)).toMatchObject({
      effect: "deny",
      errors: [{ code: "input_invalid", pointer: "/extra" }],
    });
  });

  it.each([
    ["an input that is not JSON", ["eval", "--bundle", file, "--input", "-"], 2],
    ["a bundle that is none", ["eval", "--bundle", "package.json", "--input", "-"], 3],
    ["a revision that is none", ["build", ".", "-o", "/dev/null", "--revision", "latest"], 2],
    ["a key without its id", ["build", ".", "-o", "/dev/null", "--key", "x"], 2],
    ["verify without a key", ["verify", file], 2],
    ["a log that is not there", ["audit", "verify", "/nonexistent"], 3],
    ["a configuration that is not there", ["gateway", "--config", "/nonexistent"], 2],
    ["a configuration that is wrong", ["gateway", "--config", "package.json"], 2],
  ])("exits as it should for %s", (_name, args, status) => {
    const result = runWrit(args, "{");
    expect(result.status).toBe(status);
    expect(result.stderr).not.toMatch(/this is a bug/);
  });

  it("draws the tree as text and as Mermaid", () => {
    expect(runWrit(["tree", file]).stdout).toContain(
      'if input.identity.groups has "staff"\n    => a.allow#1 (a.rego:3)',
    );
    expect(runWrit(["tree", file, "--format", "mermaid"]).stdout).toMatch(/^flowchart TD\n/);
  });
});

describe("policies made to be trouble", () => {
  it("are refused with a diagnostic: a chain of rules, a number too big, a rule on top of rules", () => {
    const chain = Array.from({ length: 4000 }, (_each, index) => `h${index + 1} if h${index}\n`);
    const set = policySet({
      "chain.rego": `package chain\n\nh0 if input.stage == "request"\n\n${chain.join("\n")}`,
      "big.rego": "package big\n\nallow if input.request.max_tokens < 1e99999\n",
    });
    const broken = runWrit(["check", set]);
    expect(broken.status).toBe(1);
    expect(broken.stderr).toContain("`1e99999` is not a number");
    rmSync(join(set, "big.rego"));
    expect(runWrit(["check", set]).stderr).toContain("error[E0220]");
    const above = policySet({ "above.rego": "package a\n\nb := 1\n\nb.c := 2\n" });
    expect(runWrit(["check", above]).stderr).toContain("error[E0206]");
  });

  it("may hold half a character: it is read as U+FFFD", () => {
    const set = policySet({ "half.rego": 'package a\n\nallow if input.model.id == "\\ud800"\n' });
    expect(runWrit(["build", set, "-o", join(set, "b.tar.gz")]).status).toBe(0);
  });
});
