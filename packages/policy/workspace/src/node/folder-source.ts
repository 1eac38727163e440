// A policy set's files in a folder of this machine.

import { type Dirent, lstatSync, readdirSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import {
  type FileEntry,
  type FileSource,
  isAside,
  MAX_FILE_BYTES,
  MAX_FILES,
} from "../read/file-source.ts";
import { usageError } from "../usage-error.ts";
import { isDirectory, isThere, readFound, whatItIs } from "./regular-files.ts";

/** The files below a folder. Throws a `UsageError` where it is none. */
export function folderSource(folder: string): FileSource {
  if (!isDirectory(folder)) throw usageError(`${folder} is not a folder of policies`);
  return {
    name: folder,
    list: () => listFolder(folder),
    read: (paths) => new Map(paths.map((path) => [path, readIn(folder, path)])),
  };
}

/** A link was looked at when it was listed; what it leads to is read by its own name. */
function readIn(folder: string, path: string): string {
  const place = join(folder, path);
  const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLink) {
    const problem = problemOfLink(realpathSync(folder), place);
    if (problem !== undefined) throw usageError(`${place} is ${problem}`);
  }
  const bytes = readFound(isLink ? realpathSync(place) : place, MAX_FILE_BYTES);
  return bytes.toString("utf8");
}

function listFolder(folder: string): readonly FileEntry[] {
  const listing = new Listing(folder);
  listing.visit("");
  return listing.found;
}

class Listing {
  readonly found: FileEntry[] = [];
  readonly #folder: string;
  readonly #real: string;
  #aside = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#real = realpathSync(folder);
  }

  visit(below: string): void {
    for (const entry of readdirSync(join(this.#folder, below), { withFileTypes: true })) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.name === ".git") continue;
      if (isAside(path)) this.#addAside(path, entry);
      else this.#add(path, entry);
    }
  }

  #add(path: string, entry: Dirent): void {
    const place = join(this.#folder, path);
    if (entry.isDirectory() && !isThere(join(place, ".git"))) {
      this.visit(path);
      return;
    }
    const problem = entry.isDirectory()
      ? "another repository (a submodule?), which is not read"
      : problemOf(this.#real, place, entry);
    this.found.push({ path, ...(problem === undefined ? {} : { problem }) });
    if (this.found.length - this.#aside > MAX_FILES)
      throw usageError(`${this.#folder} holds more than ${MAX_FILES} files`);
  }

  /** What is not read is looked through to say so, within reason. */
  #addAside(path: string, entry: Dirent): void {
    if (this.#aside > MAX_FILES) return;
    if (entry.isDirectory()) this.visit(path);
    else if (entry.isFile()) {
      this.#aside += 1;
      this.found.push({ path });
    }
  }
}

/**
 * SAFETY: a policy that is left out allows what it would deny, so what cannot be read stops the command. A link is the
 * file it leads to, as in folders that Kubernetes mounts, if that lies in the folder: what lies elsewhere is no policy,
 * and a report would quote it.
 */
function problemOf(real: string, place: string, entry: Dirent): string | undefined {
  if (entry.isFile()) return undefined;
  const stats = lstatSync(place);
  if (stats.isSymbolicLink()) return problemOfLink(real, place);
  const what = whatItIs(stats);
  return what === undefined ? undefined : `${what}, which is not read`;
}

function problemOfLink(real: string, place: string): string | undefined {
  let target: string;
  try {
    target = realpathSync(place);
  } catch {
    return "a link that leads nowhere";
  }
  const what = whatItIs(lstatSync(target));
  if (what !== undefined) return `a link to ${what}, which is not read`;
  const inside = relative(real, target).split(sep);
  if (inside[0] === "..") return "a link out of the folder, which is not read";
  // Kubernetes keeps what it mounts in `..data`.
  if (inside.some((part) => /^\.(?!\.)/.test(part) || part === "node_modules"))
    return "a link to what is hidden, which is not read";
  return undefined;
}
