// Regular expressions: RE2's syntax and its guarantee, time linear in the text, by the re2js library.

import { type Builtin, BuiltinError, integerOf, type NumberValue } from "@writ/evaluator";
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { any, arrayOf, boolean, define, number, string } from "./define.ts";
import { globsIntersect } from "./globs-intersect.ts";

/** Compiled patterns, kept between evaluations: policies use few, inputs may bring many. */
const compiled = new Map<string, RE2JS>();
const MAX_COMPILED = 500;

export const regex: readonly Builtin[] = [
  define("regex.is_valid", [any], boolean, (pattern: unknown) => {
    if (typeof pattern !== "string") return false;
    try {
      compile(pattern);
      return true;
    } catch {
      return false;
    }
  }),
  ...["regex.match", "re_match"].map((name) =>
    define(name, [string, string], boolean, (pattern: string, text: string) =>
      compile(pattern).test(text),
    ),
  ),
  define("regex.split", [string, string], arrayOf(string), split),
  define("regex.find_n", [string, string, number], arrayOf(string), (...given: Given) =>
    matches(...given).map(({ groups }) => groups[0] ?? ""),
  ),
  define(
    "regex.find_all_string_submatch_n",
    [string, string, number],
    arrayOf(arrayOf(string)),
    (...given: Given) => matches(...given).map(({ groups }) => groups),
  ),
  define("regex.replace", [string, string, string], string, replace),
  define("regex.template_match", [string, string, string, string], boolean, templateMatch),
  define("regex.globs_match", [string, string], boolean, globsIntersect),
];

export function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  try {
    const made = RE2JS.compile(pattern);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(pattern, made);
    return made;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new BuiltinError(error.message, { cause: error });
  }
}

type Given = readonly [pattern: string, text: string, limit: NumberValue];

interface Match {
  readonly start: number;
  readonly end: number;
  /** The whole match, then its groups; empty for a group that took no part. */
  readonly groups: readonly string[];
  readonly named: { readonly [name: string]: string | null };
}

/** The first `limit` matches; all of them when it is negative. An empty match right after another is none. */
function matches(pattern: string, text: string, limit: NumberValue): readonly Match[] {
  const wanted = integerOf(limit);
  if (wanted === undefined)
    throw new BuiltinError("operand 3 must be integer number but got floating-point number", {
      code: "eval_type_error",
    });
  const found: Match[] = [];
  const matcher = compile(pattern).matcher(text);
  let end = -1;
  while ((wanted < 0n || found.length < wanted) && matcher.find()) {
    if (matcher.end() === end && matcher.start() === end) continue;
    end = matcher.end();
    const groups = Array.from(
      { length: matcher.groupCount() + 1 },
      (_unused, index) => matcher.group(index) ?? "",
    );
    found.push({ start: matcher.start(), end, groups, named: matcher.getNamedGroups() });
  }
  return found;
}

function split(pattern: string, text: string): readonly string[] {
  if (pattern !== "" && text === "") return [""];
  const parts: string[] = [];
  let from = 0;
  let last = 0;
  for (const { start, end } of matches(pattern, text, -1)) {
    last = start;
    if (end === 0) continue;
    parts.push(text.slice(from, start));
    from = end;
  }
  // An empty match at the end separates nothing.
  return last === text.length ? parts : [...parts, text.slice(from)];
}

function replace(text: string, pattern: string, template: string): string {
  let out = "";
  let from = 0;
  for (const match of matches(pattern, text, -1)) {
    out += text.slice(from, match.start) + expand(template, match);
    from = match.end;
  }
  return out + text.slice(from);
}

/** `$1`, `${1}`, `$name` and `$$`, as Go reads them: the longest name that follows; unknown ones are empty. */
function expand(template: string, { groups, named }: Match): string {
  return template.replace(
    /\$(?:(\$)|(\w+)|\{(\w+)\})/g,
    (_match, dollar?: string, bare?: string, braced?: string) => {
      if (dollar !== undefined) return "$";
      const name = bare ?? braced ?? "";
      return (/^\d+$/.test(name) ? groups[Number(name)] : named[name]) ?? "";
    },
  );
}

/** Text in which only what stands between the delimiters is a pattern. */
function templateMatch(template: string, text: string, start: string, end: string): boolean {
  if (start.length !== 1 || end.length !== 1)
    throw new BuiltinError("a delimiter has to be exactly one character long");
  let pattern = "^";
  let depth = 0;
  let from = 0;
  for (let index = 0; index < template.length; index += 1) {
    const character = template[index];
    if (character === start) {
      depth += 1;
      if (depth === 1) {
        pattern += RE2JS.quote(template.slice(from, index));
        from = index + 1;
      }
    } else if (character === end) {
      depth -= 1;
      if (depth === 0) {
        pattern += `(${template.slice(from, index)})`;
        from = index + 1;
      }
    }
    if (depth < 0) break;
  }
  if (depth !== 0) throw new BuiltinError(`unbalanced braces in ${JSON.stringify(template)}`);
  return compile(`${pattern}${RE2JS.quote(template.slice(from))}$`).test(text);
}
