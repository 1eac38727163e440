// Groups that rules name and no vocabulary lists: wherever in a rule they stand.

import { fileURLToPath } from "node:url";
import { builtins } from "@writ/builtins";
import { makeSources } from "@writ/diagnostics";
import { parseRego } from "@writ/syntax";
import { describe, expect, it } from "vitest";
import { checkAndProve } from "../check/prove.ts";
import { readSchemas } from "../node/read-schemas.ts";
import { emptyPolicySet } from "./policy-set.ts";

const schemas = fileURLToPath(new URL("../../../../../schemas", import.meta.url));
const environment = { ...readSchemas(schemas), labels: [], builtins };

const vocabulary = {
  source: { file: "vocabulary.yaml", text: "groups: [finance, hr]\n" },
  labels: [],
  groups: ["finance", "hr"],
};

/** A rule's body, and the groups said to be unlisted. */
const cases: readonly (readonly [body: string, unlisted: readonly string[]])[] = [
  ['"finance" in input.identity.groups', []],
  ['"finanse" in input.identity.groups', ["finanse"]],
  ['not "finanse" in input.identity.groups', ["finanse"]],
  ['input.identity.groups[_] == "finanse"', ["finanse"]],
  ['some g in input.identity.groups; g in {"finanse", "hr"}', ["finanse"]],
  ['some g in input.identity.groups; not g in ["finanse", "hr"]', ["finanse"]],
  ['every g in input.identity.groups { g in {"hr", "finanse"} }', ["finanse"]],
  ['every g in input.identity.groups { g != "finanse" }', ["finanse"]],
  ['count({"finanse"} & {g | some g in input.identity.groups}) > 0', ["finanse"]],
  ['groups := input.identity.groups; count([1 | "finanse" in groups]) > 0', ["finanse"]],
  ['some g in input.identity.groups; startswith(g, "fin-")', []],
  ['some g in input.identity.groups; g == input.request.id; input.request.id != "x"', []],
];

describe("groups that no vocabulary lists", () => {
  it.each(cases)("%s", (body, unlisted) => {
    const source = { file: "p.rego", text: `package p\n\nallow if { ${body} }\n` };
    const { module, diagnostics } = parseRego(source);
    expect(diagnostics).toEqual([]);
    const sources = makeSources([source, vocabulary.source]);
    const set = {
      ...emptyPolicySet(environment),
      modules: [module],
      files: [source],
      sources,
      vocabularies: [vocabulary],
    };
    const found = checkAndProve(set).filter(({ code }) => code === "W0416");
    expect(found.map(({ title }) => title)).toEqual(
      unlisted.map((group) => `no vocabulary lists the group \`${group}\``),
    );
  });
});
