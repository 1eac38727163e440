// What a change to policies may not do to those who review it: hide from `writ diff`, have files of the machine read and
// quoted, keep a command from ending, or speak in the voice of the report.

import { execFile, execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { runWrit, writ } from "./running-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ALLOW = 'package a\n\nallow if "staff" in input.identity.groups\n';
const DENY = 'package b\n\ndeny contains "no" if input.request.stream\n';
let count = 0;
let repo = "";
let policies = "";

function git(...args: readonly string[]): string {
  const settings = ["user.name=t", "user.email=t@example.invalid", "commit.gpgsign=false"];
  const options = settings.flatMap((setting) => ["-c", setting]);
  return execFileSync("git", ["-C", repo, ...options, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

function write(file: string, text: string | Uint8Array): void {
  const path = join(repo, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function commit(): string {
  git("add", "-A");
  git("commit", "-q", "--allow-empty", "-m", "change");
  return git("rev-parse", "HEAD");
}

beforeEach(() => {
  count += 1;
  repo = join(folder, `repo-${count}`);
  policies = join(repo, "policies");
  mkdirSync(policies, { recursive: true });
  git("init", "-q", "-b", "main");
  write("policies/a.rego", ALLOW);
  write("policies/b.rego", DENY);
  commit();
  git("checkout", "-q", "-b", "change");
});

function diff(...more: readonly string[]) {
  return runWrit(["diff", "main...HEAD", policies, ...more]);
}

describe("a change cannot hide from `writ diff`", () => {
  const HIDING: { readonly [name: string]: () => void } = {
    "export-ignore": () =>
      write("policies/.gitattributes", "b.rego export-ignore\n*.rego export-subst\n"),
    "export-ignore of the whole": () => write(".gitattributes", "policies export-ignore\n"),
    "a text conversion": () => write(".gitattributes", "*.rego diff=x text eol=crlf ident\n"),
    "a folder called like the range": () => {
      cpSync(policies, join(repo, "main...HEAD"), { recursive: true });
      cpSync(policies, join(repo, "main:policies"), { recursive: true });
    },
    "a folder called like a revision": () =>
      cpSync(policies, join(repo, "main"), { recursive: true }),
    "a mailmap": () => write(".mailmap", "x <x@example.invalid> <t@example.invalid>\n"),
  };

  it.each(Object.keys(HIDING))("by %s", (name) => {
    HIDING[name]?.();
    write("policies/b.rego", "package b\n");
    commit();
    const { status, stdout } = spawnSync(
      process.execPath,
      [writ, "diff", "main...HEAD", "policies", "--fail-on", "widened"],
      { cwd: repo, encoding: "utf8" },
    );
    expect(stdout).toContain("deny to allow\n");
    expect(stdout).toContain("b.deny#1 was removed");
    expect(status).toBe(1);
    const sides = spawnSync(process.execPath, [writ, "diff", "main:policies", "HEAD:policies"], {
      cwd: repo,
      encoding: "utf8",
    });
    expect(sides.stdout).toContain("b.deny#1 was removed");
  });

  it.each([
    ["a replaced commit", () => git("replace", git("rev-parse", "HEAD"), git("rev-parse", "main"))],
    [
      "a graft",
      () => write(".git/info/grafts", `${git("rev-parse", "main")} ${git("rev-parse", "HEAD")}\n`),
    ],
  ])("by %s", (_name, hide) => {
    write("policies/b.rego", "package b\n");
    commit();
    hide();
    expect(diff().stdout).toContain("b.deny#1 was removed");
  });

  it("by the environment of git", () => {
    write("policies/b.rego", "package b\n");
    commit();
    const env = { ...process.env, GIT_DIR: join(folder, "nowhere"), GIT_INDEX_FILE: "/dev/null" };
    const { stdout } = spawnSync(process.execPath, [writ, "diff", "main...HEAD", policies], {
      encoding: "utf8",
      env,
    });
    expect(stdout).toContain("b.deny#1 was removed");
  });

  it("by files that look like a repository", () => {
    execFileSync("git", ["init", "-q", "--bare", join(folder, `bare-${count}`)]);
    cpSync(join(folder, `bare-${count}`), policies, { recursive: true });
    write("policies/config", "[core]\n\tbare = true\n\tfsmonitor = touch /tmp/never\n");
    write("policies/refs/.keep", "");
    write("policies/objects/.keep", "");
    write("policies/b.rego", "package b\n");
    commit();
    const { status, stdout, stderr } = diff("--fail-on", "widened");
    expect([status, stdout + stderr]).not.toEqual([0, expect.anything()]);
  });

  it("by a link in the place of the folder", () => {
    renameSync(policies, join(repo, "others"));
    commit();
    symlinkSync("others", policies);
    commit();
    const { status, stderr } = diff();
    expect([status, stderr]).toEqual([2, expect.stringContaining("is a link")]);
  });

  it.each([
    ["b.rego", "is a link, which is not read at a revision"],
    ["more", "is a link, which is not read at a revision"],
  ])("by a link, %s", (name, said) => {
    write("elsewhere/x.rego", "package c\n\nallow if true\n");
    rmSync(join(policies, "b.rego"));
    symlinkSync(name === "more" ? "../elsewhere" : "../elsewhere/x.rego", join(policies, name));
    commit();
    expect(diff()).toMatchObject({ status: 2, stderr: expect.stringContaining(said) });
  });

  it("by a submodule, which no command reads", () => {
    const inner = join(policies, "inner");
    execFileSync("git", ["init", "-q", inner]);
    writeFileSync(join(inner, "x.rego"), "package c\n\nallow if true\n");
    execFileSync("git", ["-C", inner, "add", "-A"]);
    execFileSync("git", [
      ...["-C", inner, "-c", "user.name=t", "-c", "user.email=t@example.invalid"],
      ...["commit", "-q", "-m", "x"],
    ]);
    commit();
    expect(diff()).toMatchObject({ status: 2, stderr: expect.stringContaining("submodule") });
    for (const command of [["check"], ["test"], ["fmt", "--check"], ["build", "-o", "/dev/null"]])
      expect(runWrit([command[0] ?? "", policies, ...command.slice(1)])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("submodule"),
      });
  });

  it("and a folder that is new, or gone, is compared with none", () => {
    cpSync(policies, join(repo, "new"), { recursive: true });
    commit();
    const { status, stdout } = runWrit(["diff", "main...HEAD", join(repo, "new")]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining("the package a is new and may allow"),
    ]);
    expect(stdout).toContain("deny to allow\n");
    rmSync(policies, { recursive: true });
    commit();
    expect(diff().stdout).toContain("allow to deny\n");
  });

  it("shows comments that silence findings, packages that may allow, and files that nobody reads", () => {
    write(
      "policies/c.rego",
      `# allow silent-deny: because\n${ALLOW.replace("package a", "package c")}`,
    );
    write("policies/d.REGO", DENY);
    write("policies/.e.rego", DENY);
    write("policies/node_modules/f.rego", DENY);
    commit();
    const { stdout } = diff();
    for (const said of [
      "a comment silences silent-deny: because (c.rego:1)",
      "the package c is new and may allow (c.rego:4)",
      "the file d.REGO is added and not read",
      "the file .e.rego is added and not read: it is hidden",
      "the file node_modules/f.rego is added and not read",
    ])
      expect(stdout).toContain(said);
    const { status, stderr } = runWrit(["check", policies]);
    expect([status, stderr.match(/W0603/g)?.length]).toEqual([1, 3]);
  });
});

describe("writ build --from", () => {
  it("packs what the commit holds, and what `writ diff` compares", () => {
    const id = git("rev-parse", "HEAD");
    write("policies/b.rego", "package b\n");
    const [now, then] = [join(folder, "now.tar.gz"), join(folder, "then.tar.gz")];
    expect(runWrit(["build", policies, "-o", now]).status).toBe(0);
    const built = runWrit(["build", policies, "-o", then, "--from", "HEAD"]);
    expect([built.status, built.stderr]).toEqual([0, expect.stringContaining(id)]);
    expect(runWrit(["diff", then, `HEAD:${policies}`]).stdout).toBe("no decision changes\n");
    expect(runWrit(["diff", `HEAD:${policies}`, now]).stdout).toContain("b.deny#1 was removed");
    expect(runWrit(["build", policies, "-o", then, "--from", "-x"]).status).toBe(2);
  });
});

describe("a policy set reads no file but its own", () => {
  const READERS: readonly (readonly string[])[] = [
    ["check", "DIR"],
    ["test", "DIR"],
    ["build", "DIR", "-o", "/dev/null"],
    ["diff", "DIR", "DIR"],
    ["fmt", "--check", "DIR"],
    ["query", "1", "--data", "DIR"],
    ["cover", "DIR"],
    ["mutate", "DIR"],
    ["tree", "DIR"],
    ["ask", "DIR", "who can call"],
    ["repl", "DIR"],
  ];
  const NAMES = ["leak.rego", "leak.yaml", "data.json", "vocabulary.yaml", "a.test.yaml"];
  const TARGETS: { readonly [name: string]: () => string } = {
    "a file elsewhere": () => {
      write("secret.txt", "package SECRET\nallow if SECRET");
      return join(repo, "secret.txt");
    },
    "the environment": () => "/proc/self/environ",
    "a device": () => "/dev/zero",
    nothing: () => "gone",
    "a hidden file": () => {
      write("policies/.hidden/x.rego", "package SECRET\n");
      return ".hidden/x.rego";
    },
    "a pipe": () => {
      execFileSync("mkfifo", [join(policies, "pipe")]);
      return "pipe";
    },
  };

  it.each(NAMES)("whatever a link is called: %s", (name) => {
    write("secret.txt", "package SECRET\nallow if SECRET");
    symlinkSync(join(repo, "secret.txt"), join(policies, name));
    const { status, stdout, stderr } = runWrit(["check", policies]);
    expect(status).toBe(2);
    expect(stdout + stderr).not.toContain("SECRET");
  });

  it.each(Object.keys(TARGETS))(
    "by a link to %s",
    (target) => {
      const to = TARGETS[target]?.() ?? "";
      symlinkSync(to, join(policies, "leak.rego"));
      // One command after another for the first; they share what reads.
      const readers = target === "a file elsewhere" ? READERS : READERS.slice(0, 2);
      for (const reader of readers) {
        const args = reader.map((each) => (each === "DIR" ? policies : each));
        const { status, stdout, stderr } = runWrit(args);
        expect([reader[0], status]).toEqual([reader[0], 2]);
        expect(stdout + stderr).not.toContain("SECRET");
        expect(stderr).toMatch(/^writ: .*(?:is not read|leads nowhere)\n$/);
      }
    },
    60_000,
  );

  it("nor waits for what is no file, whoever names it", () => {
    const pipe = join(repo, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const file of [pipe, "/dev/zero", "/dev/tty", policies])
      for (const args of [
        ["query", "1", "--input", file],
        ["explain", "--bundle", policies, "--input", file],
        ["verify", file, "--key", file, "--key-id", "k"],
        ["fmt", "--check", file === policies ? pipe : file],
      ])
        expect([args, runWrit(args).status]).toEqual([args, 2]);
  }, 60_000);

  it("nor writes through a link", () => {
    const target = join(repo, "target");
    symlinkSync(target, join(policies, "proposed.txt"));
    const { status } = runWrit(["cover", policies, "--write", "proposed.txt"]);
    expect(status).toBe(2);
    expect(() => readFileSync(target)).toThrow();
  });
});

describe("tests reach no network", () => {
  it("unless a host is allowed, and then that host alone", async () => {
    let hits = 0;
    const server = createServer((request, response) => {
      hits += 1;
      if (request.url === "/away") response.writeHead(302, { location: "http://localhost:1/" });
      if (request.url !== "/hang") response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const host = `127.0.0.1:${port}`;
    const call = (path: string, more = ""): string =>
      `http.send({"method": "GET", "url": "http://${host}${path}", "raise_error": false${more}}).status_code`;
    const ask = (query: string, ...flags: readonly string[]) =>
      new Promise<string>((resolve) => {
        // The server answers in this process: the query runs in another.
        execFile(
          process.execPath,
          [writ, "query", query, "--like-opa", ...flags],
          (_error, out, err) => resolve(`${out}${err}`.trim()),
        );
      });
    try {
      expect(await ask(call("/"))).toBe("0");
      expect(await ask(call("/"), "--allow-net", "localhost")).toBe("0");
      expect(await ask(call("/"), "--allow-net", `127.0.0.1:${port + 1}`)).toBe("0");
      expect(hits).toBe(0);
      expect(await ask(call("/"), "--allow-net", host)).toBe("200");
      expect(
        await ask(call("/away", ', "enable_redirect": true'), "--allow-net", "127.0.0.1"),
      ).toBe("302");
      const startedAt = performance.now();
      expect(await ask(call("/hang", ', "timeout": "500ms"'), "--allow-net", host)).toBe("0");
      expect(await ask(call("/hang", ', "timeout": "30m"'), "--allow-net", host)).toBe("0");
      expect(performance.now() - startedAt).toBeLessThan(20_000);
      for (const option of ["tls_ca_cert_file", "tls_client_key_env_variable"])
        expect(await ask(call("/", `, "${option}": "PATH"`), "--allow-net", host)).toBe("");
      expect(await ask("opa.runtime().env")).toBe("{}");
      expect(await ask("1", "--allow-net", "http://x/y")).toContain("--allow-net takes a host");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }, 60_000);
});
