// The command starts from its bundle while that is what the sources are, and from the sources otherwise.

import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, expect, it } from "vitest";

const bin = fileURLToPath(new URL("../../packages/apps/cli/bin", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "writ-bundle-"));
const cli = join(root, "packages", "apps", "cli");
const source = join(cli, "src", "main.ts");

function noteMadeOf(files: readonly string[]): void {
  const noted = files.map((file) => {
    const { mtimeMs, size } = statSync(join(root, file));
    return [file, mtimeMs, size];
  });
  writeFileSync(join(cli, "dist", "made-of.json"), JSON.stringify(noted));
}

function run(): string {
  return execFileSync(process.execPath, [join(cli, "bin", "writ.js")], { encoding: "utf8" });
}

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const folder of ["src", "dist"]) mkdirSync(join(cli, folder), { recursive: true });
  cpSync(bin, join(cli, "bin"), { recursive: true });
  writeFileSync(join(cli, "package.json"), '{"type": "module"}');
  writeFileSync(source, 'process.stdout.write("sources");\n');
  writeFileSync(join(cli, "dist", "main.js"), 'process.stdout.write("bundle");\n');
  noteMadeOf(["packages/apps/cli/src/main.ts"]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const changes: readonly (readonly [what: string, change: () => void, runs: string])[] = [
  ["nothing has changed", () => {}, "bundle"],
  [
    "a source has another size",
    () => writeFileSync(source, 'process.stdout.write("sources") ;\n'),
    "sources",
  ],
  [
    "a source was written since",
    () => utimesSync(source, new Date(), new Date(Date.now() + 5_000)),
    "sources",
  ],
  ["there is no bundle", () => rmSync(join(cli, "dist"), { recursive: true }), "sources"],
  ["the note is none", () => writeFileSync(join(cli, "dist", "made-of.json"), "{"), "sources"],
];

it.each(changes)("%s", (_what, change, runs) => {
  change();
  expect(run()).toBe(runs);
});

it("a source that the bundle was made of is gone", () => {
  const other = join(cli, "src", "other.ts");
  writeFileSync(other, "");
  noteMadeOf(["packages/apps/cli/src/main.ts", "packages/apps/cli/src/other.ts"]);
  expect(run()).toBe("bundle");
  rmSync(other);
  expect(run()).toBe("sources");
});
