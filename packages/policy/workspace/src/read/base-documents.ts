// Base documents of a policy set: what its data files say, each mounted where its folder is and all merged.

import { type Diagnostic, diagnostic, type SourceFile } from "@writ/diagnostics";
import type { Builtin, BuiltinTable, Value } from "@writ/evaluator";
import { readDocument } from "./read-document.ts";

interface Mapping {
  [key: string]: unknown;
}

/** Mounts what the files say, which may say different parts of one mapping. `likeOpa`: read by these functions. */
export function mountFiles(
  files: readonly SourceFile[],
  diagnostics: Diagnostic[],
  likeOpa?: BuiltinTable,
): Mapping {
  const data: Mapping = Object.create(null);
  for (const source of files) {
    const value =
      likeOpa === undefined
        ? readDocument(source, diagnostics)
        : readAsOpa(source, diagnostics, likeOpa);
    if (value === undefined) continue;
    const span = { file: source.file, start: 0, end: 1 };
    if (!isMapping(value)) {
      diagnostics.push(diagnostic("E0123", { what: "a data file", expected: "a mapping" }, span));
      continue;
    }
    const mount = source.file.split("/").slice(0, -1);
    const mounted = mount.reduceRight<Mapping>((below, key) => ({ [key]: below }), value);
    for (const path of merge(data, mounted))
      diagnostics.push(diagnostic("E0602", { path: path.join(".") }, span));
  }
  return data;
}

/** The paths of which both say something that is no mapping. */
function merge(into: Mapping, from: Mapping): readonly (readonly string[])[] {
  return Object.entries(from).flatMap(([key, item]) => {
    const before = Object.hasOwn(into, key) ? into[key] : undefined;
    if (isMapping(before) && isMapping(item))
      return merge(before, item).map((path) => [key, ...path]);
    if (isMapping(item)) {
      into[key] = Object.create(null);
      merge(into[key] as Mapping, item);
    } else into[key] = item;
    return before === undefined ? [] : [[key]];
  });
}

function isMapping(value: unknown): value is Mapping {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** As OPA reads it: of a key given twice the last counts, and YAML is that of Go. What OPA cannot read, as we do. */
function readAsOpa(source: SourceFile, diagnostics: Diagnostic[], builtins: BuiltinTable): unknown {
  const name = source.file.endsWith(".json") ? "json.unmarshal" : "yaml.unmarshal";
  const read = builtins.get(name) as Builtin;
  try {
    const value = read.call([source.text], NO_CONTEXT);
    if (value !== undefined) return value;
  } catch {
    // Said below, with its place.
  }
  return readDocument(source, diagnostics);
}

const NO_CONTEXT = { cache: new Map<string, Value>(), step: (): void => undefined };
