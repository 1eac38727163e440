// A folder as it is in a git revision, written to a place of its own while it is looked at.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usageError } from "./exit.ts";
import { isDirectory } from "./files.ts";

const MAX_BYTES = 512 * 1024 * 1024;

export function withRevision<T>(revision: string, folder: string, look: (path: string) => T): T {
  const place = mkdtempSync(join(tmpdir(), "writ-revision-"));
  try {
    const archive = git(folder, ["archive", "--format=tar", named(revision), "."]);
    execFileSync("tar", ["-x", "-C", place], { input: archive });
    return look(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The commit where two revisions parted. */
export function mergeBase(one: string, other: string, folder: string): string {
  return git(folder, ["merge-base", named(one), named(other)])
    .toString("utf8")
    .trim();
}

/** A revision that begins with a dash would be an option. */
function named(revision: string): string {
  if (revision === "" || revision.startsWith("-"))
    throw usageError(`\`${revision}\` is no git revision`);
  return revision;
}

function git(folder: string, args: readonly string[]): Buffer {
  if (!isDirectory(folder)) throw usageError(`${folder} is no folder`);
  try {
    return execFileSync("git", ["-C", folder, ...args], {
      maxBuffer: MAX_BYTES,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stderr, message } = error as { stderr?: Buffer; message: string };
    const said = stderr?.toString("utf8").trim().split("\n")[0] ?? message;
    throw usageError(`git cannot read ${folder} there: ${said.replace(/^fatal: /, "")}`);
  }
}
