import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Type } from "@writ/ir";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { historyFile, MAX_LINES, readHistory, writeHistory } from "./history.ts";
import { OpenBrackets } from "./open-brackets.ts";
import { indentJson } from "./render-solutions.ts";
import { typeText } from "./type-text.ts";

describe("a text goes on", () => {
  it.each([
    ["p if {", true],
    ["p if {\n\ttrue\n}", false],
    ["f(1,", true],
    ["[1, {2", true],
    ['"{"', false],
    ['"a\\"{" + [', true],
    ["`{", true],
    ["`{`", false],
    ["`a\n{", true],
    ["`a\n{` + [", true],
    ["`a\n{`", false],
    ["{)\n{", false],
    ["1 # {", false],
    ["{ # }", true],
    ["}", false],
    ["{)", false],
    ['"never closed {', false],
    ["", false],
  ])("%j: %j", (text, expected) => {
    const brackets = new OpenBrackets();
    for (const line of text.split("\n")) brackets.add(line);
    expect(brackets.isOpen).toBe(expected);
  });
});

describe("indented JSON", () => {
  it("is the same JSON, whatever is in it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(JSON.parse(indentJson(text)))).toBe(text);
      }),
    );
  });

  it("has a member a line when it is long, and every digit", () => {
    const long = "x".repeat(90);
    expect(indentJson(`{"a":[1,{}],"b":12345678901234567890,"c":"${long}"}`)).toBe(
      `{\n  "a": [\n    1,\n    {}\n  ],\n  "b": 12345678901234567890,\n  "c": "${long}"\n}`,
    );
  });
});

const string: Type = { kind: "string" };
const object = (...names: string[]): Type => ({
  kind: "object",
  properties: new Map(names.map((name) => [name, { type: string, optional: name === "b" }])),
});

describe("a type as text", () => {
  it.each<[Type, string]>([
    [{ kind: "any" }, "any"],
    [{ kind: "string", values: ["a", "b"] }, '"a" | "b"'],
    [
      { kind: "string", values: [..."abcdefghij"] },
      `${[..."abcdefgh"].map((each) => `"${each}"`).join(" | ")} | … 2 more`,
    ],
    [
      { kind: "array", items: { kind: "union", of: [string, { kind: "null" }] } },
      "array of (string | null)",
    ],
    [{ kind: "set", items: { kind: "number" } }, "set of number"],
    [
      { kind: "set", items: { kind: "union", of: [object("a"), object("c")] } },
      "set of ({ a: string } | { c: string })",
    ],
    [{ kind: "array", items: { kind: "string", values: ["a"] } }, 'array of "a"'],
    [object("a", "b", "c d"), '{ a: string, b?: string, "c d": string }'],
    [{ kind: "object", properties: new Map(), rest: string }, "{ [string]: string }"],
    [object(), "{}"],
    [
      object(..."defghijklm"),
      `{\n${[..."defghijklm"].map((name) => `  ${name}: string,\n`).join("")}}`,
    ],
  ])("%j", (type, text) => {
    expect(typeText(type)).toBe(text);
  });
});

describe("history", () => {
  const folder = mkdtempSync(join(tmpdir(), "writ-history-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is in the state folder", () => {
    expect(historyFile({ XDG_STATE_HOME: "/state" })).toBe("/state/writ/repl-history");
    const home = join(homedir(), ".local/state/writ/repl-history");
    expect([historyFile({}), historyFile({ XDG_STATE_HOME: "relative" })]).toEqual([home, home]);
  });

  it("comes back newest first, for its owner only", () => {
    const file = join(folder, "new", "history");
    expect(readHistory(file)).toEqual([]);
    expect(writeHistory(file, ["b", "a"])).toBe(undefined);
    expect(readFileSync(file, "utf8")).toBe("a\nb\n");
    expect(readHistory(file)).toEqual(["b", "a"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is bounded in lines and bytes, and leaves the oldest out", () => {
    const file = join(folder, "long");
    const lines = Array.from({ length: MAX_LINES + 5 }, (_, index) => `${index}`);
    writeHistory(file, lines);
    expect(readHistory(file)).toEqual(lines.slice(0, MAX_LINES));
    writeHistory(file, ["new", "x".repeat(300_000), "old"]);
    expect(readHistory(file)).toEqual(["new"]);
  });

  it("does without a file that is no file, is far too large, or cannot be written", () => {
    const file = join(folder, "folder");
    mkdirSync(file);
    expect(readHistory(file)).toEqual([]);
    expect(writeHistory(file, ["a"])).toBe("EISDIR");
    writeFileSync(join(folder, "huge"), "x\n".repeat(400_000));
    expect(readHistory(join(folder, "huge"))).toEqual([]);
  });
});
