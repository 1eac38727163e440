// The tests that decide say of every value what the plain reading of them says.

import { expect, it } from "vitest";
import { makeObject, makeSet } from "./collection.ts";
import { linkTest } from "./link-test.ts";
import { parseNumber } from "./number.ts";
import { holdsOf } from "./plain-test.ts";
import type { PathTest, Scalar } from "./tree.ts";
import type { Value } from "./value.ts";

const path = ["x"];
const scalars: readonly Scalar[] = [
  null,
  false,
  true,
  -1.5,
  -0,
  0,
  1,
  2 ** 53,
  "",
  "a",
  "ab",
  "ba",
  "\u{1f600}",
  "\uffff",
];
const texts = scalars.filter((each) => typeof each === "string");
const exact = ["9007199254740993", "0.1000000000000000000001", "1e400"].map(
  (text) => parseNumber(text) as Value,
);
const items: readonly Value[] = [...scalars, ...exact];
const values: readonly Value[] = [
  ...items,
  [],
  {},
  makeSet([]),
  ["a", 1, null],
  [["a"], { a: "a" }],
  { k: "a", l: 1 },
  makeSet(["a", 1, true]),
  makeObject([
    [1, "a"],
    [null, 0],
  ]),
  ...items.map((item) => [item]),
  ...items.map((item) => ({ k: item })),
  ...items.map((item) => makeSet([item])),
];

const tests: { readonly [Op in PathTest["op"]]: readonly PathTest[] } = {
  truthy: [{ op: "truthy", path }],
  defined: [{ op: "defined", path }],
  eq: scalars.map((value) => ({ op: "eq", path, value })),
  ne: scalars.map((value) => ({ op: "ne", path, value })),
  "one-of": [[], ...scalars.map((each) => [each]), scalars].map((all) => ({
    op: "one-of",
    path,
    values: all,
  })),
  lt: scalars.map((value) => ({ op: "lt", path, value })),
  lte: scalars.map((value) => ({ op: "lte", path, value })),
  gt: scalars.map((value) => ({ op: "gt", path, value })),
  gte: scalars.map((value) => ({ op: "gte", path, value })),
  prefix: texts.map((value) => ({ op: "prefix", path, value })),
  suffix: texts.map((value) => ({ op: "suffix", path, value })),
  has: scalars.map((value) => ({ op: "has", path, value })),
};

it.each(Object.entries(tests))("%s is as it reads", (op, each) => {
  const said = new Set<boolean>();
  for (const test of each) {
    expect(test.op).toBe(op);
    const holds = linkTest(test);
    for (const value of values) {
      const plain = holdsOf(test, value);
      expect(holds(value), JSON.stringify([test, value])).toBe(plain);
      expect(holdsOf({ op: "not", test }, value)).toBe(!plain);
      said.add(plain);
    }
    expect(holdsOf(test, undefined)).toBe(false);
  }
  expect([...said].sort()).toEqual(op === "defined" ? [true] : [false, true]);
});
