import { builtins } from "@writ/builtins";
import { makeSources } from "@writ/diagnostics";
import { parseRego } from "@writ/syntax";
import { expect, it } from "vitest";
import { check } from "./check.ts";

const inputSchema = {
  type: "object",
  additionalProperties: false,
  properties: { user: { type: "string" } },
};

it.each([
  ["a path of the input", 'allow with input.user as "u"', []],
  ["the whole input", 'allow with input as {"usr": "u"}', []],
  ["a path that the input does not have", 'allow with input.usr as "u"', ["E0203"]],
  ["one below a replaced input", 'allow with input as {} with input.usr as "u"', ["E0203"]],
  ["a document there is", "allow with data.known as 1", []],
  ["a rule", "allow with data.p.helper as true", []],
])("a test may mock %s as said", (_what, body, expected) => {
  const files = [
    {
      file: "p.rego",
      text: "package p\n\nallow if helper\n\nhelper if input.user == data.known\n",
    },
    { file: "p_test.rego", text: `package p_test\n\nimport data.p.allow\n\ntest_it if ${body}\n` },
  ];
  const modules = files.map((source) => parseRego(source).module);
  const options = { inputSchema, vocabularies: {}, data: { known: "k" }, builtins };
  const { diagnostics } = check(modules, { ...options, sources: makeSources(files) });
  expect(diagnostics.map(({ code }) => code)).toEqual(expected);
});
