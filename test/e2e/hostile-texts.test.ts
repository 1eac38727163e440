// What a policy, a test or a file's name says must not speak in the voice of the report: every output of every command
// is read as a terminal, a CI server and GitHub would.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runWrit, writ } from "./running-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "writ-texts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
function policySet(files: { readonly [name: string]: string }): string {
  count += 1;
  const dir = join(folder, `set-${count}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

/** Each would do something where it is not escaped. */
const HOSTILE = [
  "\n::add-mask::everything",
  "\n  ::error::forged",
  "##[error]forged",
  "##vso[task.complete]",
  "\u001b[2J\u001b]8;;http://evil.example\u0007",
  "\r\nforged line",
  "\u202eevil\u2066",
  "pass\u200bword",
  "</summary></details>\n\n# Approved by @octocat",
  "\n```\n# heading\n![x](http://evil.example/x.png)",
  "````` [x](http://evil.example) <img src=x onerror=alert(1)>",
  "--> ]]> <script>",
].join(" ");

/** As a string of Rego and of JSON. */
const quoted = JSON.stringify(HOSTILE);
const FILE = "a\n::add-mask::file\u001b[31m\u202e.rego";

const files = {
  [FILE]: [
    "package a",
    "",
    "allow if true",
    `deny contains ${quoted} if input.request.stream`,
    `deny contains {"message": ${quoted}, "code": ${quoted}} if ${quoted} in input.identity.groups`,
    `unused(x) := ${quoted} if startswith(input.model.id, ${quoted})`,
    "deny contains unused(1)",
    "",
  ].join("\n"),
  "a_test.rego": [
    "package a_test",
    `test_prints if { print(${quoted}); false }`,
    `test_passes if { print(${quoted}) }`,
    "",
  ].join("\n"),
  "b.test.yaml": JSON.stringify({
    tests: [
      { name: HOSTILE, input: { stage: HOSTILE }, expect: { effect: "allow", reasons: [HOSTILE] } },
    ],
  }),
};

/** First and last of what no output may have. */
const UNSEEN: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
];

function unseenOf(text: string): readonly number[] {
  return [...text]
    .map((character) => character.codePointAt(0) ?? 0)
    .filter((code) => UNSEEN.some(([first, last]) => code >= first && code <= last));
}

const COMMAND = /^\s*::(?!(?:error|warning) file=)|##(?:\w+)?\[/m;

describe("outputs for people and servers", () => {
  const set = policySet(files);
  const before = policySet({ "a.rego": "package a\n\nallow if true\n" });
  it.each([
    ["check", set],
    ["check", set, "--format", "github"],
    ["check", set, "--format", "json"],
    ["check", set, "--format", "sarif"],
    ["test", set],
    ["test", set, "--format", "junit"],
    ["test", set, "--format", "json"],
    ["test", set, "--coverage"],
    ["test", set, "--coverage=lcov"],
    ["diff", before, set],
    ["diff", set, before, "--format", "markdown"],
    ["diff", set, before, "--format", "json"],
    ["ask", set, "who cannot call"],
    ["cover", set],
    ["mutate", set, "--seconds", "1"],
    ["tree", set],
    ["tree", set, "--format", "svg"],
    ["tree", set, "--format", "mermaid"],
    ["fmt", "--check", set],
    ["fmt", "--diff", set],
    ["query", `print(${quoted})`, "--data", set],
    ["query", quoted],
    ["check", `${set}${HOSTILE}`],
    ["nonsense\n::add-mask::x"],
    ["diff", `${HOSTILE}..main`, set],
    ["ask", set, HOSTILE],
  ])("%s %#", (...args) => {
    const { status, stdout, stderr } = runWrit(args);
    expect(status).not.toBe(70);
    expect(stdout + stderr).not.toBe("");
    for (const output of [stdout, stderr]) {
      expect(unseenOf(output)).toEqual([]);
      expect(COMMAND.exec(output)?.[0]).toBeUndefined();
      expect(/^forged line/m.test(output)).toBe(false);
    }
  });

  it("as documents are what they were", () => {
    const { stdout } = runWrit(["check", set, "--format", "json"]);
    const { diagnostics } = JSON.parse(stdout) as {
      readonly diagnostics: readonly { readonly primary: { readonly file: string } }[];
    };
    expect(diagnostics.some(({ primary }) => primary.file === FILE)).toBe(true);
    expect(JSON.parse(runWrit(["query", quoted]).stdout)).toBe(HOSTILE);
  });

  it("in Markdown stay in code, within what a comment can hold", () => {
    const rules = Array.from(
      { length: 400 },
      (_each, index) =>
        `deny contains ${JSON.stringify(`${HOSTILE}${index}`)} if input.request.id == "${index}"\n`,
    );
    const many = policySet({ "a.rego": `package a\n\nallow if true\n\n${rules.join("\n")}` });
    const { stdout } = runWrit(["diff", many, before, "--format", "markdown"]);
    expect(Buffer.byteLength(stdout)).toBeLessThan(65_536);
    expect(stdout).toMatch(/\*\*\d+ more regions are left out here:\*\*/);
    const outside = stdout
      .replace(/^(`{3,})\w*\n[\s\S]*?^\1$/gm, "")
      .replace(/(?<!`)(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
    expect(outside).not.toMatch(/evil|Approved|octocat|<img|<script|forged/);
    expect(outside.match(/<\/?(?:details|summary)>/g)?.length).toBe(
      4 * (stdout.match(/^<details><summary>Example<\/summary>$/gm)?.length ?? 0),
    );
  });
});

describe("a reader that has enough", () => {
  it("is no fault", async () => {
    const rules = Array.from(
      { length: 3000 },
      (_each, index) => `deny contains "${index}" if input.request.id == "${index}"\n`,
    );
    const set = policySet({ "a.rego": `package a\n\nallow if true\n\n${rules.join("\n")}` });
    const child = spawn(process.execPath, [writ, "tree", set, "--all"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.once("data", () => child.stdout.destroy());
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const [code] = await once(child, "close");
    expect([code, said]).toEqual([0, ""]);
  });
});
