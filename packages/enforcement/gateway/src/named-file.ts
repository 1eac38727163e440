// Reading the files that the configuration names. Each way in which that fails says something else.

import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { type Checked, fine, wrong } from "./problem.ts";

/** A file that a field of the configuration names. */
export interface NamedFile {
  readonly field: string;
  readonly path: string;
  /** What the file is, as `the bundle`. */
  readonly what: string;
  /** How to come by one, where there is none. */
  readonly remedy: string;
}

const BY_CODE: { readonly [code: string]: string | undefined } = {
  ENOENT: "is not there",
  ENOTDIR: "is not there: part of its path is a file",
  EISDIR: "is a folder",
  EACCES: "may not be read by the user this runs as",
  EPERM: "may not be read by the user this runs as",
  ELOOP: "is a link that leads to itself",
  ENAMETOOLONG: "has too long a name",
};

/** What is wrong with a file, from the error of a file operation, to follow its name. */
export function describeFileError(error: unknown): string {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return BY_CODE[code] ?? `cannot be read (${code})`;
}

export function readNamed({ field, path, what, remedy }: NamedFile): Checked<Buffer> {
  try {
    const bytes = readFileSync(path);
    return bytes.length > 0 ? fine(bytes) : wrong(field, `${what} ${path} is empty; ${remedy}`);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const advice = isMissing ? `; ${remedy}` : "";
    return wrong(field, `${what} ${path} ${describeFileError(error)}${advice}`);
  }
}

/** A warning when others on this machine can read what is meant to be secret. */
export function exposure({ field, path, what }: NamedFile): readonly string[] {
  if (process.platform === "win32") return [];
  try {
    const mode = statSync(path).mode & 0o777;
    if ((mode & 0o007) === 0) return [];
    const octal = mode.toString(8).padStart(4, "0");
    return [
      `${field}: every user of this machine may read ${what} ${path} (mode ${octal}); chmod 600 it`,
    ];
  } catch {
    return [];
  }
}

/** Why nothing can be put into a folder; undefined where it can. */
export function checkWritable(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM" || code === "EROFS")
      return `the user this runs as may not write to the folder ${folder}`;
    return `the folder ${folder} ${describeFileError(error)}; make it first`;
  }
}
