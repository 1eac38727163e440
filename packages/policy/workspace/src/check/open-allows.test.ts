// Rules that allow everything, however they are spelt, and rules beside them that do not.

import { fileURLToPath } from "node:url";
import { builtins } from "@writ/builtins";
import { makeSources } from "@writ/diagnostics";
import { parseRego, parseYaml } from "@writ/syntax";
import { describe, expect, it } from "vitest";
import { readSchemas } from "../node/read-schemas.ts";
import { emptyPolicySet } from "../read/policy-set.ts";
import { checkAndProve } from "./prove.ts";

const schemas = fileURLToPath(new URL("../../../../../schemas", import.meta.url));
const environment = { ...readSchemas(schemas), labels: ["pii.email"], builtins };
const data = { roles: ["admin"], none: [], open: true, approved: ["a", "b"] };

function codesOf(text: string, form: "rego" | "yaml"): readonly string[] {
  const source = { file: `p.${form}`, text };
  const { module, diagnostics } = form === "rego" ? parseRego(source) : parseYaml(source);
  const sources = makeSources([source]);
  const set = { ...emptyPolicySet(environment), modules: [module], sources, data, diagnostics };
  return checkAndProve(set).map(({ code }) => code);
}

const rego = (rules: string): readonly string[] => codesOf(`package p\n\n${rules}\n`, "rego");
const yaml = (when: string): readonly string[] =>
  codesOf(`package: p\nrules:\n  - effect: allow\n${when}`, "yaml");

describe("a rule that allows every call", () => {
  it.each([
    "allow := true",
    "allow if true",
    "allow if 1 == 1",
    "allow if not false",
    "default allow := true",
    'allow contains "everybody"',
    'allow contains "x" if true',
    "allow if input",
    "allow if input.stage",
    "allow if input.identity",
    "allow if input.identity.groups",
    "allow if input.stage == input.stage",
    'allow if input.stage in {"request", "retrieval", "response", "action"}',
    "allow if input.time.hour >= 0",
    "allow if { x := input.stage; x }",
    "allow if { x := input.stage; x == input.stage }",
    "allow if count(input.identity.groups) >= 0",
    "allow if { x := 1; x == 1 }",
    "allow if open\nopen if true",
    "allow if data.open",
    'allow if startswith("request", "r")',
    "allow if not nothing\nnothing if 1 == 2",
    "allow if every x in [] { x == 1 }",
    "allow if is_string(input.stage)",
    "allow if count([1]) == 1",
    "allow := 1 == 1",
    'allow := input.stage in ["request", "retrieval", "response", "action"]',
    'allow if "a" in input.identity.groups\nallow if not "a" in input.identity.groups',
    'allow := true if "a" in input.identity.groups else := true',
    "allow if input.request.stream\nallow if not input.request.stream",
    "allow if input.request.stream == true\nallow if input.request.stream == false",
    "allow if input.request.stream != true\nallow if input.request.stream",
    "allow if input.time.hour < 12\nallow if input.time.hour >= 12",
    'allow if startswith(input.request.id, "a")\nallow if not startswith(input.request.id, "a")',
    'allow if lower(input.request.id) == "a"\nallow if not lower(input.request.id) == "a"',
    'allow if startswith(input.request.id, "")',
    'allow if regex.match(".*", input.request.id)',
    'allow if contains(input.request.id, "")',
    'allow if glob.match("**", [], input.request.id)',
    'allow if input.request.surface != "carrier-pigeon"',
    "allow if some i",
  ])("%s", (rules) => {
    const found = rego(rules);
    expect(found.filter((code) => /^(W0417|E0)/.test(code))).not.toEqual([]);
  });

  it.each([
    "",
    "    when:\n      - any:\n          - input.identity.groups: { none_of: [x] }\n          - input.identity.groups: { has: x }\n",
    "    when:\n      - any:\n          - not:\n              - input.identity.groups: { has: x }\n          - input.identity.groups: { has: x }\n",
    "    when:\n      - input.stage: { in: [request, retrieval, response, action] }\n",
    "    when:\n      - input.stage: { exists: true }\n",
    "    when:\n      - input.time.hour: { at_least: 0 }\n",
    "    when:\n      - input.request.id: { prefix: '' }\n",
    "    when:\n      - input.request.id: { glob: '**' }\n",
    "    when:\n      - input.request.id: { regex: '.*' }\n",
  ])("in YAML, %j", (when) => {
    expect(yaml(when)).toContain("W0417");
  });
});

describe("a rule that allows what no rule denies", () => {
  const deny = '\ndeny contains "x" if "x" in input.identity.groups';
  it.each([
    `allow if count(deny) == 0${deny}`,
    `allow if deny == set()${deny}`,
    `allow if count(data.p.deny) < 1${deny}`,
    `allow if not denied\ndenied if count(deny) > 0${deny}`,
    `allow if not denied\ndenied if some _ in deny${deny}`,
    `allow if { n := count(deny); n == 0 }${deny}`,
    `allow := count(deny) == 0${deny}`,
    `allow if count(violations) == 0\ndeny contains v if some v in violations\nviolations contains "v" if "x" in input.identity.groups`,
    `default allow := true\nallow := false if "x" in input.identity.groups`,
    `allow := false if { "x" in input.identity.groups } else := true`,
    `allow if { count(deny) == 0; input.stage }${deny}`,
  ])("%s", (rules) => {
    expect(rego(rules)).toContain("W0418");
  });
});

describe("a rule that asks something of every member of what may have none", () => {
  it.each([
    "allow if every g in input.identity.groups { g in data.approved }",
    'allow if { input.stage == "request"; every g in input.identity.groups { g in data.approved } }',
    "allow if { groups := input.identity.groups; every g in groups { g in data.approved } }",
    "allow if known\nknown if every g in input.identity.groups { g in data.approved }",
    "allow if every g in input.identity.roles { g in data.approved }",
    'allow if every l in input.labels { l == "pii.email" }',
    "allow if count([g | some g in input.identity.groups; not g in data.approved]) == 0",
    "allow if not stranger\nstranger if { some g in input.identity.groups; not g in data.approved }",
  ])("%s", (rules) => {
    expect(rego(rules)).toContain("W0419");
  });
});

describe("a set without a rule that can allow", () => {
  it.each([
    'deny contains "x" if "x" in input.identity.groups',
    'default allow := false\n\ndeny contains "x" if input.stage == "action"',
    "default allow := false",
    'redact contains "pii.email" if input.stage == "request"',
  ])("%s", (rules) => {
    expect(rego(rules)).toContain("W0420");
  });
});

describe("what allows some", () => {
  const deny = '\ndeny contains "x" if "x" in input.identity.groups';
  it.each([
    'allow if "a" in input.identity.groups',
    'default allow := false\nallow if "a" in input.identity.groups',
    'allow if { "a" in input.identity.groups; every g in input.identity.groups { g in data.approved } }',
    "allow if { count(input.identity.groups) > 0; every g in input.identity.groups { g in data.approved } }",
    'allow if { input.identity.tenant == "acme"; every g in input.identity.groups { g in data.approved } }',
    'allow if { input.identity.iam.account == "1"; every l in input.labels { l == "pii.email" } }',
    `allow if { "a" in input.identity.groups; count(deny) == 0 }${deny}`,
    "allow if { some g in input.identity.groups; g in data.approved }",
    'allow if input.stage == "request"\nallow if input.stage == "response"',
    'allow := true if "a" in input.identity.groups else := false',
    "allow if count(missing) == 0\nmissing contains g if { some g in data.approved; not g in input.identity.groups }",
    'allow if not data.open\nallow if "a" in input.identity.groups',
  ])("%s", (rules) => {
    expect(rego(rules).filter((code) => /^W04(1[789]|20)/.test(code))).toEqual([]);
  });
});
