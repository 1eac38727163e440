// A policy set: the files of a source, read. Rego modules, YAML rules, base documents (`data.json`,
// `data.yaml`, mounted where their folder is, as OPA does), tests, schemas, and an optional `vocabulary.yaml`.

import { type DataSchema, findUnseenCharacters } from "@writ/checker";
import {
  type Diagnostic,
  diagnostic,
  makeSources,
  type SourceFile,
  type Sources,
} from "@writ/diagnostics";
import type { JsonSchema } from "@writ/ir";
import { type Module, parseRego, parseYaml } from "@writ/syntax";
import { findTestOnlyRules } from "../check/test-only-rules.ts";
import type { Environment } from "../environment.ts";
import { usageError } from "../usage-error.ts";
import { mountFiles } from "./base-documents.ts";
import type { FileSource } from "./file-source.ts";
import { inputKinds } from "./input-kinds.ts";
import { isRules, type Role, type SkippedFile, selectFiles } from "./policy-files.ts";
import { readDocument } from "./read-document.ts";
import { checkData, readSchema, schemaName } from "./schema-files.ts";
import { readVocabulary, type Vocabulary } from "./vocabulary.ts";

/** The files of a policy set, read and parsed; what is wrong with them so far is in `diagnostics`. */
export interface PolicySet {
  readonly environment: Environment;
  readonly modules: readonly Module[];
  readonly data: { readonly [key: string]: unknown };
  readonly vocabularies: readonly Vocabulary[];
  /** `*.test.yaml`. */
  readonly tests: readonly SourceFile[];
  /** Every file read, tests included. */
  readonly sources: Sources;
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** What looks like a policy file and is not read. */
  readonly skipped?: readonly SkippedFile[];
  /** `schemas/a/b.json` as `a.b`. */
  readonly schemas?: ReadonlyMap<string, JsonSchema>;
  /** `data.schema.json`. */
  readonly dataSchemas?: readonly DataSchema[];
}

/** A set of no files, to add to. */
export function emptyPolicySet(environment: Environment): PolicySet {
  return {
    environment,
    modules: [],
    data: {},
    vocabularies: [],
    tests: [],
    sources: makeSources([]),
    files: [],
    diagnostics: [],
  };
}

/** How a source is read. */
export interface ReadOptions {
  /** Every JSON and YAML file that has no rules is data, whatever it is called. */
  readonly likeOpa?: boolean | undefined;
  /** A set without a file is one: what a revision has where a folder is new. */
  readonly mayBeEmpty?: boolean | undefined;
}

type RoledFile = SourceFile & { readonly role: Role };

/** The policy set of a source. Throws a `UsageError` for files that must not be left out and cannot be read. */
export function readPolicySet(
  from: FileSource,
  environment: Environment,
  options: ReadOptions = {},
): PolicySet {
  const { likeOpa, mayBeEmpty } = options;
  const selected = selectFiles(from);
  const files = readFiles(from, selected.files, likeOpa === true);
  if (files.length === 0 && mayBeEmpty !== true)
    throw usageError(`${from.name} holds no policies (*.rego, *.yaml)`);
  const set = parseFiles(files, environment, likeOpa);
  if (likeOpa === true) return set;
  const { skipped } = selected;
  const unread = skipped.map(({ path, why }) =>
    diagnostic("W0603", { why }, { file: path, start: 0, end: 0 }),
  );
  const seen = [
    ...unread,
    ...files.flatMap(findUnseenCharacters),
    ...findTestOnlyRules(set.modules),
  ];
  return { ...set, diagnostics: [...set.diagnostics, ...seen], skipped };
}

function readFiles(
  from: FileSource,
  selected: readonly { readonly path: string; readonly role: Role | undefined }[],
  likeOpa: boolean,
): readonly RoledFile[] {
  const isOpasData = (path: string, role: Role | undefined): boolean =>
    likeOpa && (role === "yaml" || /\.json$/.test(path));
  const wanted = selected.filter(({ path, role }) => role !== undefined || isOpasData(path, role));
  const texts = from.read(wanted.map(({ path }) => path));
  return wanted.map(({ path, role }) => {
    const text = texts.get(path) ?? "";
    const isData = isOpasData(path, role) && !isRules(text);
    return { file: path, role: isData ? "data" : (role as Role), text };
  });
}

function parseFiles(
  files: readonly RoledFile[],
  environment: Environment,
  likeOpa: boolean | undefined,
): PolicySet {
  const ofRole = (role: Role): readonly SourceFile[] => files.filter((file) => file.role === role);
  const parsed = [
    ...ofRole("rego").map(parseRego),
    ...ofRole("yaml").map((source) => parseYaml(source, inputKinds(environment.inputSchema))),
  ];
  const diagnostics = parsed.flatMap((result) => result.diagnostics);
  const data = mountFiles(
    ofRole("data"),
    diagnostics,
    likeOpa === true ? environment.builtins : undefined,
  );
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
    environment,
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
