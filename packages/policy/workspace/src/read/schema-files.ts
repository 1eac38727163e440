// Schemas of a policy set: `schemas/acme/user.json` is `schema.acme.user` in METADATA, and `data.schema.json`
// says what the data.json beside it may hold.

import { compileSchema, type PlainJson, schemaSteps } from "@writ/builtins";
import { type DataSchema, schemaProblem } from "@writ/checker";
import { type Diagnostic, diagnostic, type SourceFile } from "@writ/diagnostics";
import { isPlainObject, spend, withinSteps } from "@writ/evaluator";
import type { JsonSchema } from "@writ/ir";

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
    const isOld = /draft-0[4-7]/.test(String(schema["$schema"]));
    const { $schema: _draft, $id: _id, ...own } = schema;
    const validated = withinSteps(MAX_STEPS, () => {
      spend(schemaSteps(own as PlainJson));
      return compileSchema(own as PlainJson, isOld ? "7" : "2020-12")(plain(at ?? {}) as PlainJson);
    });
    if (validated === undefined)
      return [diagnostic("E0216", { reason: "checking the data against it takes too long" }, span)];
    const [error] = validated.value;
    if (error === undefined) return [];
    const keys = error?.instancePath.split("/").slice(1) ?? [];
    const reason = error?.message ?? "it does not fit";
    return [diagnostic("E0603", { path: ["data", ...path, ...keys].join("."), reason }, span)];
  } catch (error) {
    const [said = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    const reason = /call stack/i.test(said) ? "it has no end" : said;
    return [diagnostic("E0216", { reason }, span)];
  }
}

/** For data files and schemas of megabytes, and an end for what never ends. */
const MAX_STEPS = 100_000_000;

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
