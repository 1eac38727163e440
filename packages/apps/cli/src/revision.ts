// A folder as it is in a git commit, read from git's objects themselves: no attribute, filter, replacement or graft has
// a say in what a commit holds, and nothing is written.

import { execFileSync } from "node:child_process";
import { lstatSync, realpathSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { type FileEntry, type FileSource, MAX_FILE_BYTES, MAX_FILES } from "@writ/workspace";
import { isThere } from "@writ/workspace/node";
import { usageError } from "./exit.ts";

const MAX_BYTES = 512 * 1024 * 1024;

/** A folder of a repository, by its name in it. */
export interface RepositoryFolder {
  readonly given: string;
  /** The top of the working tree. */
  readonly top: string;
  readonly parts: readonly string[];
}

export interface Commit {
  readonly id: string;
  /** Undefined: the commit has no such folder. */
  readonly tree: FileSource | undefined;
}

/**
 * The folder need not be there now: it may be new or gone in one of the commits. SAFETY: a link on the way could lead to
 * a folder where nothing changes, and hide what changes in the one that is meant.
 */
export function repositoryFolder(folder: string): RepositoryFolder {
  const place = resolve(folder);
  let near = place;
  while (!isThere(near)) near = dirname(near);
  if (lstatSync(near).isSymbolicLink() && near === place)
    throw usageError(`${folder} is a link; name the folder it leads to`);
  if (!lstatSync(near).isDirectory()) near = dirname(near);
  const top = git(near, ["rev-parse", "--show-toplevel"], folder).toString("utf8").trimEnd();
  let above = place;
  while (!isThere(above) || realpathSync(above) !== realpathSync(top)) {
    if (above === dirname(above))
      throw usageError(`${folder} is reached by a link; name the folder it leads to`);
    if (lstatSync(above, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw usageError(`${above} is a link; name the folder it leads to`);
    above = dirname(above);
  }
  const inside = relative(above, place);
  return { given: folder, top, parts: inside === "" ? [] : inside.split(sep) };
}

export function readCommit(revision: string, folder: RepositoryFolder): Commit {
  const id = commitOf(revision, folder);
  const tree = findTree(id, folder);
  const name = `${revision}:${folder.given}`;
  return { id, tree: tree === undefined ? undefined : revisionTree(tree, name, folder) };
}

/** The commit where two revisions parted. */
export function mergeBase(one: string, other: string, folder: RepositoryFolder): string {
  const ends = [one, other].map((revision) => commitOf(revision, folder));
  return git(folder.top, ["merge-base", ...ends], folder.given)
    .toString("utf8")
    .trim();
}

/** A revision that begins with a dash would be an option. */
function commitOf(revision: string, { top, given }: RepositoryFolder): string {
  if (revision === "" || revision.startsWith("-"))
    throw usageError(`\`${revision}\` is no git revision`);
  const asked = ["rev-parse", "--verify", `${revision}^{commit}`];
  return git(top, asked, given, revision).toString("utf8").trim();
}

interface GitEntry {
  readonly mode: string;
  readonly object: string;
  readonly size: number;
  readonly path: string;
}

const MODES: { readonly [mode: string]: string | undefined } = {
  "120000": "a link, which is not read at a revision",
  "160000": "another repository (a submodule), which is not read",
};

/** Step by step: what is no folder on the way is not a folder that is missing. */
function findTree(commit: string, { top, parts, given }: RepositoryFolder): string | undefined {
  let tree = `${commit}^{tree}`;
  for (const [index, part] of parts.entries()) {
    const entry = listTree(top, tree, given, []).find(({ path }) => path === part);
    if (entry === undefined) return undefined;
    const at = parts.slice(0, index + 1).join("/");
    if (entry.mode !== "040000")
      throw usageError(`${at} at ${commit} is ${MODES[entry.mode] ?? "no folder"}`);
    tree = entry.object;
  }
  return tree;
}

function listTree(
  top: string,
  tree: string,
  given: string,
  options: readonly string[],
): readonly GitEntry[] {
  const listed = git(top, ["ls-tree", "-z", "-l", "--full-tree", ...options, tree], given);
  return listed
    .toString("utf8")
    .split("\0")
    .flatMap((line) => {
      const [, mode = "", object = "", size = "", path = ""] =
        /^(\d+) \w+ ([0-9a-f]+) +(-|\d+)\t([\s\S]+)$/.exec(line) ?? [];
      return path === "" ? [] : [{ mode, object, size: Number(size) || 0, path }];
    });
}

function revisionTree(object: string, name: string, folder: RepositoryFolder): FileSource {
  const entries = listTree(folder.top, object, folder.given, ["-r"]);
  if (entries.length > MAX_FILES) throw usageError(`${name} holds more than ${MAX_FILES} files`);
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const list = entries.map(({ path, mode, size }): FileEntry => {
    const problem =
      MODES[mode] ?? (size > MAX_FILE_BYTES ? `longer than ${MAX_FILE_BYTES} bytes` : undefined);
    return problem === undefined ? { path } : { path, problem };
  });
  return {
    name,
    list: () => list,
    read: (paths) => readBlobs(paths, byPath, folder),
  };
}

function readBlobs(
  paths: readonly string[],
  byPath: ReadonlyMap<string, GitEntry>,
  { top, given }: RepositoryFolder,
): ReadonlyMap<string, string> {
  const wanted = paths.flatMap((path) => byPath.get(path) ?? []);
  if (wanted.length === 0) return new Map();
  const objects = wanted.map(({ object }) => `${object}\n`).join("");
  const output = git(top, ["cat-file", "--batch"], given, undefined, objects);
  const texts = new Map<string, string>();
  let at = 0;
  for (const { path, object } of wanted) {
    const end = output.indexOf(0x0a, at);
    const [, size] = output.toString("latin1", at, end).match(/^[0-9a-f]+ blob (\d+)$/) ?? [];
    if (size === undefined) throw usageError(`git has no object ${object} for ${path}`);
    const start = end + 1;
    texts.set(path, output.toString("utf8", start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return texts;
}

/**
 * `safe.bareRepository`: files in a folder may look like a repository of their own, with a configuration that names
 * commands to run. Replacement refs and grafts would show other commits than there are.
 */
const SETTINGS = [
  "--no-replace-objects",
  "--literal-pathspecs",
  ...["safe.bareRepository=explicit", "core.fsmonitor=", "core.hooksPath=/dev/null"].flatMap(
    (setting) => ["-c", setting],
  ),
];

/** What the caller's environment says of git is not asked. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_GRAFT_FILE: "/dev/null",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    LC_ALL: "C",
  };
}

function git(
  at: string,
  args: readonly string[],
  folder: string,
  revision?: string,
  input?: string,
): Buffer {
  try {
    const made = execFileSync("git", ["-C", at, ...SETTINGS, ...args], {
      env: environment(),
      maxBuffer: MAX_BYTES,
      ...(input === undefined ? {} : { input }),
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    if (revision !== undefined) refuseAmbiguous(at, revision);
    return made;
  } catch (error) {
    const { stderr, message, code } = error as { stderr?: Buffer; message: string; code?: string };
    if (stderr === undefined || code === "ENOENT") {
      if (code === "ENOENT")
        throw usageError("git is not installed, and revisions are read with it");
      throw error;
    }
    const said = stderr.toString("utf8").trim().split("\n")[0] || message;
    if (revision !== undefined && said.includes("Needed a single revision"))
      throw usageError(
        `git cannot read ${folder} at ${revision}: there is no such commit (a path is written ./${revision})`,
      );
    throw usageError(`git cannot read ${folder} there: ${said.replace(/^fatal: /, "")}`);
  }
}

/** A branch and a tag of one name are two revisions. */
function refuseAmbiguous(top: string, revision: string): void {
  if (!/^[\w./-]+$/.test(revision)) return;
  const names = ["heads", "tags", "remotes"].map((kind) => `refs/${kind}/${revision}`);
  const found = execFileSync(
    "git",
    ["-C", top, ...SETTINGS, "for-each-ref", "--format=%(refname)", ...names],
    { env: environment(), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  const refs = found.split("\n").filter((ref) => names.includes(ref));
  if (refs.length > 1)
    throw usageError(`\`${revision}\` is ${refs.join(" and ")}: name one of them in full`);
}
