// Regular expressions: RE2's syntax and its guarantee, time linear in the text, by the re2js library.

import {
  type Builtin,
  type BuiltinContext,
  BuiltinError,
  type Cost,
  integerOf,
  type NumberValue,
  spend,
  textSteps,
} from "@writ/evaluator";
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { COUNTED_SUPERLINEAR, perCharacter } from "./cost.ts";
import { any, arrayOf, boolean, define, number, string } from "./define.ts";
import { globsIntersect } from "./globs-intersect.ts";

/** Reading both patterns; walking them is counted. */
const GLOBS: Cost = { ...perCharacter(10), growth: "superlinear" };
/** Compiled patterns, kept between evaluations: policies use few, inputs may bring many. */
const compiled = new Map<string, RE2JS>();
const MAX_COMPILED = 500;

export const regex: readonly Builtin[] = [
  define(
    "regex.is_valid",
    [any],
    boolean,
    COUNTED_SUPERLINEAR,
    (pattern: unknown, context: BuiltinContext) => {
      if (typeof pattern !== "string") return false;
      try {
        compile(pattern, context);
        return true;
      } catch (error) {
        if (error instanceof BuiltinError) return false;
        throw error;
      }
    },
  ),
  ...["regex.match", "re_match"].map((name) =>
    define(
      name,
      [string, string],
      boolean,
      COUNTED_SUPERLINEAR,
      (pattern: string, text: string, context: BuiltinContext) =>
        matchesSome(compile(pattern, context), text),
    ),
  ),
  define("regex.split", [string, string], arrayOf(string), COUNTED_SUPERLINEAR, split),
  define(
    "regex.find_n",
    [string, string, number],
    arrayOf(string),
    COUNTED_SUPERLINEAR,
    (...given: Given) => matches(...given).map(({ groups }) => groups[0] ?? ""),
  ),
  define(
    "regex.find_all_string_submatch_n",
    [string, string, number],
    arrayOf(arrayOf(string)),
    COUNTED_SUPERLINEAR,
    (...given: Given) => matches(...given).map(({ groups }) => groups),
  ),
  define("regex.replace", [string, string, string], string, COUNTED_SUPERLINEAR, replace),
  define(
    "regex.template_match",
    [string, string, string, string],
    boolean,
    COUNTED_SUPERLINEAR,
    templateMatch,
  ),
  define("regex.globs_match", [string, string], boolean, GLOBS, globsIntersect),
];

/** Paid for once an evaluation, whether the pattern was compiled before or not: what a decision costs depends on itself alone. */
export function compile(pattern: string, context: BuiltinContext): RE2JS {
  const key = `regex ${pattern}`;
  const isPaid = context.cache.has(key);
  if (!isPaid) context.step(compileSteps(pattern));
  const made = compileOnce(pattern);
  if (!isPaid) {
    context.step(made.programSize() * STEPS_AN_INSTRUCTION);
    context.cache.set(key, true);
  }
  return made;
}

/** As little as it takes to see that a pattern is large: classes of Unicode are long lists, and what is repeated is copied. */
function compileSteps(pattern: string): number {
  const classes = pattern.match(/\\[pP]/g)?.length ?? 0;
  const repeats = pattern.match(/\{\d*,?\d*\}/g) ?? [];
  const most = Math.max(1, ...repeats.flatMap((each) => each.match(/\d+/g) ?? []).map(Number));
  return (
    pattern.length * (STEPS_A_CHARACTER + Math.min(most, MAX_REPEAT)) + classes * STEPS_A_CLASS
  );
}

const STEPS_A_CHARACTER = 20;
const STEPS_A_CLASS = 400;
const STEPS_AN_INSTRUCTION = 20;
/** RE2's limit. */
const MAX_REPEAT = 1000;

/** Every character meets every instruction at most; one match after another may each read to the end. */
export function matchesSome(pattern: RE2JS, text: string): boolean {
  spend(matchSteps(pattern, text.length));
  return pattern.test(text);
}

function matchSteps(pattern: RE2JS, length: number): number {
  return Math.ceil((length * (16 + pattern.programSize())) / 64);
}

export function compileOnce(pattern: string): RE2JS {
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

type Given = readonly [pattern: string, text: string, limit: NumberValue, context: BuiltinContext];

interface Match {
  readonly start: number;
  readonly end: number;
  /** The whole match, then its groups; empty for a group that took no part. */
  readonly groups: readonly string[];
  readonly named: { readonly [name: string]: string | null };
}

/** The first `limit` matches; all of them when it is negative. An empty match right after another is none. */
function matches(...[pattern, text, limit, context]: Given): readonly Match[] {
  const wanted = integerOf(limit);
  if (wanted === undefined)
    throw new BuiltinError("operand 3 must be integer number but got floating-point number", {
      code: "eval_type_error",
    });
  const found: Match[] = [];
  const expression = compile(pattern, context);
  spend(matchSteps(expression, text.length));
  const matcher = expression.matcher(text);
  let end = -1;
  while ((wanted < 0n || found.length < wanted) && matcher.find()) {
    spend(matcher.groupCount() + 1 + (matchSteps(expression, text.length - matcher.start()) >> 6));
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

function split(pattern: string, text: string, context: BuiltinContext): readonly string[] {
  if (pattern !== "" && text === "") return [""];
  const parts: string[] = [];
  let from = 0;
  let last = 0;
  for (const { start, end } of matches(pattern, text, -1, context)) {
    last = start;
    if (end === 0) continue;
    parts.push(text.slice(from, start));
    from = end;
  }
  // An empty match at the end separates nothing.
  return last === text.length ? parts : [...parts, text.slice(from)];
}

function replace(text: string, pattern: string, template: string, context: BuiltinContext): string {
  let out = "";
  let from = 0;
  for (const match of matches(pattern, text, -1, context)) {
    const by = expand(template, match);
    spend(textSteps(template.length + by.length));
    out += text.slice(from, match.start) + by;
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
function templateMatch(
  ...[template, text, start, end, context]: readonly [
    string,
    string,
    string,
    string,
    BuiltinContext,
  ]
): boolean {
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
  const whole = `${pattern}${RE2JS.quote(template.slice(from))}$`;
  return matchesSome(compile(whole, context), text);
}
