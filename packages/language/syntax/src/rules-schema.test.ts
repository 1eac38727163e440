// The schema that editors complete YAML rules by says what the reader reads.

import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { OPERATOR_NAMES } from "./conditions.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const schema = JSON.parse(read("../../../../schemas/rules.schema.json")) as {
  readonly $defs: { readonly operators: { readonly properties: object } };
};
const validate = new Ajv2020({ strict: false }).compile(schema);

it("has the operators that there are", () => {
  expect(Object.keys(schema.$defs.operators.properties).sort()).toEqual([...OPERATOR_NAMES].sort());
});

it.each(
  readdirSync(new URL("../../../../policies/bedrock/", import.meta.url)).filter(
    (name) => name.endsWith(".yaml") && !/test\.yaml$|^data/.test(name),
  ),
)("takes the shipped %s", (name) => {
  const document: unknown = parse(read(`../../../../policies/bedrock/${name}`));
  expect([validate(document), validate.errors]).toEqual([true, null]);
});

it.each(["rules.yaml", "operators.yaml", "variables.yaml"])(
  "takes %s, which the reader takes",
  (name) => {
    const document: unknown = parse(read(`../../../../test/golden/cases/${name}`));
    expect([validate(document), validate.errors]).toEqual([true, null]);
  },
);

it("does not take what the reader does not", () => {
  expect(validate(parse(read("../../../../test/golden/cases/operators-wrong.yaml")))).toBe(false);
});
