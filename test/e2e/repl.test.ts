// `writ repl` as a process: from a pipe, and on a terminal that script(1) makes. What lines are answered is
// tested beside the session.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { runWrit, writ } from "./running-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-repl-e2e-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "a.rego"), 'package a\n\nallow if "staff" in input.identity.groups\n');
const input = join(folder, "input.json");
writeFileSync(input, '{"identity": {"groups": ["staff"]}}');

describe("writ repl from a pipe", () => {
  it("prints answers alone, over several lines and to the end", () => {
    const lines = "x := {\n  1,\n  2\n}\ncount(x)\ndata.a.allow with input as {}\ndata.a.allow";
    expect(runWrit(["repl", folder, "--input", input, "--like-opa"], lines)).toEqual({
      status: 0,
      stdout: "x is defined in package repl\n2\nundefined\ntrue\n",
      stderr: "",
    });
  });

  it("exits with 1 when a line was wrong, after the others", () => {
    const { status, stdout, stderr } = runWrit(["repl"], "1 +\n1 + 1\n");
    expect([status, stdout]).toEqual([1, "2\n"]);
    expect(stderr).toContain("--> query:1:4");
  });

  it("ends at :exit, and is right without a line", () => {
    expect(runWrit(["repl"], ":exit\n1 +\n")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(runWrit(["repl", folder], "")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("goes on without policies that are wrong, and exits with 1", () => {
    const dir = mkdtempSync(join(tmpdir(), "writ-repl-wrong-"));
    writeFileSync(join(dir, "a.rego"), "package a\n\nallow if nope\n");
    const { status, stdout, stderr } = runWrit(["repl", dir], "1 + 1\n");
    rmSync(dir, { recursive: true, force: true });
    expect([status, stdout]).toEqual([1, "2\n"]);
    expect(stderr).toContain("--> a.rego:3:10");
    expect(stderr).toContain("the policies are left out until they are right");
  });

  it.each([
    ["a folder that is not there", ["/nonexistent"], "/nonexistent"],
    ["an input that is not there", ["--input", "/nonexistent"], "cannot read /nonexistent"],
    ["an input from where the lines are", ["--input", "-"], "--input is a file here"],
  ])("exits with 2 for %s", (_name, args, said) => {
    const { status, stderr } = runWrit(["repl", ...args], "1\n");
    expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
  });
});

const hasScript = spawnSync("script", ["--version"]).status === 0;

describe.skipIf(!hasScript)("writ repl on a terminal", () => {
  it("completes, continues, is interrupted, keeps its history for its owner and ends with Ctrl-D", async () => {
    const command = `exec ${process.execPath} ${writ} repl ${folder}`;
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      env: { ...process.env, XDG_STATE_HOME: folder, TERM: "xterm", SHELL: "/bin/sh" },
      stdio: "pipe",
    });
    const ended = once(child, "exit");
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += stripVTControlCharacters(chunk.toString());
    });
    /** Types, and waits for what comes of it. */
    const type = async (keys: string, ...seen: readonly string[]): Promise<void> => {
      output = "";
      child.stdin.write(keys);
      const isSeen = (): boolean => seen.every((text) => output.includes(text));
      for (let tries = 0; !isSeen() && tries < 500; tries += 1) await setTimeout(20);
      for (const text of seen) expect(output).toContain(text);
    };
    try {
      await type("", ":help lists commands", "> ");
      await type("data.a.al\t", "data.a.allow");
      await type("\r", "undefined", "> ");
      await type("p if {\r", "| ");
      await type("true }\r", "p is defined in package repl", "> ");
      await type("not a line\u0003", "> ");
      await type("x y\r", "error[E0101]", "> ");
      await type("s := numbers.range(1, 200000)\r", "s is defined", "> ");
      await type("t := numbers.range(1, 200000)\r", "t is defined", "> ");
      // Nothing runs for longer than it may.
      await type(
        "count([i | some i in numbers.range(1, 300000); s == t])\r",
        "evaluation took more than",
        "> ",
      );
      await type("1 + 1\r", "2\r\n", "> ");
      child.stdin.write("\u0004");
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
    const file = join(folder, "writ", "repl-history");
    expect(readFileSync(file, "utf8").split("\n").slice(0, 2)).toEqual(["data.a.allow", "p if {"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("says once that its history cannot be kept", async () => {
    const command = `exec ${process.execPath} ${writ} repl`;
    writeFileSync(join(folder, "no-folder"), "");
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      env: {
        ...process.env,
        XDG_STATE_HOME: join(folder, "no-folder"),
        TERM: "xterm",
        SHELL: "/bin/sh",
      },
      stdio: "pipe",
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const ended = once(child, "exit");
    child.stdin.write("1 + 1\r");
    for (let tries = 0; !output.includes("2\r\n") && tries < 500; tries += 1) await setTimeout(20);
    child.stdin.write("2 + 2\r");
    for (let tries = 0; !output.includes("4\r\n") && tries < 500; tries += 1) await setTimeout(20);
    child.stdin.write(":exit\r");
    expect(await ended).toEqual([0, null]);
    expect(output.split("history is not kept: cannot write").length).toBe(2);
    expect(existsSync(join(folder, "no-folder", "writ"))).toBe(false);
  });
});
