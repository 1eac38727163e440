// Conditions are read as they are described: for every test and its negation, of a path that may be missing
// and of one that is always there.

import { holdsOf, type PathTest, type Shape, type Test, type Value } from "@writ/evaluator";
import { describe, expect, it } from "vitest";
import { readQuestion } from "./question.ts";
import { describeTests } from "./region-text.ts";

const any: Shape = { kind: "any" };
const shape: Shape = {
  kind: "object",
  properties: { there: any, perhaps: any },
  required: ["there"],
};
const values: readonly (Value | undefined)[] = [
  undefined,
  null,
  false,
  true,
  -1,
  0,
  2,
  5,
  "",
  "a",
  "ab",
  "2",
  "-1",
  "true",
  "and",
  "a, b",
  "b",
  [],
  ["a"],
  ["a", 2],
  ["null"],
  {},
  { k: "a" },
];
const asked = (path: readonly string[]): readonly PathTest[] => [
  { op: "truthy", path },
  { op: "defined", path },
  { op: "eq", path, value: "a" },
  { op: "ne", path, value: 2 },
  { op: "one-of", path, values: ["a", 2, "x y"] },
  { op: "lt", path, value: 2 },
  { op: "lte", path, value: 2 },
  { op: "gt", path, value: 2 },
  { op: "gte", path, value: "a" },
  { op: "prefix", path, value: "a" },
  { op: "suffix", path, value: "b" },
  { op: "has", path, value: "a" },
  // Texts that would be read as something else without their quotes.
  { op: "eq", path, value: "2" },
  { op: "ne", path, value: "true" },
  { op: "prefix", path, value: "2" },
  { op: "has", path, value: "null" },
  { op: "one-of", path, values: ["and", "-1", "a, b"] },
];
const cases = ["there", "perhaps"].flatMap((name) =>
  asked([name]).flatMap((test): readonly Test[] => [test, { op: "not", test }]),
);

describe("a question", () => {
  it.each(cases.map((test) => [describeTests([test], shape), test] as const))(
    "`%s` asks what it says",
    (text, test) => {
      const { constraints, effect } = readQuestion(`what is denied where ${text}`, shape);
      expect(effect).toBe("deny");
      const path = test.op === "not" ? test.test.path : test.path;
      for (const value of values) {
        if (value === undefined && path[0] === "there") continue;
        expect([value, constraints.every((each) => holdsOf(each, value))]).toEqual([
          value,
          holdsOf(test, value),
        ]);
      }
    },
  );

  it.each([
    ["who can call", "allow"],
    ["who is not allowed where there is a", "deny"],
    ["Who cannot call where there is a and perhaps is missing?", "deny"],
    ["allowed where there has all of a, b", "allow"],
    ["there is a", "allow"],
  ])("%s", (text, effect) => {
    expect(readQuestion(text, shape).effect).toBe(effect);
  });

  it.each([
    ["which models are denied where there is a", "is no beginning"],
    ["who can call model zzz where there is a", "is no beginning"],
    ["there has one of a, b", "ask one at a time"],
    ["there >", "takes one value"],
    ["there is missing now", "takes nothing after it"],
  ])("%s is refused", (text, message) => {
    expect(() => readQuestion(text, shape)).toThrow(message);
  });
});
