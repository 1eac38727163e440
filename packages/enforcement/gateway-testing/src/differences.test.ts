import { expect, it } from "vitest";
import { differences } from "./differences.ts";

it.each([
  ["a text", "a", "a", []],
  ["another text", "a", "b", ['it: "b" is not "a"']],
  ["a number that is a text", 1, "1", ['it: "1" is not 1']],
  ["a pattern", "/^a+$/", "aaa", []],
  ["a pattern that does not fit", "/^a+$/", "ab", ['it: "ab" is not "/^a+$/"']],
  ["more members than expected", { a: 1 }, { a: 1, b: 2 }, []],
  ["a member that is missing", { a: { b: 1 } }, { a: {} }, ["it.a.b: undefined is not 1"]],
  ["no object", { a: 1 }, [], ["it: [] is no object"]],
  ["a list", [1, { a: "/b/" }], [1, { a: "abc", b: 1 }], []],
  ["a longer list", [1], [1, 2], ["it: has 2 and not 1: [1,2]"]],
  ["a shorter list", [1, 2], [1], ["it: has 1 and not 2: [1]"]],
  ["no list", [], {}, ["it: {} is no list"]],
  ["nothing that is not there", { a: null }, {}, []],
  ["nothing that is there", { a: null }, { a: 0 }, ["it.a: 0 is not null"]],
] as const)("%s", (_name, expected, received, wanted) => {
  expect(differences(expected, received, "it")).toEqual(wanted);
});
