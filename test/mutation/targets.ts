// The packages that are tried, and the tests that are to find what is wrong in them: `targets.json`. A package
// is found by its group's folder, `*` being each in it.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export interface Target {
  readonly name: string;
  /** Texts by absolute name of the file. */
  readonly sources: ReadonlyMap<string, string>;
  readonly testFiles: readonly string[];
}

interface TargetData {
  readonly sources: readonly string[];
  readonly tests: readonly string[];
  /** Sources that no process with mutants in it runs, and tests of how long something takes, or of large texts. */
  readonly except?: readonly string[];
}

/** By name. */
export const targetData: { readonly [name: string]: TargetData } = JSON.parse(
  readFileSync(new URL("targets.json", import.meta.url), "utf8"),
);

export function readTarget(name: string): Target {
  const { sources = [], tests = [], except = [] } = targetData[name] ?? {};
  const isWanted = (file: string): boolean => !except.includes(file.slice(root.length));
  const files = filesOf(sources, "src/**/*.ts").filter(
    (file) => !file.endsWith(".test.ts") && isWanted(file),
  );
  return {
    name,
    sources: new Map(files.map((file) => [file, readFileSync(file, "utf8")])),
    testFiles: filesOf(tests, "**/*.test.ts").filter(isWanted),
  };
}

function filesOf(folders: readonly string[], pattern: string): readonly string[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/${pattern}`, { cwd: root }))
    .filter((file) => !file.includes("node_modules"))
    .map((file) => join(root, file))
    .sort();
}
