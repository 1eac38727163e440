// Text in other clothes: base64, hex, URL queries, JSON and YAML.

import {
  type Builtin,
  BuiltinError,
  exactly,
  isArray,
  isPlainObject,
  jsonText,
  objectEntries,
  parseJson,
  RegoSet,
  toJson,
  type Value,
} from "@writ/evaluator";
import {
  type Document,
  isCollection,
  isScalar,
  parseDocument,
  type ScalarTag,
  type Tags,
  visit,
} from "yaml";
import { decodeUtf8, encodeUtf8, fromBase64, fromHex, toBase64, toHex } from "./bytes.ts";
import { CONSTANT, COUNTED, perCharacter } from "./cost.ts";
import { any, arrayOf, boolean, define, objectOf, oneOf, setOf, string } from "./define.ts";
import { yamlText } from "./yaml-text.ts";

/** The reader builds a tree of tokens and a tree of nodes. */
const YAML = perCharacter(100);
const queryValue = oneOf(string, arrayOf(string), setOf(string));

export const encoding: readonly Builtin[] = [
  define("base64.encode", [string], string, perCharacter(0.2), (text: string) =>
    toBase64(encodeUtf8(text)),
  ),
  define("base64.decode", [string], string, perCharacter(0.2), (text: string) =>
    decodeUtf8(base64(text)),
  ),
  define(
    "base64.is_valid",
    [string],
    boolean,
    perCharacter(0.2),
    (text: string) => fromBase64(text) !== undefined,
  ),
  define("base64url.encode", [string], string, perCharacter(0.2), (text: string) =>
    urlSafe(toBase64(encodeUtf8(text))),
  ),
  define("base64url.encode_no_pad", [string], string, perCharacter(0.2), (text: string) =>
    urlSafe(toBase64(encodeUtf8(text))).replace(/=+$/, ""),
  ),
  define("base64url.decode", [string], string, perCharacter(0.2), (text: string) => {
    if (/[+/]/.test(text)) throw new BuiltinError("illegal base64 data");
    const plain = text.replaceAll("-", "+").replaceAll("_", "/");
    return decodeUtf8(base64(plain.endsWith("=") ? plain : plain + "=".repeat(-plain.length & 3)));
  }),
  define("hex.encode", [string], string, perCharacter(0.2), (text: string) =>
    toHex(encodeUtf8(text)),
  ),
  define("hex.decode", [string], string, perCharacter(0.2), (text: string) => {
    const bytes = fromHex(text);
    if (bytes === undefined) throw new BuiltinError("invalid hexadecimal text");
    return decodeUtf8(bytes);
  }),
  define("urlquery.encode", [string], string, perCharacter(1), escapeQuery),
  define("urlquery.decode", [string], string, perCharacter(1), unescapeQuery),
  define("urlquery.encode_object", [objectOf(string, queryValue)], string, COUNTED, encodeObject),
  define(
    "urlquery.decode_object",
    [string],
    objectOf(string, arrayOf(string)),
    perCharacter(1),
    decodeObject,
  ),
  define("json.marshal", [any], string, CONSTANT, (value: Value) => goJson(value)),
  define(
    "json.marshal_with_options",
    [any, objectOf(string, any)],
    string,
    COUNTED,
    marshalWithOptions,
  ),
  define("json.unmarshal", [string], any, perCharacter(1), (text: string) => {
    const value = readJson(text);
    if (value === undefined) throw new BuiltinError("invalid JSON");
    return value;
  }),
  define("json.is_valid", [any], boolean, perCharacter(1), (text: Value) =>
    typeof text === "string" ? readJson(text) !== undefined : false,
  ),
  define("yaml.marshal", [any], string, COUNTED, (value: Value) =>
    yamlText(toJson(value) as Value),
  ),
  define("yaml.unmarshal", [string], any, YAML, (text: string) => {
    const value = readYaml(text);
    if (value === undefined) throw new BuiltinError("invalid YAML");
    return value;
  }),
  define("yaml.is_valid", [any], boolean, YAML, (text: Value) =>
    typeof text === "string" ? readYaml(text) !== undefined : false,
  ),
];

function base64(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new BuiltinError("illegal base64 data");
  return bytes;
}

function urlSafe(text: string): string {
  return text.replaceAll("+", "-").replaceAll("/", "_");
}

/** As forms are encoded: a space is a plus. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function unescapeQuery(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw new BuiltinError("invalid URL escape");
  return text
    .replaceAll("+", " ")
    .replace(/(?:%..)+/g, (run) =>
      decodeUtf8(fromHex(run.replaceAll("%", "")) ?? new Uint8Array()),
    );
}

function encodeObject(object: Value): string {
  const pairs = (objectEntries(object) ?? []).flatMap(([key, value]) => {
    const values = value instanceof RegoSet ? value.items : isArray(value) ? value : [value];
    return values.map((each) => {
      if (typeof each !== "string" || typeof key !== "string")
        throw new BuiltinError("operand 1 values must be string, array[string], or set[string]", {
          code: "eval_type_error",
        });
      return `${escapeQuery(key)}=${escapeQuery(each)}`;
    });
  });
  return pairs.join("&");
}

function decodeObject(query: string): Value {
  const found: { [name: string]: string[] } = Object.create(null);
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    if (pair.includes(";")) throw new BuiltinError("invalid semicolon separator in query");
    const at = pair.indexOf("=");
    const name = unescapeQuery(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? "" : unescapeQuery(pair.slice(at + 1));
    const values = found[name];
    if (values === undefined) found[name] = [value];
    else values.push(value);
  }
  return found;
}

/** Go escapes what could end a script element, and separators that JavaScript once took for line ends. */
function goJson(value: Value): string {
  return escapeForHtml(jsonText(value));
}

function escapeForHtml(text: string): string {
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const OPTION_TYPES: { readonly [name: string]: string } = {
  prefix: "string",
  indent: "string",
  pretty: "boolean",
};

function marshalWithOptions(value: Value, options: Value): string {
  const given: { [name: string]: Value } = Object.create(null);
  for (const [key, option] of objectEntries(options) ?? []) {
    const name = String(key);
    if (!Object.hasOwn(OPTION_TYPES, name))
      throw new BuiltinError(`operand 2 object contained unknown key ${JSON.stringify(name)}`, {
        code: "eval_type_error",
      });
    if (typeof option !== OPTION_TYPES[name])
      throw new BuiltinError(
        `operand 2 key ${name} failed cast to ${OPTION_TYPES[name] === "boolean" ? "bool" : "string"}`,
        { code: "eval_type_error" },
      );
    given[name] = option;
  }
  const isPretty = given["pretty"] ?? ("prefix" in given || "indent" in given);
  if (isPretty !== true) return goJson(value);
  const prefix = String(given["prefix"] ?? "");
  return prefix + indented(value, { prefix, indent: String(given["indent"] ?? "\t") }, 0);
}

interface Layout {
  readonly prefix: string;
  readonly indent: string;
}

function indented(value: Value, layout: Layout, depth: number): string {
  const line = (level: number): string => `\n${layout.prefix}${layout.indent.repeat(level)}`;
  const wrap = (open: string, items: readonly string[], close: string): string =>
    items.length === 0
      ? open + close
      : `${open}${line(depth + 1)}${items.join(`,${line(depth + 1)}`)}${line(depth)}${close}`;
  if (isArray(value) || value instanceof RegoSet) {
    const items = isArray(value) ? value : value.items;
    const texts = items.map((item) => indented(item, layout, depth + 1));
    return wrap("[", texts, "]");
  }
  const entries = objectEntries(value);
  if (entries === undefined) return goJson(value);
  const texts = entries.map(([key, item]) => {
    const name = goJson(typeof key === "string" ? key : jsonText(key));
    return `${name}: ${indented(item, layout, depth + 1)}`;
  });
  return wrap("{", texts, "}");
}

function readJson(text: string): Value | undefined {
  try {
    return parseJson(withoutHalves(text));
  } catch {
    return undefined;
  }
}

/** Half of a pair alone is no character: Go reads U+FFFD. */
function withoutHalves(text: string): string {
  return text
    .toWellFormed()
    .replace(
      /\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)/gs,
      (written: string, half?: string) => (half === undefined ? written : "\\ufffd"),
    );
}

/** Sets and ordered maps are read as the maps and lists they are written as, times as their text. */
const PLAIN_TAGS = /:(?:set|omap|pairs|timestamp)$/;

const BINARY: ScalarTag = {
  tag: "tag:yaml.org,2002:binary",
  resolve: (text, onError) => {
    const bytes = fromBase64(text);
    if (bytes === undefined) onError("illegal base64 data");
    return decodeUtf8(bytes ?? new Uint8Array());
  },
};

/** The octal integers of YAML 1.2. */
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  format: "OCT2",
  test: /^0o[0-7_]+$/,
  resolve: (text) => BigInt(text.replaceAll("_", "")),
};

/** YAML 1.1 as Go's readers take it: numbers in base 60 are texts. */
function goTags(tags: Tags): Tags {
  const kept = tags.filter((tag) => {
    if (typeof tag === "string") return !PLAIN_TAGS.test(`:${tag}`) && tag !== "binary";
    const isBase60 = "format" in tag && tag.format === "TIME";
    return !isBase60 && !PLAIN_TAGS.test(tag.tag) && !tag.tag.endsWith(":binary");
  });
  return [OCTAL, ...kept, BINARY];
}

/** Undefined for what is not YAML, or not JSON when read. Of several documents the first is read. */
function readYaml(text: string): Value | undefined {
  const document = parseDocument(text, {
    version: "1.1",
    merge: true,
    intAsBigInt: true,
    uniqueKeys: false,
    customTags: goTags,
    logLevel: "error",
  });
  if (document.errors.some(({ code }) => code !== "MULTIPLE_DOCS")) return undefined;
  if (!isPlainYaml(document, text)) return undefined;
  try {
    return plain(document.toJS({ maxAliasCount: 100 }));
  } catch {
    return undefined;
  }
}

/** Whether keys are what JSON has for them. A block of text that ends with the file ends as the file does. */
function isPlainYaml(document: Document, text: string): boolean {
  let isPlain = true;
  visit(document, {
    Pair: (_at, { key }) => {
      if (isCollection(key) || (isScalar(key) && key.value === null)) isPlain = false;
    },
    Scalar: (_at, scalar) => {
      const isLast = (scalar.range?.[1] ?? 0) >= text.length && !text.endsWith("\n");
      const isBlock = scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED";
      if (isLast && isBlock) scalar.value = String(scalar.value).replace(/\n$/, "");
      // Digits for which there is no double are a text.
      const isDouble = typeof scalar.value !== "number" || Number.isFinite(scalar.value);
      if (!isDouble && /\d/.test(scalar.source ?? "")) scalar.value = scalar.source;
    },
  });
  return isPlain;
}

/** Throws for what JSON has no text for. */
function plain(value: unknown): Value {
  if (typeof value === "bigint") return exactly(value);
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("no number");
  if (typeof value === "string" && !value.isWellFormed()) throw new RangeError("half a character");
  if (isArray(value as Value)) return (value as unknown[]).map(plain);
  if (!isPlainObject(value as Value)) return (value ?? null) as Value;
  const out: { [name: string]: Value } = Object.create(null);
  for (const [name, item] of Object.entries(value as object)) out[name] = plain(item);
  return out;
}
