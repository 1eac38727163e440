// The functions that Go's templates have of their own, but for `and` and `or`, which do not evaluate all of
// their arguments.

import { BuiltinError } from "@writ/evaluator";
import { encodeUtf8 } from "./bytes.ts";
import type { GoFloat, GoInt } from "./template-parse.ts";
import {
  Digits,
  type GoValue,
  goText,
  isList,
  isTrue,
  lengthOf,
  printed,
  printedAs,
} from "./template-values.ts";

type TemplateFunction = (...args: readonly GoValue[]) => GoValue;

export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries<TemplateFunction>({
    eq: (first, ...others) =>
      needed(others).some((other) => areEqual(needed([first])[0] ?? null, other)),
    ne: (a, b) => !areEqual(...pair(a, b)),
    lt: (a, b) => order(...pair(a, b)) < 0,
    le: (a, b) => order(...pair(a, b)) <= 0,
    gt: (a, b) => order(...pair(a, b)) > 0,
    ge: (a, b) => order(...pair(a, b)) >= 0,
    not: (value) => !isTrue(needed([value])[0] ?? null),
    len: (value) => ({ int: lengthOf(value) }),
    index: (from, ...keys) => keys.reduce<GoValue>(member, needed([from])[0] ?? null),
    slice: (from, ...bounds) => part(needed([from])[0] ?? null, bounds),
    print: (...values) => printed(values),
    println: (...values) => `${values.map(goText).join(" ")}\n`,
    printf: (format, ...values) => printedAs(text(format), values),
    html: (...values) => escaped(values, /[&<>"'\0]/g, HTML),
    js: (...values) => escaped(values, /[\\'"<>&=\p{Cc}]/gu, JS),
    urlquery: (...values) => queryEscaped(joined(values)),
  }),
);

function needed(values: readonly (GoValue | undefined)[]): readonly GoValue[] {
  if (values.length === 0 || values.includes(undefined)) throw fail("missing argument");
  return values as readonly GoValue[];
}

function pair(a: GoValue | undefined, b: GoValue | undefined): readonly [GoValue, GoValue] {
  return needed([a, b]) as readonly [GoValue, GoValue];
}

type Basic = "string" | "bool" | "int" | "float";

function basicKind(value: GoValue): Basic | undefined {
  if (typeof value === "string" || value instanceof Digits) return "string";
  if (typeof value === "boolean") return "bool";
  if (value === null || isList(value) || value instanceof Map) return undefined;
  return "int" in value ? "int" : "float";
}

function scalarOf(value: GoValue): string | number | boolean {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Digits) return value.text;
  const number = value as GoInt | GoFloat;
  return "int" in number ? number.int : number.float;
}

function areEqual(a: GoValue, b: GoValue): boolean {
  if (a === null || b === null) return a === b;
  const kind = basicKind(a);
  if (kind !== basicKind(b)) throw fail("incompatible types for comparison");
  if (kind === undefined) throw fail("non-comparable type");
  return scalarOf(a) === scalarOf(b);
}

function order(a: GoValue, b: GoValue): number {
  const kind = basicKind(a);
  if (kind === undefined || kind === "bool") throw fail("invalid type for comparison");
  if (kind !== basicKind(b)) throw fail("incompatible types for comparison");
  const [x, y] = [scalarOf(a), scalarOf(b)];
  return x < y ? -1 : Number(x > y);
}

function member(from: GoValue, key: GoValue): GoValue {
  if (from !== null && isList(from)) {
    const index = intOf(key);
    if (index < 0 || index >= from.length) throw fail(`index out of range: ${index}`);
    return from[index] ?? null;
  }
  if (from instanceof Map) {
    if (typeof key !== "string") throw fail("a key of a map is a string");
    return from.get(key) ?? null;
  }
  if (typeof from === "string") return { int: encodeUtf8(from)[intOf(key)] ?? outOfRange(key) };
  throw fail(`can't index item of ${from === null ? "nil" : goText(from)}`);
}

function part(from: GoValue, bounds: readonly GoValue[]): GoValue {
  const isText = typeof from === "string";
  if (!isText && (from === null || !isList(from))) throw fail("can't slice this");
  const bytes = isText ? encodeUtf8(from) : undefined;
  const length = bytes?.length ?? (from as readonly GoValue[]).length;
  if (bounds.length > (isText ? 2 : 3)) throw fail("too many slice indexes");
  const [start = 0, end = length, limit = length] = bounds.map(intOf);
  if (start < 0 || start > end || end > limit || limit > length) throw fail("index out of range");
  return bytes === undefined
    ? (from as readonly GoValue[]).slice(start, end)
    : new TextDecoder().decode(bytes.subarray(start, end));
}

function intOf(value: GoValue): number {
  if (typeof value === "object" && value !== null && "int" in value) return value.int;
  throw fail(`cannot index with ${goText(value)}`);
}

function outOfRange(key: GoValue): never {
  throw fail(`index out of range: ${goText(key)}`);
}

function text(value: GoValue | undefined): string {
  if (typeof value !== "string") throw fail("a format is a string");
  return value;
}

const HTML: { readonly [character: string]: string | undefined } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
  "\0": "\uFFFD",
};
const JS: { readonly [character: string]: string | undefined } = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
};

/** What has no escape of its own is written by its code. */
function escaped(values: readonly GoValue[], pattern: RegExp, escapes: typeof HTML): string {
  return joined(values).replace(
    pattern,
    (found) =>
      escapes[found] ??
      `\\u${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}

function joined(values: readonly GoValue[]): string {
  const [only] = needed(values);
  return values.length === 1 && typeof only === "string" ? only : printed(values);
}

function queryEscaped(value: string): string {
  return encodeURIComponent(value.toWellFormed())
    .replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function fail(reason: string): BuiltinError {
  return new BuiltinError(`template: ${reason}`);
}
