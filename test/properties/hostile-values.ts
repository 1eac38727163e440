// Arguments that are made to take long: large ones, and small ones that are large to whoever goes through them.

import { type BuiltinType, makeObject, makeSet, parseNumber, type Value } from "@writ/evaluator";

const SIZE = 50_000;
const repeated = (text: string): string => text.repeat(Math.ceil(SIZE / text.length));
const list = <T extends Value>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_none, index) => make(index));

/** Forty levels of twice the level below: 2^40 members, in the memory of 80. */
function doubled(seed: Value, twice: (value: Value) => Value): Value {
  let value = seed;
  for (let level = 0; level < 40; level += 1) value = twice(value);
  return value;
}

function nested(wrap: (value: Value) => Value): Value {
  let value: Value = 1;
  for (let level = 0; level < 3_000; level += 1) value = wrap(value);
  return value;
}

const PIECES = [
  "a",
  "ab",
  "é",
  "𝒳",
  " ",
  "\n",
  "[",
  "(",
  "{",
  "*",
  "a?",
  "[a-z]*",
  "{a,b}",
  "9",
  "1.",
  "%d",
  "%41",
  "%s%v",
  '{"a":',
  '"a":1,',
  "a: 1\n",
  "- a\n",
  "&a [*a]\n",
  "? a\n",
  "a=b&",
  "query{a ",
  "type A{a:A} ",
  "10.0.0.0/8,",
  "\\pL",
  "1h1m",
  "{{.}}",
  "-----BEGIN PRIVATE KEY-----",
  "'",
  "!!x ",
] as const;

const texts: readonly string[] = [
  ...PIECES.map(repeated),
  "a".repeat(10 * SIZE),
  `${"a".repeat(SIZE)}b${"a".repeat(SIZE / 2)}`,
  `[${repeated("1e9999,")}1]`,
  `e30.${repeated("e30")}.e30`,
  "{{range 9999999}}{{range 9999999}}x{{end}}{{end}}",
  `(?:${"a".repeat(200)}){1000}`,
  "(?:(?:a{0,30}){0,30})*b",
  "",
  ".",
  "a",
  "x",
  "10.0.0.0/15",
  "2001:db8::/111",
  "::/0",
  "UTC",
];

const digits = (text: string): Value => parseNumber(text) ?? 0;
const numbers: readonly Value[] = [
  0,
  1,
  -1,
  2,
  10,
  1.5,
  300_000,
  1e9,
  2 ** 53,
  1e308,
  digits("1e9999"),
  digits("1e-9999"),
  digits("9".repeat(9_999)),
  digits(`0.${"9".repeat(9_000)}`),
];

const largeObject = makeObject(
  list(SIZE, (index) => [`k${SIZE - index}`, index] as unknown as Value) as never,
);
const clique = makeObject(
  list(40, (index) => [`k${index}`, list(40, (other) => `k${other}`)] as unknown as Value) as never,
);

const arrays: readonly (readonly Value[])[] = [
  [],
  [1, 2],
  ["k0"],
  [largeObject, largeObject],
  list(3 * SIZE, (index) => index),
  list(SIZE, (index) => `t${SIZE - index}`),
  list(SIZE, () => "a"),
  list(5_000, (index) => `10.0.${index >> 8}.${index & 255}/32`),
  list(5_000, (index) => ({ a: index })),
  list(5_000, (index) => [index, index]),
  list(5_000, (index) => `a/b/${index}`),
  list(200, () => ({ a: largeObject })),
  list(SIZE, (index) => ({ op: "add", path: `/k${index}`, value: 1 })),
  list(SIZE, () => ({ op: "add", path: "/0", value: 1 })),
  list(500, (index) => digits("9".repeat(9_999 - (index % 100)))),
  list(500, (index) => digits(`1e${9_000 + index}`)),
  list(20, () => makeSet([1, 2, 3, 4])),
  ["a".repeat(10 * SIZE), `${"a".repeat(10 * SIZE - 1)}b`],
  doubled(1, (value) => [value, value]) as readonly Value[],
  doubled("abc".repeat(100), (value) => [value, value]) as readonly Value[],
  nested((value) => [value]) as readonly Value[],
];

const sets: readonly Value[] = [
  ...arrays.slice(0, 10).map((items) => makeSet(items)),
  doubled(1, (value) => makeSet([value, [value]])),
  makeSet(list(1_000, (index) => makeSet([index, index + 1]))),
];

const definitions = Object.fromEntries([
  ...Array.from({ length: 40 }, (_none, level) => {
    const next = { $ref: `#/definitions/d${level + 1}` };
    return [`d${level}`, { allOf: [next, next] }];
  }),
  ["d40", { type: "string" }],
]) as unknown as Value;

const objects: readonly Value[] = [
  {},
  { a: 1 },
  largeObject,
  clique,
  makeObject(list(SIZE, (index) => [index, index] as unknown as Value) as never),
  nested((value) => ({ a: value })),
  doubled(1, (value) => ({ a: value, b: value })),
  doubled(1, (value) =>
    makeObject([
      [value, value],
      [1, value],
    ]),
  ),
  { definitions, $ref: "#/definitions/d0" },
  { pattern: "^(a+)+$" },
  { type: "array", uniqueItems: true },
  { enum: arrays[8] ?? [] },
  { properties: { a: { $ref: "#" }, b: { $ref: "#" } } },
  {
    properties: Object.fromEntries(
      Array.from({ length: 3_000 }, (_none, at) => [`k${at}`, { type: "string" }]),
    ),
  },
  Object.fromEntries(
    Array.from({ length: 2_000 }, (_none, at) => ["a".repeat(at + 1), "b".repeat(100)]),
  ),
  { url: "http://x/", method: "GET", headers: largeObject },
];

/** Values that a declared type takes, as far as it looks into them. */
export function hostileValues(type: BuiltinType): readonly Value[] {
  switch (type.type) {
    case "string":
      return texts;
    case "number":
      return numbers;
    case "array":
      return arrays;
    case "set":
      return sets;
    case "object":
      return objects;
    case "boolean":
      return [true];
    case "null":
      return [null];
    default:
      return (
        type.of?.flatMap(hostileValues) ?? [...texts, ...numbers, ...arrays, ...sets, ...objects]
      );
  }
}
