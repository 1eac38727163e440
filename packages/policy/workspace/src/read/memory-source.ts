// A policy set's files in memory: an editor's buffers, a playground's text fields, a request's body.

import { usageError } from "../usage-error.ts";
import type { FileSource } from "./file-source.ts";

/** Files by their paths, relative and with `/`. */
export function memorySource(name: string, files: { readonly [path: string]: string }): FileSource {
  const textAt = (path: string): string => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text === undefined) throw usageError(`${name} has no file ${path}`);
    return text;
  };
  return {
    name,
    list: () => Object.keys(files).map((path) => ({ path })),
    read: (paths) => new Map(paths.map((path) => [path, textAt(path)])),
  };
}
