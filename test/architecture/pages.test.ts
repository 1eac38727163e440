// What pages for readers of the code name is there: files and folders in backticks, links, and every package.

import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (page: string): string => readFileSync(join(root, page), "utf8");

/** Pages in which a word in backticks with a slash in it is a path from the root. */
const WITH_PATHS = ["docs/architecture.md", "CONTRIBUTING.md"];
const WITH_LINKS = [
  ...WITH_PATHS,
  "README.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "docs/glossary.md",
  "docs/messages.md",
];

/** Paths with a `*` stand for at least one file. */
function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w.@][\w.@*-]*(?:\/[\w.@*-]+)+\/?)`/g)].map(([, path = ""]) => path);
}

/** Targets of links that lead to another file. */
function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target.replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

function isThere(path: string): boolean {
  return path.includes("*")
    ? globSync(path, { cwd: root }).length > 0
    : existsSync(join(root, path));
}

describe("paths and links", () => {
  it("are found in a text", () => {
    expect(pathsIn("`a/b.ts`, `c` and `d/e-*.yaml`; `writ audit/x y`, `/healthz`")).toEqual([
      "a/b.ts",
      "d/e-*.yaml",
    ]);
    expect(linksIn("[a](b.md#c), [d](https://e.f/g), [h](#i)")).toEqual(["b.md"]);
    expect(isThere("test/architecture/*.test.ts")).toBe(true);
    expect(isThere("test/architecture/*.nothing")).toBe(false);
  });

  it.each(WITH_PATHS)("%s names paths that are there", (page) => {
    const paths = pathsIn(read(page));
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });

  it.each(WITH_LINKS)("%s links to what is there", (page) => {
    const broken = linksIn(read(page)).filter((link) => !isThere(join(dirname(page), link)));
    expect(broken).toEqual([]);
  });
});

describe("docs/architecture.md", () => {
  const page = read("docs/architecture.md");

  it("has every package in its table of groups", () => {
    for (const group of readdirSync(join(root, "packages"))) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`packages/${group}\` |`));
      const named = [...(row ?? "").matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name);
      expect(named.sort()).toEqual(readdirSync(join(root, "packages", group)).sort());
    }
  });

  it("is short enough to be read", () => {
    expect(page.split("\n").length).toBeLessThan(250);
  });
});
