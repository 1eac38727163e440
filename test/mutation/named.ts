// Safety behaviours by name, each with the patch that takes it away: `named.json`. Some test must find each.
// A patch is a piece of source text, which stands once in the sources of a group of packages, and what
// stands in its place; so files may move.

import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { runJobs } from "./processes.ts";
import { root } from "./targets.ts";

export interface Patch {
  readonly name: string;
  /** A folder under packages. */
  readonly group: string;
  readonly before: string;
  readonly after: string;
  /** The files, or folders of files, of tests that may find it. */
  readonly tests: readonly string[];
}

export const patches: readonly Patch[] = JSON.parse(
  readFileSync(new URL("named.json", import.meta.url), "utf8"),
);

/** The file a patch is of, and what it becomes; undefined unless the text stands there once. */
export function applyPatch({
  group,
  before,
  after,
}: Patch): { readonly file: string; readonly text: string } | undefined {
  const found = globSync(`packages/${group}/*/src/**/*.ts`, { cwd: root })
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => ({ file: join(root, file), parts: readFile(file).split(before) }))
    .filter(({ parts }) => parts.length > 1);
  const [only] = found;
  if (only === undefined || found.length > 1 || only.parts.length > 2) return undefined;
  return { file: only.file, text: only.parts.join(after) };
}

function readFile(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Whether each of them was found; says so line by line. */
export async function runNamed(): Promise<boolean> {
  let areFound = true;
  for (const patch of patches) {
    const patched = applyPatch(patch);
    const said =
      patched === undefined ? "names no text, or several" : await tryPatch(patch, patched);
    if (!said.startsWith("killed")) areFound = false;
    process.stdout.write(`${patch.name}: ${said}\n`);
  }
  return areFound;
}

async function tryPatch(
  { tests }: Patch,
  { file, text }: { readonly file: string; readonly text: string },
): Promise<string> {
  const jobs = tests
    .flatMap((name) =>
      name.endsWith(".ts") ? [name] : globSync(`${name}/**/*.test.ts`, { cwd: root }),
    )
    .map((name) => ({ mutant: 0, testFile: join(root, name), limitMs: 120_000 }));
  const results = await runJobs(jobs, { [file]: text });
  const kill = results.find(({ status }) => status === "failed" || status === "timed out");
  if (kill === undefined) return "survived";
  return `killed by ${relative(root, kill.job.testFile)}: ${kill.by ?? kill.status}`;
}
