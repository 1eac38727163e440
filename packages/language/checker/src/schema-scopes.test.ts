import { builtins } from "@writ/builtins";
import { makeSources } from "@writ/diagnostics";
import type { JsonSchema } from "@writ/ir";
import { parseRego } from "@writ/syntax";
import { describe, expect, it } from "vitest";
import { check } from "./check.ts";

const inputSchema = {
  type: "object",
  additionalProperties: false,
  required: ["user", "claims"],
  properties: {
    user: { type: "string" },
    claims: { type: "object" },
    free: {},
  },
};
const data = { users: { ann: { level: 3 } }, limit: 1 };
const schemas = new Map<string, JsonSchema>([
  ["claims", { type: "object", properties: { level: { type: "integer" } } }],
  [
    "acme.user-data",
    {
      type: "object",
      additionalProperties: { $ref: "#/$defs/user" },
      $defs: { user: { type: "object", properties: { level: { type: "integer" } } } },
    },
  ],
  [
    "loop",
    {
      type: "object",
      properties: { next: { $ref: "#/$defs/loop" } },
      $defs: {
        loop: {
          type: "object",
          properties: { next: { $ref: "#/$defs/loop" }, id: { type: "string" } },
        },
      },
    },
  ],
]);

/** Codes and lines. */
function found(...texts: readonly string[]): readonly string[] {
  const files = texts.map((text, index) => ({ file: `p${index}.rego`, text }));
  const parsed = files.map(parseRego);
  expect(parsed.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  const sources = makeSources(files);
  const { diagnostics } = check(
    parsed.map(({ module }) => module),
    { inputSchema, vocabularies: {}, data, schemas, builtins, sources },
  );
  return diagnostics.map(({ code, primary: { span } }) => {
    const line = sources.get(span.file)?.position(span.start).line;
    return `${code} ${span.file}:${line}`;
  });
}

const CLAIMS = "# METADATA\n# schemas:\n# - input.claims: schema.claims\n";
const WRONG = "if input.claims.levle == 1";

describe("schemas of METADATA", () => {
  it.each<readonly [what: string, texts: readonly string[], expected: readonly string[]]>([
    ["are needed to know a path", [`package p\n\na ${WRONG}\n`], []],
    [
      "of a rule hold for it alone",
      [`package p\n\n${CLAIMS}a ${WRONG}\n\na ${WRONG}2\n`],
      ["E0203 p0.rego:6"],
    ],
    [
      "of a document hold for the rules of its name, in every file",
      [
        `package p\n\n${CLAIMS}# scope: document\na ${WRONG}\n\nb ${WRONG}\n`,
        `package p\n\na ${WRONG}2\n`,
      ],
      ["E0203 p0.rego:7", "E0203 p1.rego:3"],
    ],
    [
      "of a package hold for it and not below it",
      [
        `${CLAIMS}package p\n\na ${WRONG}\n`,
        `package p\n\nb ${WRONG}\n`,
        `package p.q\n\nc ${WRONG}\n`,
      ],
      ["E0203 p0.rego:6", "E0203 p1.rego:3"],
    ],
    [
      "of subpackages hold below as well",
      [`${CLAIMS}# scope: subpackages\npackage p\n\na ${WRONG}\n`, `package p.q\n\nc ${WRONG}\n`],
      ["E0203 p0.rego:7", "E0203 p1.rego:3"],
    ],
    [
      "of the rule come before those of the package",
      [
        `${CLAIMS}package p\n\n# METADATA\n# schemas:\n# - input.claims.levle: {type: string}\na if input.claims.levle == "1"\n\nb if input.claims.levle == "1"\n`,
      ],
      ["E0203 p0.rego:11"],
    ],
    [
      "may replace the whole input",
      [`package p\n\n# METADATA\n# schemas:\n# - input: schema.claims\na if input.user == "u"\n`],
      ["E0203 p0.rego:6"],
    ],
    ["say types", [`package p\n\n${CLAIMS}a if input.claims.level == "1"\n`], ["E0301 p0.rego:6"]],
    [
      "of the data are followed",
      [
        `package p\n\n# METADATA\n# schemas:\n# - data.users: schema.acme["user-data"]\na if data.users[input.user].lvl == 1\n`,
      ],
      ["E0203 p0.rego:6"],
    ],
    [
      "of the data are not asked of other documents",
      [
        `package p\n\n# METADATA\n# schemas:\n# - data.users: schema.acme.user-data\na if data.limit[input.user] == data.users.ann.level\n`,
      ],
      [],
    ],
    [
      "may contain themselves",
      [
        `package p\n\n# METADATA\n# schemas:\n# - input.free: schema.loop\na if input.free.next.next.next.id == "1"\n`,
      ],
      [],
    ],
    [
      "that are not there are said",
      [`package p\n\n# METADATA\n# schemas:\n# - input.claims: schema.claim\na ${WRONG}\n`],
      ["E0215 p0.rego:3"],
    ],
    [
      "that are none are said",
      [`package p\n\n# METADATA\n# schemas:\n# - input.claims: {type: objekt}\na ${WRONG}\n`],
      ["E0216 p0.rego:3"],
    ],
    [
      "that refer elsewhere are said",
      [
        `package p\n\n# METADATA\n# schemas:\n# - input.claims: {$ref: "https://a.test/b"}\na ${WRONG}\n`,
      ],
      ["E0216 p0.rego:3"],
    ],
    [
      "are a list",
      [`package p\n\n# METADATA\n# schemas: input\na ${WRONG}\n`],
      ["E0108 p0.rego:3"],
    ],
    [
      "are of the input or the data",
      [`package p\n\n# METADATA\n# schemas:\n# - inptu.claims: {type: object}\na ${WRONG}\n`],
      ["E0108 p0.rego:3"],
    ],
  ])("%s", (_what, texts, expected) => {
    expect(found(...texts)).toEqual(expected);
  });
});
