// A policy set: the files of a folder, read. Rego modules, YAML rules, base documents (`data.json`,
// `data.yaml`, mounted where their folder is, as OPA does), tests, schemas, and an optional `vocabulary.yaml`.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { DataSchema, JsonSchema } from "@writ/checker";
import {
  type Diagnostic,
  diagnostic,
  makeSources,
  type SourceFile,
  type Sources,
} from "@writ/diagnostics";
import { parseNumber } from "@writ/evaluator";
import { type Module, parseRego, parseYaml } from "@writ/syntax";
import { parseDocument, type Scalar, visit } from "yaml";
import { usageError } from "./exit.ts";
import { isDirectory, readText } from "./files.ts";
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
  const data: { [key: string]: unknown } = Object.create(null);
  for (const file of ofRole("data")) mountData(data, file, diagnostics);
  const schemas = ofRole("schema").flatMap((source) => {
    const schema = readSchema(source, readYaml(source, diagnostics), diagnostics);
    return schema === undefined ? [] : [[schemaName(source.file), schema] as const];
  });
  const dataSchemas = ofRole("data-schema").flatMap((source) => {
    const schema = readSchema(source, readYaml(source, diagnostics), diagnostics);
    if (schema === undefined) return [];
    const found = { path: source.file.split("/").slice(0, -1), schema };
    diagnostics.push(...checkData(data, found, source.file));
    return [found];
  });
  return {
    modules: parsed.map(({ module }) => module),
    data,
    vocabularies: ofRole("vocabulary").flatMap((file) =>
      readVocabulary(file, readYaml(file, diagnostics), diagnostics),
    ),
    tests: ofRole("test"),
    sources: makeSources(files),
    files,
    diagnostics,
    schemas: new Map(schemas),
    dataSchemas,
  };
}

/** Relative paths with `/`, sorted, without hidden folders: the same list on every machine. */
function listFiles(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of readdirSync(join(folder, relative), { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) found.push(path);
      if (found.length > MAX_FILES)
        throw usageError(`${folder} holds more than ${MAX_FILES} files`);
    }
  };
  visit("");
  return found.sort();
}

function mountData(
  data: { [key: string]: unknown },
  source: SourceFile,
  diagnostics: Diagnostic[],
): void {
  const value = readYaml(source, diagnostics);
  if (value === undefined) return;
  const span = { file: source.file, start: 0, end: 1 };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    diagnostics.push(diagnostic("E0123", { what: "a data file", expected: "a mapping" }, span));
    return;
  }
  const mount = source.file.split("/").slice(0, -1);
  let at = data;
  for (const key of mount) {
    const next: unknown = at[key] ?? Object.create(null);
    at[key] = next;
    at = next as { [key: string]: unknown };
  }
  for (const [key, item] of Object.entries(value)) {
    if (Object.hasOwn(at, key))
      diagnostics.push(diagnostic("E0602", { path: [...mount, key].join(".") }, span));
    at[key] = item;
  }
}

/** A number is the decimal it is written as, however many digits that has. */
function keepDigits(scalar: Scalar): void {
  const { value, source } = scalar;
  if (typeof value === "number" && source !== undefined)
    scalar.value = parseNumber(source) ?? value;
}

/** JSON is YAML; the errors are the same either way. */
function readYaml({ file, text }: SourceFile, diagnostics: Diagnostic[]): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  for (const { message, pos } of document.errors) {
    const said = (message.split("\n")[0] ?? "").replace(/[.:]$/, "");
    const reason = /call stack/i.test(said) ? "it is nested too deeply" : said;
    diagnostics.push(
      diagnostic("E0120", { reason }, { file, start: pos[0], end: Math.max(pos[1], pos[0] + 1) }),
    );
  }
  if (document.errors.length > 0) return undefined;
  const wrong = (reason: string): undefined => {
    diagnostics.push(diagnostic("E0120", { reason }, { file, start: 0, end: 1 }));
    return undefined;
  };
  visit(document, { Scalar: (_, scalar) => keepDigits(scalar) });
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return isTooDeep(value, 0)
      ? wrong(`it is nested deeper than ${MAX_YAML_DEPTH} levels, or contains itself`)
      : value;
  } catch {
    return wrong("it repeats itself too often");
  }
}

const MAX_YAML_DEPTH = 100;

/** An alias may stand inside what it names: such a value has no end. */
export function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth >= MAX_YAML_DEPTH) return true;
  return Object.values(value).some((item) => isTooDeep(item, depth + 1));
}
