// Questions for `writ ask`: `who can call where identity.groups has interns and action.kind is tool`. The
// conditions are those that regions are described in, so an answer can be asked about again.

import { suggest } from "@writ/diagnostics";
import {
  type Effect,
  type InputPath,
  type PathTest,
  type Scalar,
  type Shape,
  shapeAt,
  type Test,
} from "@writ/evaluator";
import { usageError } from "../usage-error.ts";
import { NEGATED, NUMBER_WORDS, TYPE_BOUNDS, TYPE_WORDS, WORDS } from "./region-text.ts";

/** What is asked for, of which inputs. */
export interface Question {
  readonly effect: Effect;
  readonly constraints: readonly Test[];
}

const MAX_QUESTION = 10_000;

/** What is asked for, by how the question begins; conditions follow `where`. Without a beginning: allowed. */
const BEGINNINGS: readonly (readonly [RegExp, Effect])[] = [
  [/^(?:who|what) (?:can ?not|can't|may not)(?: be)?(?: call(?:ed)?)?$/i, "deny"],
  [/^(?:(?:who|what) is )?(?:denied|not allowed)$/i, "deny"],
  [/^(?:who|what) (?:can|may)(?: be)?(?: call(?:ed)?)?$/i, "allow"],
  [/^(?:(?:who|what) is )?allowed$/i, "allow"],
];

type Op = PathTest["op"];

/** Words for tests besides those that regions are described in. */
const ALIASES: readonly (readonly [string, Op, boolean])[] = [
  ["==", "eq", false],
  ["!=", "eq", true],
  ["in", "one-of", false],
  ["startswith", "prefix", false],
  ["endswith", "suffix", false],
];

interface Reading {
  readonly words: string;
  readonly op: Op;
  readonly isNegated: boolean;
  /** A test for each of several values. */
  readonly isEach?: boolean;
}

/** What words say; of words that a test and a negation share, as `>=`, the test is meant. Longest first. */
const READINGS: readonly Reading[] = [
  ...entriesOf(WORDS).map(([op, words]) => ({ words, op, isNegated: false })),
  ...entriesOf(NEGATED).map(([op, words]) => ({ words, op, isNegated: true })),
  ...ALIASES.map(([words, op, isNegated]) => ({ words, op, isNegated })),
  { words: "has none of", op: "has" as const, isNegated: true, isEach: true },
  { words: "has all of", op: "has" as const, isNegated: false, isEach: true },
].sort((a, b) => b.words.length - a.words.length);

function entriesOf(words: { readonly [O in Op]: string }): readonly (readonly [Op, string])[] {
  return Object.entries(words) as [Op, string][];
}

/** The question in words. Throws a `UsageError` that says what is no condition. */
export function readQuestion(question: string, shape: Shape): Question {
  if (question.length > MAX_QUESTION) throw usageError("the question is too long");
  const trimmed = question.trim().replace(/\?$/, "").trim();
  const [start = "", ...rest] = trimmed.split(/\s+where\s+/i);
  const begun = start.replace(/\s+/g, " ");
  const beginning = BEGINNINGS.find(([pattern]) => pattern.test(begun));
  if (beginning === undefined && rest.length > 0)
    throw usageError(
      `\`${begun} where\` is no beginning: there are \`who can call\`, \`what is allowed\`, \`who cannot call\`, \`what is denied\``,
    );
  const asked = beginning === undefined ? trimmed : rest.join(" where ");
  const constraints = splitConditions(asked).flatMap((condition) =>
    readCondition(condition, shape),
  );
  return { effect: beginning?.[1] ?? "allow", constraints };
}

/** At each `and` that is not inside quotes or a list. */
function splitConditions(text: string): readonly string[] {
  const conditions: string[] = [];
  let current = "";
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^\s"[]+|\s+|["[]/g)) {
    const isJoint = part === "and" && !/\bis there$/.test(current.trimEnd());
    if (isJoint) {
      conditions.push(current.trim());
      current = "";
    } else current += part;
  }
  return [...conditions, current.trim()].filter(
    (condition, index, all) => condition !== "" || all.length > 1 || index > 0,
  );
}

const PATH = /^(?:[A-Za-z_][\w-]*|"(?:[^"\\]|\\.)*")(?:\.(?:[A-Za-z_][\w-]*|"(?:[^"\\]|\\.)*"))*/;

function readCondition(condition: string, shape: Shape): readonly Test[] {
  const [written] = PATH.exec(condition) ?? [];
  if (written === undefined)
    throw usageError(
      `expected a condition such as \`identity.groups has interns\`, not \`${condition}\``,
    );
  const path = readPath(written, shape);
  const said = condition.slice(written.length).trim();
  const rest = said.replace(/\(or is missing\)$/, "").trim();
  if (rest === "") return [{ op: "truthy", path }];
  const types = typeTests(rest, path);
  if (types !== undefined) return types;
  const reading = readingOf(rest, rest.length < said.length);
  const values = readValues(rest.slice(reading.words.length));
  const lists = reading.isEach === true ? values.map((value) => [value]) : [values];
  return lists.map((own) => {
    const test = makeTest(reading.op, path, own);
    if (test === undefined)
      throw usageError(`\`${condition}\`: \`${reading.words}\` takes ${OPERANDS[reading.op]}`);
    return reading.isNegated ? { op: "not", test } : test;
  });
}

/** `is a number` and the like, as answers say it. */
function typeTests(words: string, path: InputPath): readonly Test[] | undefined {
  const bound = (op: "gt" | "lt"): PathTest => ({ op, path, value: TYPE_BOUNDS[op] });
  if (words === NUMBER_WORDS) return [bound("gt"), bound("lt")];
  const found = TYPE_WORDS.find(([known]) => known === words);
  if (found === undefined) return undefined;
  const [, op, isNegated] = found;
  return [isNegated ? { op: "not", test: bound(op) } : bound(op)];
}

/** `orMissing`: only a negation holds of what is missing. */
function readingOf(said: string, orMissing: boolean): Reading {
  if (said.startsWith("has one of"))
    throw usageError("`has one of` asks several questions: ask one at a time, `has a`");
  const reading = READINGS.find(
    ({ words, isNegated }) => beginsWith(said, words) && (isNegated || !orMissing),
  );
  if (reading !== undefined) return reading;
  const known = [...new Set(READINGS.map(({ words }) => words))].join(", ");
  throw usageError(`\`${said}\` is no condition: there are ${known}`);
}

const ONE = "one value";
const OPERANDS: { readonly [O in Op]: string } = {
  truthy: "nothing after it",
  defined: "nothing after it",
  eq: ONE,
  ne: ONE,
  "one-of": "values",
  lt: ONE,
  lte: ONE,
  gt: ONE,
  gte: ONE,
  prefix: "one text",
  suffix: "one text",
  has: ONE,
};

/** Undefined where the values are not those that the test takes. */
function makeTest(op: Op, path: InputPath, values: readonly Scalar[]): PathTest | undefined {
  const [value] = values;
  switch (op) {
    case "truthy":
    case "defined":
      return values.length === 0 ? { op, path } : undefined;
    case "one-of":
      return values.length > 0 ? { op, path, values } : undefined;
    case "prefix":
    case "suffix":
      return values.length === 1 ? { op, path, value: String(value) } : undefined;
    default:
      return values.length === 1 && value !== undefined ? { op, path, value } : undefined;
  }
}

function beginsWith(rest: string, words: string): boolean {
  return rest.startsWith(words) && !(/\w$/.test(words) && /^\w/.test(rest.slice(words.length)));
}

function readPath(written: string, shape: Shape): InputPath {
  const keys = [...written.matchAll(/"(?:[^"\\]|\\.)*"|[^."]+/g)].map(([key]) =>
    key.startsWith('"') ? (JSON.parse(key) as string) : key,
  );
  const path = keys[0] === "input" ? keys.slice(1) : keys;
  const end = path.findIndex(
    (_key, index) => shapeAt(shape, path.slice(0, index + 1)) === undefined,
  );
  if (end < 0) return path;
  const around = shapeAt(shape, path.slice(0, end));
  const known = around?.kind === "object" ? Object.keys(around.properties) : [];
  const near = suggest(path[end] as string, known);
  const help = near === undefined ? "" : `; did you mean \`${near}\`?`;
  throw usageError(`the input has no \`${path.slice(0, end + 1).join(".")}\`${help}`);
}

function readValues(text: string): readonly Scalar[] {
  const inside = text.trim().replace(/^\[(.*)\]$/s, "$1");
  return [...inside.matchAll(/"(?:[^"\\]|\\.)*"|[^\s,]+/g)].map(([value]) => readScalar(value));
}

function readScalar(text: string): Scalar {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object") return value as Scalar;
  } catch {
    // A bare word is a text.
  }
  return text;
}
