// Policies of which the trees could say more than is so. Each is decided by the trees and by the plan: what is
// read off a schema of METADATA, a look-up or a name must not hide what the plan meets.

import { builtins } from "@writ/builtins";
import { check } from "@writ/checker";
import { compile } from "@writ/compiler";
import { makeSources } from "@writ/diagnostics";
import { createPolicy, RegoSet, type Value } from "@writ/evaluator";
import { parseRego } from "@writ/syntax";
import { describe, expect, it } from "vitest";

const inputSchema = {
  type: "object",
  required: ["groups"],
  additionalProperties: false,
  properties: {
    groups: { type: "array", items: { type: "string" } },
    name: { type: "string" },
    size: { type: "integer" },
    free: { type: "object" },
  },
};
const data = {
  docs: { dev: "approved", old: "revoked" },
  ids: { "1": "one" },
  list: ["staff"],
};
const ALLOW = "allow if input.groups\n\n";
const of = (schema: string): string => `# METADATA\n# schemas:\n#   - input.free.x: ${schema}\n`;

const cases: readonly (readonly [name: string, policy: string, input: Value])[] = [
  [
    "a look-up in what is collected limits nothing",
    `${ALLOW}deny contains "x" if {\n\tsome g in input.groups\n\t[true | data.docs[g] == "approved"] == []\n}\n`,
    { groups: ["stranger"] },
  ],
  [
    "METADATA is no fact about the members of a list",
    `${ALLOW}${of("{type: array, items: {type: string, enum: [read, write]}}")}deny contains "x" if {\n\tsome s in input.free.x\n\ts != "read"\n}\n`,
    { groups: [], free: { x: ["admin"] } },
  ],
  [
    "METADATA is no fact about a text",
    `${of("{type: string}")}allow if {\n\tinput.free.x\n\tnot startswith(input.free.x, "a")\n}\n`,
    { groups: [], free: { x: 5 } },
  ],
  [
    "a member for which a condition fails is met",
    'allow if {\n\tsome x in input.free.list\n\tstartswith(x, "a")\n\tx == "ab"\n}\n',
    { groups: [], free: { list: [1, "ab"] } },
  ],
  [
    "a name is none where something bound it before",
    'allow if {\n\tsome x in input.groups\n\tto_number(x) > 0\n\tx = "5"\n}\n',
    { groups: ["abc", "5"] },
  ],
  [
    "a part of the input under a name",
    'allow if {\n\ti := input\n\ti.name == "a"\n}\n',
    { groups: [], name: "a" },
  ],
  [
    "a name is read of the input outside a with",
    'allow if {\n\tn := input.name\n\tn == "b" with input.name as "b"\n}\n',
    { groups: [], name: "a" },
  ],
  [
    "a number is a key of a document by its digits",
    "allow if {\n\tk := 1\n\tdata.ids[k]\n}\n",
    { groups: [] },
  ],
  [
    "a number is such a key whatever it is called",
    `${ALLOW}deny contains "x" if {\n\tk := 2\n\tnot data.ids[k]\n}\n`,
    { groups: [] },
  ],
  [
    "a text is no index of a list",
    'allow if {\n\tk := "0"\n\tdata.list[k] == "staff"\n}\n',
    { groups: [] },
  ],
  [
    "a key with variables in it is looked up",
    'pairs := {["a", "b"]}\n\nallow if pairs[[input.name, _]]\n',
    { groups: [], name: "a" },
  ],
  [
    "false in a constant is looked up",
    's := {"a", false}\n\nallow if s[input.free.x]\n',
    { groups: [], free: { x: false } },
  ],
];

describe("trees beside the plan", () => {
  it.each(cases)("%s", (_name, text, input) => {
    const file = { file: "p.rego", text: `package p\n\n${text}` };
    const { program, diagnostics } = check([parseRego(file).module], {
      inputSchema,
      vocabularies: {},
      builtins,
      sources: makeSources([file]),
      data,
    });
    if (program === undefined) throw new Error(diagnostics.map(({ title }) => title).join("; "));
    const policy = createPolicy(
      compile(program, {
        inputSchema,
        vocabularies: {},
        data,
        locate: () => ({ line: 1, column: 1 }),
      }),
      builtins,
    );
    const holds = (kind: string): boolean => {
      const result = policy.query(["p", kind], input, { strictBuiltins: true });
      // An error denies.
      if (!result.ok) return kind === "deny";
      const { value } = result;
      return value instanceof RegoSet ? value.items.length > 0 : value === true;
    };
    const wanted = holds("allow") && !holds("deny") ? "allow" : "deny";
    expect(policy.evaluate(input).effect).toBe(wanted);
  });
});
