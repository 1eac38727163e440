// Schemas of a policy set: `schemas/acme/user.json` is `schema.acme.user` in METADATA, and `data.schema.json`
// says what the data.json beside it may hold.

import { createRequire } from "node:module";
import { type DataSchema, type JsonSchema, schemaProblem } from "@writ/checker";
import { type Diagnostic, diagnostic, type SourceFile } from "@writ/diagnostics";
import { isPlainObject } from "@writ/evaluator";

const require = createRequire(import.meta.url);

/** `schemas/acme/user.json`, in whichever folder `schemas` is: `acme.user`. */
export function schemaName(file: string): string {
  const [, path = ""] = /(?:^|\/)schemas?\/(.+)\.json$/.exec(file) ?? [];
  return path.replaceAll("/", ".");
}

/** The schema a file holds, read as JSON; undefined, and a diagnostic, when it is none. */
export function readSchema(
  { file }: SourceFile,
  value: unknown,
  diagnostics: Diagnostic[],
): JsonSchema | undefined {
  const reason = schemaProblem(value);
  if (reason === undefined) return value as JsonSchema;
  diagnostics.push(diagnostic("E0216", { reason }, { file, start: 0, end: 1 }));
  return undefined;
}

/** A data file that does not hold what the schema beside it says. */
export function checkData(
  data: unknown,
  { path, schema }: DataSchema,
  file: string,
): readonly Diagnostic[] {
  const span = { file, start: 0, end: 1 };
  let at: unknown = data;
  for (const key of path) at = isPlainObject(at as never) ? (at as JsonSchema)[key] : undefined;
  try {
    // Few policy sets have one: the others start without the library.
    const { Ajv } = require("ajv") as typeof import("ajv");
    const { Ajv2020 } = require("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
    const isOld = /draft-0[4-7]/.test(String(schema["$schema"]));
    const ajv = isOld ? new Ajv(AJV) : new Ajv2020(AJV);
    const { $schema: _draft, $id: _id, ...own } = schema;
    const validate = ajv.compile(own);
    if (validate(plain(at ?? {}))) return [];
    const [error] = validate.errors ?? [];
    const keys = error?.instancePath.split("/").slice(1) ?? [];
    const reason = error?.message ?? "it does not fit";
    return [diagnostic("E0603", { path: ["data", ...path, ...keys].join("."), reason }, span)];
  } catch (error) {
    const [said = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    const reason = /call stack/i.test(said) ? "it has no end" : said;
    return [diagnostic("E0216", { reason }, span)];
  }
}

const AJV = { strict: false, logger: false, validateFormats: false } as const;

/** Numbers that keep their digits are objects of their own. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) =>
      typeof item === "object" && item !== null && !Array.isArray(item) && !isRecord(item)
        ? Number(String(item))
        : item,
    ),
  );
}

function isRecord(value: object): boolean {
  return [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
