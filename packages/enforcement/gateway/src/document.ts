// YAML and JSON that operators write, held to their schema: everything that is wrong is said at once, each at its line.

import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";

/** A document that fits its schema, with the schema's defaults; or what is wrong, each to follow the file's name. */
export type DocumentResult<T> =
  | { readonly ok: true; readonly document: T; readonly lineOf: (pointer: string) => string }
  | { readonly ok: false; readonly problems: readonly string[] };

const MAX_ALIASES = 100;
const MAX_PROBLEMS = 50;

export type SchemaName = "gateway-config" | "keyring";

const validators = new Map<SchemaName, ValidateFunction>();

function validatorOf(name: SchemaName): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  // The bundle of the command (`packages/apps/cli/dist`) is as deep in the checkout as this file.
  const file = new URL(`../../../../schemas/${name}.schema.json`, import.meta.url);
  const ajv = new Ajv2020({ allErrors: true, useDefaults: true, verbose: true });
  const made = ajv.compile(JSON.parse(readFileSync(file, "utf8")));
  validators.set(name, made);
  return made;
}

export function readDocument<T>(text: string, schema: SchemaName): DocumentResult<T> {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (pointer: string): string => placeOf(parsed, lines, pointer);
  if (parsed.errors.length > 0) return malformed(parsed, lines);
  let document: unknown;
  try {
    document = parsed.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // An alias to nothing, or one of another thousand times.
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [`is not YAML or JSON: ${reason}`] };
  }
  const validate = validatorOf(schema);
  if (validate(document)) return { ok: true, document: document as T, lineOf };
  const problems = (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== "anyOf")
    .slice(0, MAX_PROBLEMS)
    .map((error) => `${lineOf(error.instancePath)}${describe(error)}`);
  return { ok: false, problems: [...new Set(problems)] };
}

/** The first fault: others follow from it. */
function malformed({ errors }: Document, lines: LineCounter): DocumentResult<never> {
  const [first] = errors;
  const { line, col } = lines.linePos(first?.pos[0] ?? 0);
  const [reason = ""] = (first?.message ?? "").split("\n");
  return {
    ok: false,
    problems: [`line ${line}, column ${col}: is not YAML or JSON: ${reason}`],
  };
}

/** `line 7: `; of what is not in the document, the line of what it should be in. */
function placeOf(parsed: Document, lines: LineCounter, pointer: string): string {
  for (let path = keysOf(pointer); path.length > 0; path = path.slice(0, -1)) {
    const node = parsed.getIn(path, true);
    if (isNode(node) && node.range) return `line ${lines.linePos(node.range[0]).line}: `;
  }
  return "";
}

/** The keys of a JSON pointer (RFC 6901). */
function keysOf(pointer: string): readonly (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/** `keys[3].principalArn`. */
function fieldOf(pointer: string): string {
  return keysOf(pointer)
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${key}`))
    .join("");
}

/** What Ajv found, without the value: it may be a secret. */
function describe({ instancePath, keyword, params, message, parentSchema }: ErrorObject): string {
  const field = fieldOf(instancePath);
  const at = field === "" ? "" : `\`${field}\` `;
  const within = field === "" ? "" : ` in \`${field}\``;
  const { additionalProperty, missingProperty } = params as { readonly [name: string]: string };
  if (keyword === "required") return `\`${missingProperty}\` is missing${within}`;
  if (keyword === "additionalProperties") {
    const known = Object.keys((parentSchema as { properties?: object })?.properties ?? {});
    const among = known.length === 0 ? "" : `; known are ${known.join(", ")}`;
    return `\`${additionalProperty}\` is not known${within}${among}`;
  }
  const hint = (parentSchema as { description?: string } | undefined)?.description;
  const said = `${at === "" ? "the document " : at}${message ?? "is invalid"}`;
  return hint === undefined ? said : `${said} (${hint.replace(/\.$/, "")})`;
}
