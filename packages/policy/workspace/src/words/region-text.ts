// Regions in words: `identity.groups has finance and model.family is claude`, and what is excepted.

import type { Condition, Region, Unsaid } from "@writ/analysis";
import { isAlwaysThere } from "@writ/compiler";
import type { InputPath, PathTest, Scalar, Shape, SourceRef, Test } from "@writ/evaluator";

/** What stands at a place of one version of a policy; undefined where its sources are not at hand. */
export type TextOf = (unsaid: Pick<Unsaid, "source" | "version">) => string | undefined;

/** What no test says: where it is said, and at least where the rule is. */
interface Rest {
  readonly residual?: Pick<SourceRef, "file" | "line"> | undefined;
  readonly unsaid?: readonly Unsaid[] | undefined;
}

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
export function describeRegion(
  region: Region,
  shape: Shape,
  textOf: TextOf = NOWHERE,
  limit = 12,
): readonly string[] {
  const { when, andOneOf, andAllowed, unless } = region;
  const given = when.map(phraseOf);
  const lines = (title: string, conditions: readonly Condition[]): readonly string[] => {
    const ways = mergeWays(conditions.map((condition) => wayOf(condition, textOf)));
    if (ways.length === 0) return [];
    const shown = ways.slice(0, limit).map((way) => `  ${describeWay(way, given, shape)}`);
    const more = ways.length - shown.length;
    return [title, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
  };
  return [
    `when ${describeTests(when, shape, region, textOf)}`,
    ...(andAllowed === undefined ? [] : [`and some rule allows it: more than ${andAllowed} can`]),
    ...lines("and one of the rules that allow holds:", andOneOf),
    ...lines("unless:", unless),
  ];
}

const NOWHERE: TextOf = () => undefined;

/** `identity.groups has finance and model.family is claude`; `rest`: what holds besides. */
export function describeTests(
  tests: readonly Test[],
  shape: Shape,
  rest: Rest = {},
  textOf: TextOf = NOWHERE,
): string {
  const phrases = tests.map(phraseOf);
  const said = [describe(phrases, phrases, shape), restOf(rest, textOf)];
  return said.filter((part) => part !== "").join(" and ") || "always";
}

function phraseOf(test: Test): Phrase {
  const asked = test.op === "not" ? test.test : test;
  const values = "values" in asked ? asked.values : "value" in asked ? [asked.value] : [];
  return { path: asked.path, op: asked.op, isNegated: test.op === "not", values };
}

function wayOf(condition: Condition, textOf: TextOf): Way {
  const { rule, tests } = condition;
  return { rule, phrases: tests.map(phraseOf), rest: restOf(condition, textOf) };
}

/** More conditions of one rule are counted. */
const MAX_UNSAID = 4;

/** `` `startswith(x, "a")` holds (a.rego:7, before) ``. */
function restOf({ residual, unsaid = [] }: Rest, textOf: TextOf): string {
  if (residual === undefined) return "";
  if (unsaid.length === 0) return `the conditions of ${residual.file}:${residual.line} hold`;
  const said = unsaid.map((each) => {
    const { source, version, isNegated } = each;
    const place = [`${source.file}:${source.line}`, ...(version === undefined ? [] : [version])];
    const text = textOf(each);
    const subject = text === undefined ? "the condition" : `\`${text}\``;
    return `${subject} ${isNegated ? "does not hold" : "holds"} (${place.join(", ")})`;
  });
  const distinct = [...new Set(said)];
  const shown = distinct.slice(0, MAX_UNSAID);
  const more = distinct.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more conditions hold`] : [])].join(" and ");
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
  const joined = joinMembers(phrases);
  const said = joined.map(
    (phrase) =>
      typeOf(phrase, joined, isThere(phrase.path)) ?? describePhrase(phrase, isThere(phrase.path)),
  );
  return [...new Set(said)].join(" and ");
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

/**
 * Bounds that are no numbers tell types from each other, as they follow in Rego's order: null, booleans, numbers, texts,
 * collections. What is asked by them, in words.
 */
export const TYPE_WORDS: readonly (readonly [
  words: string,
  op: "gt" | "lt",
  isNegated: boolean,
])[] = [
  ["is a number, a text or a collection", "gt", false],
  ["is true, false or null", "gt", true],
  ["is a number, true, false or null", "lt", false],
  ["is a text or a collection", "lt", true],
];
export const NUMBER_WORDS = "is a number";
/** What lies right below all numbers, and right above. */
export const TYPE_BOUNDS: { readonly gt: Scalar; readonly lt: Scalar } = { gt: true, lt: "" };

function typeOf(phrase: Phrase, all: readonly Phrase[], isThere: boolean): string | undefined {
  const found = TYPE_WORDS.find(([, op, isNegated]) => isTypeBound(phrase, op, isNegated));
  if (found === undefined) return undefined;
  const [words, op, isNegated] = found;
  const path = showPath(phrase.path);
  const other = op === "gt" ? UPPER : LOWER;
  const isNumber = all.some(
    (each) => each !== phrase && isSamePath(each, phrase) && isBounded(each, other),
  );
  return `${path} ${!isNegated && isNumber ? NUMBER_WORDS : words}${isNegated && !isThere ? " (or is missing)" : ""}`;
}

function isTypeBound(
  { op, isNegated, values }: Phrase,
  asked: "gt" | "lt",
  negated: boolean,
): boolean {
  return op === asked && isNegated === negated && values[0] === TYPE_BOUNDS[asked];
}

const UPPER = { plain: ["lt", "lte"], negated: ["gt", "gte"], type: "lt" } as const;
const LOWER = { plain: ["gt", "gte"], negated: ["lt", "lte"], type: "gt" } as const;

/** Whether a phrase bounds a path by a number, or where numbers end. */
function isBounded(phrase: Phrase, { plain, negated, type }: typeof UPPER | typeof LOWER): boolean {
  const ops: readonly string[] = phrase.isNegated ? negated : plain;
  const isNumber = ops.includes(phrase.op) && typeof phrase.values[0] === "number";
  return isNumber || isTypeBound(phrase, type, false);
}

function isSamePath(a: Phrase, b: Phrase): boolean {
  return a.path.join("\u0000") === b.path.join("\u0000");
}
