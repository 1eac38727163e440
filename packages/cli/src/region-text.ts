// Regions in words: `identity.groups has finance and model.family is claude`, and what is excepted.

import { type Condition, isAlwaysThere, type Region } from "@writ/compiler";
import type { InputPath, PathTest, Scalar, Shape, Test } from "@writ/evaluator";

/** What is said of one path. Tests that differ in their constants only are one of these. */
interface Phrase {
  readonly path: InputPath;
  readonly op: PathTest["op"];
  readonly isNegated: boolean;
  readonly values: readonly Scalar[];
  /** Of members: all of them, not one of them. */
  readonly isAll?: boolean;
}

/** A rule's way to hold, in phrases. */
interface Way {
  readonly rule: string;
  readonly phrases: readonly Phrase[];
  readonly rest: string;
}

/** Lines: the tests, then `and one of` and `unless` with a line for each way a rule can hold. */
export function describeRegion(region: Region, shape: Shape, limit = 12): readonly string[] {
  const { when, residual, andOneOf, andAllowed, unless } = region;
  const given = when.map(phraseOf);
  const lines = (title: string, conditions: readonly Condition[]): readonly string[] => {
    const ways = mergeWays(conditions.map(wayOf));
    if (ways.length === 0) return [];
    const shown = ways.slice(0, limit).map((way) => `  ${describeWay(way, given, shape)}`);
    const more = ways.length - shown.length;
    return [title, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
  };
  return [
    `when ${describeTests(when, shape, residual)}`,
    ...(andAllowed === undefined ? [] : [`and some rule allows it: more than ${andAllowed} can`]),
    ...lines("and one of the rules that allow holds:", andOneOf),
    ...lines("unless:", unless),
  ];
}

/** `identity.groups has finance and model.family is claude`; `residual`: what holds besides. */
export function describeTests(
  tests: readonly Test[],
  shape: Shape,
  residual?: Parameters<typeof restOf>[0],
): string {
  const phrases = tests.map(phraseOf);
  const said = [describe(phrases, phrases, shape), residual === undefined ? "" : restOf(residual)];
  return said.filter((part) => part !== "").join(" and ") || "always";
}

function phraseOf(test: Test): Phrase {
  const asked = test.op === "not" ? test.test : test;
  const values = "values" in asked ? asked.values : "value" in asked ? [asked.value] : [];
  return { path: asked.path, op: asked.op, isNegated: test.op === "not", values };
}

function wayOf({ rule, tests, residual }: Condition): Way {
  return {
    rule,
    phrases: tests.map(phraseOf),
    rest: residual === undefined ? "" : restOf(residual),
  };
}

function restOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `the rest of ${file}:${line} holds`;
}

/** Ways of one rule that differ in one phrase's constants become one. */
function mergeWays(ways: readonly Way[]): readonly Way[] {
  let list = ways;
  for (let before = -1; before !== list.length; ) {
    before = list.length;
    const longest = Math.max(0, ...list.map(({ phrases }) => phrases.length));
    for (let at = 0; at < longest; at += 1) list = mergeAt(list, at);
  }
  return list;
}

function mergeAt(ways: readonly Way[], at: number): readonly Way[] {
  const groups = new Map<unknown, [Way, ...Way[]]>();
  for (const way of ways) {
    const own = way.phrases[at];
    const isMergeable = own !== undefined && !own.isNegated && MERGED.has(own.op);
    const others = way.phrases.filter((phrase) => phrase !== own);
    const key = isMergeable
      ? JSON.stringify([way.rule, way.rest, own.path, own.op === "has", others])
      : way;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [way]);
    else group.push(way);
  }
  return [...groups.values()].map(([first, ...more]) => {
    const own = first.phrases[at];
    if (own === undefined || more.length === 0) return first;
    const values = [own, ...more.flatMap(({ phrases }) => phrases[at] ?? [])].flatMap(
      (each) => each.values,
    );
    const merged = {
      ...own,
      op: own.op === "has" ? own.op : ("one-of" as const),
      values: [...new Set(values)],
    };
    return { ...first, phrases: first.phrases.map((phrase) => (phrase === own ? merged : phrase)) };
  });
}

const MERGED: ReadonlySet<PathTest["op"]> = new Set(["eq", "one-of", "has"]);

function describeWay({ rule, phrases, rest }: Way, given: readonly Phrase[], shape: Shape): string {
  const said = [describe(phrases, [...given, ...phrases], shape), rest].filter(
    (part) => part !== "",
  );
  return `${said.join(" and ") || "always"} (${rule})`;
}

/** A negation says "or is missing" only where nothing else says that the path is there. */
function describe(phrases: readonly Phrase[], given: readonly Phrase[], shape: Shape): string {
  const there = new Set(
    given.flatMap(({ isNegated, path }) => (isNegated ? [] : [path.join("\u0000")])),
  );
  const isThere = (path: InputPath): boolean =>
    there.has(path.join("\u0000")) || isAlwaysThere(shape, path);
  return joinMembers(phrases)
    .map((phrase) => describePhrase(phrase, isThere(phrase.path)))
    .join(" and ");
}

/** `lacks a and lacks b` is `has none of a, b`; `has a and has b` is `has all of a, b`. */
function joinMembers(phrases: readonly Phrase[]): readonly Phrase[] {
  const joined = new Map<unknown, Phrase>();
  for (const phrase of phrases) {
    const isMember = phrase.op === "has" && phrase.values.length === 1;
    const key = isMember ? JSON.stringify([phrase.path, phrase.isNegated]) : phrase;
    const before = joined.get(key);
    const values = [...(before?.values ?? []), ...phrase.values];
    joined.set(key, { ...phrase, values, isAll: isMember });
  }
  return [...joined.values()];
}

function describePhrase(phrase: Phrase, isThere: boolean): string {
  const { path, op, isNegated, values } = phrase;
  const operand = values.length === 0 ? "" : ` ${values.map(showScalar).join(", ")}`;
  const said = `${showPath(path)} ${wordOf(phrase)}${operand}`;
  return isNegated && !isThere && !SAYS_MISSING.has(op) ? `${said} (or is missing)` : said;
}

/** Tests whose negation says by itself that it holds of what is missing. */
const SAYS_MISSING: ReadonlySet<PathTest["op"]> = new Set(["has", "defined", "truthy"]);

function wordOf({ op, isNegated, values, isAll }: Phrase): string {
  if (op !== "has" || values.length < 2) return (isNegated ? NEGATED : WORDS)[op];
  if (isNegated) return "has none of";
  return isAll === true ? "has all of" : "has one of";
}

function showPath(path: InputPath): string {
  return path.map((key) => (/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key))).join(".");
}

function showScalar(value: Scalar): string {
  return typeof value === "string" && isWord(value) ? value : JSON.stringify(value);
}

/** Whether a text can stand without quotes: not what would be read as a number, and the like. */
function isWord(text: string): boolean {
  return /^[\w./@:-]+$/.test(text) && Number.isNaN(Number(text)) && !RESERVED.has(text);
}

const RESERVED: ReadonlySet<string> = new Set(["true", "false", "null", "and"]);

/** What each test says of a path. */
export const WORDS: { readonly [Op in PathTest["op"]]: string } = {
  truthy: "holds",
  defined: "is there",
  eq: "is",
  ne: "is there and not",
  "one-of": "is one of",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  prefix: "begins with",
  suffix: "ends with",
  has: "has",
};

/** What the negation of each test says of a path. */
export const NEGATED: { readonly [Op in PathTest["op"]]: string } = {
  truthy: "is false or missing",
  defined: "is missing",
  eq: "is not",
  ne: "is",
  "one-of": "is none of",
  lt: ">=",
  lte: ">",
  gt: "<=",
  gte: "<",
  prefix: "does not begin with",
  suffix: "does not end with",
  has: "lacks",
};
