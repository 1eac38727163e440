// No file of a package needs itself, through others: not for what runs, and not for types either. What two files need of
// each other belongs in a third.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../packages/", import.meta.url));

/** What each file imports. */
type Imports = ReadonlyMap<string, readonly string[]>;

const packages = readdirSync(root).flatMap((group) =>
  readdirSync(join(root, group)).map((name) => `${group}/${name}`),
);

/** The relative names that a text imports, re-exports or takes a type of. */
function importedIn(text: string): readonly string[] {
  const withoutComments = text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
  const found = withoutComments.matchAll(/\b(?:from\s*|import\s*\(?\s*)"(\.{1,2}\/[^"]+)"/g);
  return [...found].map(([, name = ""]) => name);
}

function importsOf(name: string): Imports {
  const folder = join(root, name, "src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
  return new Map(
    files.map((file) => {
      const names = importedIn(readFileSync(file, "utf8"));
      return [
        relative(folder, file),
        names.map((each) => relative(folder, join(dirname(file), each))),
      ];
    }),
  );
}

/** The strongly connected components of more than one file, and files that import themselves (Tarjan 1972). */
function circlesIn(imports: Imports): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const lower = (file: string, to: number): void => {
    lowest.set(file, Math.min(lowest.get(file) ?? to, to));
  };
  const visit = (file: string): void => {
    const own = order.size;
    order.set(file, own);
    lower(file, own);
    open.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!order.has(next)) {
        visit(next);
        lower(file, lowest.get(next) ?? own);
      } else if (open.includes(next)) lower(file, order.get(next) ?? own);
    }
    if (lowest.get(file) !== own) return;
    const component = open.splice(open.indexOf(file));
    if (component.length > 1 || imports.get(file)?.includes(file) === true)
      circles.push(component.sort());
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

describe("import circles", () => {
  it.each(packages)("%s has none", (name) => {
    const imports = importsOf(name);
    expect(imports.size).toBeGreaterThan(0);
    expect(circlesIn(imports)).toEqual([]);
  });

  it("finds a circle, however long, and a file that imports itself", () => {
    const imports = new Map([
      ["a.ts", ["b.ts", "d.ts"]],
      ["b.ts", ["c.ts"]],
      ["c.ts", ["a.ts"]],
      ["d.ts", ["e.ts"]],
      ["e.ts", []],
      ["f.ts", ["f.ts", "a.ts"]],
    ]);
    expect(circlesIn(imports)).toEqual([["a.ts", "b.ts", "c.ts"], ["f.ts"]]);
  });

  it.each([
    'import { a } from "./a.ts";',
    'import type { A } from "./a.ts";',
    'import {\n  type A,\n  a,\n} from "./a.ts";',
    'export { a } from "./a.ts";',
    'export type { A } from "./a.ts";',
    'import "./a.ts";',
    'const a = await import("./a.ts");',
    'type A = import("./a.ts").A;',
  ])("sees %j", (text) => {
    expect(importedIn(text)).toEqual(["./a.ts"]);
  });

  it("sees no import in a comment", () => {
    expect(importedIn('// from "./a.ts"\n/** import("./b.ts") */\n')).toEqual([]);
  });
});
