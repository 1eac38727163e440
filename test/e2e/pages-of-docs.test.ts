// What the pages have a reader type works as they say.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkGateway, loadConfig } from "@writ/gateway";
import { afterAll, describe, expect, it } from "vitest";
import { type CommandResult, runWrit, writ } from "./running-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const page = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Runs a script of the shell with `writ` on its path. */
function shell(script: string, cwd: string): CommandResult {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const command = `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(writ)} "$@"\n`;
  writeFileSync(join(bin, "writ"), command, { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
    cwd,
    env,
    encoding: "utf8",
  });
  return { status: status ?? -1, stdout, stderr };
}

describe("the README", () => {
  const readme = page("README.md");
  const cwd = join(folder, "five-minutes");
  const [, file = ""] = /<<'POLICY'\n([\s\S]*?) {4}POLICY\n/.exec(readme) ?? [];
  const policy = file.replaceAll(/^ {4}/gm, "");
  const commands = [...readme.matchAll(/^ {4}npm run --silent writ -- (.*?)(?: {2,}#.*)?$/gm)]
    .map(([, command = ""]) => command)
    // Those about a log are tried on one in `audit-command.test.ts`.
    .filter((command) => !/^(?:call|repl|audit)/.test(command));

  it("has a policy that is laid out as usual, and commands about it that work, one after the other", () => {
    mkdirSync(join(cwd, "my-policies"), { recursive: true });
    writeFileSync(join(cwd, "my-policies", "models.yaml"), policy);
    expect(shell("writ fmt --check my-policies", cwd)).toMatchObject({ status: 0, stdout: "" });
    expect(commands.length).toBeGreaterThanOrEqual(7);
    for (const command of commands) {
      const { status, stderr } = shell(`writ ${command}`, cwd);
      expect([command, status, stderr]).toEqual([command, 0, stderr]);
    }
    expect(shell("writ check my-policies", cwd).stdout).toContain("0 errors, 0 warnings");
    const ignored = readFileSync(join(cwd, "my-keys", ".gitignore"), "utf8");
    expect(ignored).toBe("private.pem\n");
  });

  const root = new URL("../../", import.meta.url);
  it.skipIf(!existsSync(new URL(".git", root)))(
    "has nothing made that the checkout would take for its own",
    () => {
      const made = [
        "my-policies/models.yaml",
        "my-keys/private.pem",
        "my.tar.gz",
        ".writ/dev.json",
      ];
      const { stdout } = spawnSync("git", ["check-ignore", ...made], {
        cwd: root,
        encoding: "utf8",
      });
      expect(stdout.trim().split("\n")).toEqual(made);
    },
  );
});

describe("the page about CI", () => {
  it("has a script that says all there is to say of a change, and fails if one step does", () => {
    const [, script = ""] = /```sh\n([\s\S]*?)```/.exec(page("docs/ci.md")) ?? [];
    const cwd = join(folder, "ci");
    mkdirSync(join(cwd, "policies"), { recursive: true });
    const git = (args: string) => shell(`git -c user.name=a -c user.email=a@b.c ${args}`, cwd);
    const put = (group: string) =>
      writeFileSync(
        join(cwd, "policies", "a.rego"),
        `package a\n\nallow if "${group}" in input.identity.groups\n`,
      );
    put("staff");
    git("init -q -b main");
    git("add -A");
    git("commit -qm one");
    git("switch -qc change");
    put("everybody");
    git("commit -qam two");
    // No test at all: `cover` fails, and the report is made all the same.
    expect(shell(script.replace("--seconds 30", "--seconds 1"), cwd).status).toBe(1);
    expect(existsSync(join(cwd, "policy-changes.md"))).toBe(true);
    expect(readFileSync(join(cwd, "policy-changes.md"), "utf8")).toContain("everybody");
  });
});

describe("the page about operations", () => {
  const operations = page("docs/operations.md");

  it("names the files that --init writes", () => {
    const dir = join(folder, "etc");
    const { stdout } = runWrit(["gateway", "--init", dir]);
    const [, list = ""] = /^wrote (.*) to /.exec(stdout) ?? [];
    for (const name of list.split(", ").filter((each) => !each.startsWith(".")))
      expect(operations).toContain(`\`${name}\``);
  });

  it("has a keyring that a gateway takes", () => {
    const [, text = ""] = /^ {4}(keys:\n(?: {6}.*\n)+)/m.exec(operations) ?? [];
    const dir = join(folder, "etc");
    writeFileSync(
      join(dir, "keyring.yaml"),
      text.replaceAll(/^ {4}/gm, "").replace("…", "s".repeat(40)),
      { mode: 0o600 },
    );
    const loaded = loadConfig(join(dir, "gateway.yaml"));
    if (!loaded.ok) throw new Error(loaded.problems.join("; "));
    // Only the bundle is not built.
    expect(checkGateway(loaded.config).problems).toEqual([
      expect.stringContaining("bundle.file: "),
    ]);
  });
});

it("--version names a version, and --help each command", () => {
  expect(runWrit(["--version"])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^writ \d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+\)\n$/),
  });
  expect(runWrit(["-V"]).status).toBe(0);
  const { stdout } = runWrit(["--help"]);
  for (const command of ["dev", "call", "gateway", "check"])
    expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
});
