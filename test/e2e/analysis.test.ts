// What `writ` says about a change of policy, in a git history as a pull request makes one; and the recipe of
// docs/ci.md, run as it is written there.

import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runWrit, writ } from "./running-gateway.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "writ-history-"));
const policies = join(folder, "policies");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): void {
  const identity = [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.invalid",
    "-c",
    "commit.gpgsign=false",
  ];
  execFileSync("git", ["-C", folder, ...identity, ...args], { stdio: "pipe" });
}

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(policies, file);
  const before = readFileSync(path, "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has nothing to edit`);
  writeFileSync(path, after);
}

beforeAll(() => {
  cpSync(join(root, "policies/bedrock"), policies, { recursive: true });
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "policies");
  git("checkout", "-q", "-b", "wider");
  edit("region.yaml", "[us, eu]", "[us, eu, ca]");
  git("commit", "-q", "-a", "-m", "another profile");
  git("checkout", "-q", "-b", "refactored", "main");
  edit("phi.rego", /has_phi/g, "is_health_data");
  git("commit", "-q", "-a", "-m", "a better name");
  git("checkout", "-q", "main");
  edit("region.yaml", "eu-central-1]", "eu-central-1, eu-west-3]");
  git("commit", "-q", "-a", "-m", "meanwhile, on main");
});

describe("writ diff", () => {
  it("names what widens, with an example and the rule, and fails when asked to", () => {
    const { status, stdout } = runWrit(["diff", "main...wider", policies, "--fail-on", "widened"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^deny to allow\n {2}when model\.profile is ca\n/);
    expect(stdout).toContain(
      "because the deny rule bedrock.region.deny#3 was changed (region.yaml:19)",
    );
    expect(stdout).toContain('"profile":"ca"');
    expect(stdout).toContain("before: deny (profile_not_approved); after: allow");
    expect(stdout).toMatch(/\n1 region of changed decisions: 1 deny to allow\n$/);
  });

  it("compares with where a branch left, with three dots, and with the other end, with two", () => {
    expect(runWrit(["diff", "main...refactored", policies])).toMatchObject({
      status: 0,
      stdout: "no decision changes\n",
    });
    expect(runWrit(["diff", "main..refactored", policies]).stdout).toContain("allow to deny");
  });

  it("compares folders, bundles and revisions with each other", () => {
    const key = join(folder, "keys");
    runWrit(["keygen", "-o", key]);
    const bundle = join(folder, "b.tar.gz");
    const built = runWrit(["build", policies, "-o", bundle]);
    expect(built.status).toBe(0);
    expect(runWrit(["diff", bundle, policies]).stdout).toBe("no decision changes\n");
    expect(runWrit(["diff", `main:${policies}`, bundle]).stdout).toBe("no decision changes\n");
  });

  it("writes Markdown in which policy text is no markup (`deny#3`)", () => {
    const { stdout } = runWrit(["diff", "main...wider", policies, "--format", "markdown"]);
    expect(stdout).toContain("**Access is widened.** 1 region of changed decisions");
    expect(stdout).toContain("because the deny rule ` bedrock.region.deny#3 ` was changed");
  });

  it("says what is wrong with what it was given", () => {
    expect(runWrit(["diff", "main..nowhere", policies]).stderr).toMatch(
      /git cannot read .* nowhere/,
    );
    expect(runWrit(["diff", "--", "-x..main", policies]).stderr).toContain(
      "`-x` is no git revision",
    );
    expect(runWrit(["diff", policies])).toMatchObject({ status: 2 });
  });
});

describe("writ ask", () => {
  it("answers in words that can be asked again", () => {
    const { stdout } = runWrit([
      "ask",
      policies,
      "who can call where identity.groups has clinicians and labels has phi.mrn and stage is request",
    ]);
    const [, when = ""] = /^ {2}when (.*)$/m.exec(stdout) ?? [];
    expect(when).toContain("model.id is anthropic.claude-3-haiku-20240307-v1:0");
    expect(runWrit(["ask", policies, when]).stdout).toContain(`when ${when}\n`);
  });

  it("says so when nothing is", () => {
    expect(runWrit(["ask", policies, "who can where labels has content.uninspected"]).stdout).toBe(
      "nothing is allowed\n",
    );
  });

  it.each([
    ["identity.grups has x", "the input has no `identity.grups`; did you mean `groups`?"],
    ["labels ~ x", "`~ x` is no condition"],
    ["stage is", "`is` takes one value"],
    ["!", "expected a condition"],
    ["stage is requesst", "no input is like that: `stage is requesst`"],
    ["request.max_tokens > abc", "no input is like that"],
  ])("refuses %s", (question, message) => {
    const { status, stderr } = runWrit(["ask", policies, question]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("writ explain", () => {
  const input = {
    stage: "request",
    identity: {
      iam: { arn: "arn:aws:iam::000000000000:role/x", account: "000000000000" },
      groups: ["developers"],
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
    model: {
      id: "anthropic.claude-3-haiku-20240307-v1:0",
      provider: "anthropic",
      family: "claude",
    },
    labels: ["phi.mrn"],
    findings: [],
    time: { rfc3339: "2026-11-20T09:30:00Z", unix_seconds: 1, weekday: "friday", hour: 9 },
  };

  it("shows the conditions that held, and the smallest changes and whose they are", () => {
    const file = join(folder, "input.json");
    writeFileSync(file, JSON.stringify(input));
    expect(runWrit(["explain", "--bundle", policies, "--input", file]).stdout).toBe(
      [
        "deny: protected health information is for clinicians (phi_not_clinician)",
        "by bedrock.phi.deny#2 (phi.rego:25)",
        "  + phi.rego:26  has_phi",
        '  + phi.rego:27  not "clinicians" in input.identity.groups',
        "  + phi.rego:28  reason := {",
        "it would be allow with",
        '  labels: ["phi.mrn"] -> [] [the content]',
        '  identity.groups: ["developers"] -> ["developers","clinicians"] [proved identity]',
        "",
      ].join("\n"),
    );
  });
});

describe("writ cover and writ mutate", () => {
  it("propose cases that reach what no test reaches, and pass as they are", () => {
    const set = join(folder, "covered");
    cpSync(policies, set, { recursive: true });
    rmSync(join(set, "every-way.test.yaml"));
    expect(runWrit(["cover", set]).stdout).toMatch(/^no test pins\n/);
    expect(runWrit(["cover", set, "--write"]).stderr).toMatch(/\d+ cases written/);
    expect(runWrit(["cover", set]).stdout).toMatch(/^(\d+) of \1 ways to decide are reached/);
    expect(runWrit(["test", set]).status).toBe(0);
    // Once more: the proposals are not counted as tests when they are written anew.
    const first = readFileSync(join(set, "proposed.test.yaml"), "utf8");
    runWrit(["cover", set, "--write"]);
    expect(readFileSync(join(set, "proposed.test.yaml"), "utf8")).toBe(first);
    expect(runWrit(["cover", set, "--write", "bedrock.test.yaml"])).toMatchObject({ status: 2 });
    const survivors = (dir: string): number =>
      JSON.parse(runWrit(["mutate", dir, "--format", "json"]).stdout).survivors.length;
    const withProposals = survivors(set);
    rmSync(join(set, "proposed.test.yaml"));
    expect(withProposals).toBeLessThan(survivors(set));
  });
});

describe("the recipe of docs/ci.md", () => {
  const recipe = /## Plain shell[\s\S]*?```sh\n([\s\S]*?)```/.exec(
    readFileSync(join(root, "docs/ci.md"), "utf8"),
  )?.[1];

  function run(branch: string) {
    git("checkout", "-q", branch);
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "writ"), `#!/bin/sh\nexec "${process.execPath}" "${writ}" "$@"\n`);
    chmodSync(join(bin, "writ"), 0o755);
    const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
    return spawnSync("sh", ["-c", recipe ?? "exit 99"], { cwd: folder, env, encoding: "utf8" });
  }

  it("passes a refactoring", () => {
    const { status, stderr } = run("refactored");
    expect([status, stderr]).toEqual([0, ""]);
    expect(readFileSync(join(folder, "policy-changes.md"), "utf8")).toContain(
      "no decision changes",
    );
  });

  it("stops what widens access, at its last step", () => {
    expect(run("wider").status).toBe(1);
    expect(readFileSync(join(folder, "policy-changes.md"), "utf8")).toContain("Access is widened");
  });
});
