// The defects that other engines' checks were tried with: each is reported, with the code said here.

import { makeSources } from "@writ/diagnostics";
import { parseRego } from "@writ/syntax";
import { checkAndProve } from "@writ/workspace";
import { expect, it } from "vitest";
import { emptyPolicySet } from "../../packages/apps/cli/src/policy-set.ts";

const defects: readonly (readonly [defect: string, code: string, text: string])[] = [
  ["a mistyped path", "E0203", 'allow if input.modle.id == "m"'],
  ["a mistyped path through a local", "E0203", "allow if { m := input.model; m.idd == 1 }"],
  ["a mistyped path through a rule", "E0203", 'm := input.model\n\nallow if m.idd == "m"'],
  [
    "a mistyped path through an argument",
    "E0203",
    'is_m(model) if model.idd == "m"\n\nallow if is_m(input.model)',
  ],
  [
    "a mistyped path through two functions",
    "E0203",
    'is_n(m) if m.idd == "m"\n\nis_m(m) if is_n(m)\n\nallow if is_m(input.model)',
  ],
  [
    "a mistyped key of object.get",
    "E0203",
    'allow if object.get(input, ["model", "idd"], "") == "m"',
  ],
  ["a mistyped key under a name", "E0203", 'allow if { k := "idd"; input.model[k] == "m" }'],
  [
    "a word of several outside an enumeration",
    "E0303",
    'allow if input.stage in ["request", "invokee"]',
  ],
  ["a number compared with a text", "E0301", 'allow if input.request.max_tokens == "5"'],
  ["a value outside an enumeration", "E0303", 'allow if input.stage == "invokee"'],
  ["the same with !=", "E0303", 'allow if input.stage != "invokee"'],
  ["a label outside the catalogue", "E0303", 'deny contains "no" if "confidental" in input.labels'],
  ["two values of one path", "E0404", 'allow if { input.model.id == "a"; input.model.id == "b" }'],
  [
    "bounds that exclude each other",
    "E0404",
    "allow if { input.request.max_tokens < 1; input.request.max_tokens > 2 }",
  ],
  ["a body of false", "E0404", "allow if false"],
  ["a rule twice", "W0406", 'allow if input.model.id == "m"\n\nallow if input.model.id == "m"'],
  [
    "a permit that a deny always overrides",
    "W0412",
    'allow if input.model.id == "m"\n\ndeny contains "no" if input.model.id in ["m", "n"]',
  ],
  [
    "values that conflict",
    "E0405",
    'limit := 1 if input.model.id == "m"\n\nlimit := 2 if input.stage == "request"',
  ],
];

it.each(defects)("%s", (_defect, code, body) => {
  const source = { file: "p.rego", text: `package p\n\n${body}\n` };
  const { module, diagnostics } = parseRego(source);
  const sources = makeSources([source]);
  const set = { ...emptyPolicySet, modules: [module], sources, diagnostics };
  expect(checkAndProve(set).map((found) => found.code)).toEqual([code]);
});
