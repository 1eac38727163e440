// A policy set: the files of a folder, read. Rego modules, YAML rules, base documents (`data.json`,
// `data.yaml`, mounted where their folder is, as OPA does), tests, schemas, and an optional `vocabulary.yaml`.

import type { Dirent } from "node:fs";
import { join } from "node:path";
import type { DataSchema, JsonSchema } from "@writ/checker";
import { type Diagnostic, makeSources, type SourceFile, type Sources } from "@writ/diagnostics";
import { type Module, parseRego, parseYaml } from "@writ/syntax";
import { mountFiles } from "./base-documents.ts";
import { usageError } from "./exit.ts";
import { isDirectory, listFolder, readText } from "./files.ts";
import { readDocument } from "./read-document.ts";
import { checkData, readSchema, schemaName } from "./schema-files.ts";
import { readVocabulary, type Vocabulary } from "./vocabulary.ts";

export interface PolicySet {
  readonly modules: readonly Module[];
  readonly data: { readonly [key: string]: unknown };
  readonly vocabularies: readonly Vocabulary[];
  /** `*.test.yaml`. */
  readonly tests: readonly SourceFile[];
  /** Every file read, tests included. */
  readonly sources: Sources;
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** `schemas/a/b.json` as `a.b`. */
  readonly schemas?: ReadonlyMap<string, JsonSchema>;
  /** `data.schema.json`. */
  readonly dataSchemas?: readonly DataSchema[];
}

export const emptyPolicySet: PolicySet = {
  modules: [],
  data: {},
  vocabularies: [],
  tests: [],
  sources: makeSources([]),
  files: [],
  diagnostics: [],
};

type Role = "rego" | "yaml" | "data" | "test" | "vocabulary" | "schema" | "data-schema";

const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/\.rego$/, "rego"],
  [/(?:^|\/)schemas?\/.+\.json$/, "schema"],
  [/(?:^|\/)data\.schema\.json$/, "data-schema"],
  [/(?:^|\/)data\.(?:json|ya?ml)$/, "data"],
  [/\.test\.ya?ml$/, "test"],
  [/(?:^|\/)vocabulary\.ya?ml$/, "vocabulary"],
  [/\.ya?ml$/, "yaml"],
];
const MAX_FILES = 20_000;

/** `likeOpa`: every JSON and YAML file that has no rules is data, whatever it is called. */
export function readPolicySet(
  folder: string,
  { likeOpa }: { readonly likeOpa?: boolean | undefined } = {},
): PolicySet {
  if (!isDirectory(folder)) throw usageError(`${folder} is not a folder of policies`);
  const files: (SourceFile & { readonly role: Role })[] = [];
  for (const file of listFiles(folder)) {
    const role = ROLES.find(([pattern]) => pattern.test(file))?.[1];
    const isOpasData = likeOpa === true && (role === "yaml" || /\.json$/.test(file));
    if (role === undefined && !isOpasData) continue;
    const text = readText(join(folder, file));
    const isData = isOpasData && !/^package:/m.test(text);
    files.push({ file, role: isData ? "data" : (role as Role), text });
  }
  if (files.length === 0) throw usageError(`${folder} holds no policies (*.rego, *.yaml)`);
  const ofRole = (role: Role): readonly SourceFile[] => files.filter((file) => file.role === role);
  const parsed = [...ofRole("rego").map(parseRego), ...ofRole("yaml").map(parseYaml)];
  const diagnostics = parsed.flatMap((result) => result.diagnostics);
  const data = mountFiles(ofRole("data"), diagnostics, { likeOpa });
  const schemas = ofRole("schema").flatMap((source) => {
    const schema = readSchema(source, readDocument(source, diagnostics), diagnostics);
    return schema === undefined ? [] : [[schemaName(source.file), schema] as const];
  });
  const dataSchemas = ofRole("data-schema").flatMap((source) => {
    const schema = readSchema(source, readDocument(source, diagnostics), diagnostics);
    if (schema === undefined) return [];
    const found = { path: source.file.split("/").slice(0, -1), schema };
    diagnostics.push(...checkData(data, found, source.file));
    return [found];
  });
  return {
    modules: parsed.map(({ module }) => module),
    data,
    vocabularies: ofRole("vocabulary").flatMap((file) =>
      readVocabulary(file, readDocument(file, diagnostics), diagnostics),
    ),
    tests: ofRole("test"),
    sources: makeSources(files),
    files,
    diagnostics,
    schemas: new Map(schemas),
    dataSchemas,
  };
}

/**
 * SAFETY: a policy that is left out allows what it would deny. So a link to a file is that file, as in folders that
 * Kubernetes mounts, and what is neither a file nor a folder stops the command.
 */
function isFileAt(path: string, entry: Dirent): boolean {
  if (entry.isFile()) return true;
  const isLink = entry.isSymbolicLink();
  if (isLink && !isDirectory(path)) return true;
  throw usageError(`${path} is ${isLink ? "a link to a folder" : "no file"}, which is not read`);
}

/** Relative paths with `/`, sorted, without hidden folders: the same list on every machine. */
function listFiles(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of listFolder(join(folder, relative))) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (isFileAt(join(folder, path), entry)) found.push(path);
      if (found.length > MAX_FILES)
        throw usageError(`${folder} holds more than ${MAX_FILES} files`);
    }
  };
  visit("");
  return found.sort();
}
