// Where a policy set's files come from: a folder, a folder at a git revision, an editor's buffers. Each says what is there
// and hands out texts; which of it is read is decided in one place, policy-files.ts, so that everybody reads the same files.

/** Something that has a name in a source and is no folder. */
export interface FileEntry {
  /** Relative, with `/`. */
  readonly path: string;
  /** Why it cannot be read: a link that leads out, a pipe, a submodule. */
  readonly problem?: string;
}

/** Files by name: in a folder, at a revision, in memory. Throws a `UsageError` for what cannot be read. */
export interface FileSource {
  /** As messages call it. */
  readonly name: string;
  list(): readonly FileEntry[];
  read(paths: readonly string[]): ReadonlyMap<string, string>;
}

/** A source has no more files than this. */
export const MAX_FILES = 20_000;
/** A policy file has a limit of its own; data may have more. */
export const MAX_FILE_BYTES: number = 64 * 1024 * 1024;

/** Whether a path is not for policies: hidden, or of a package manager. */
export function isAside(path: string): boolean {
  return path.split("/").some((part) => part.startsWith(".") || part === "node_modules");
}
