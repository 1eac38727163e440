// A condition that comes to something else where a path is missing: whether a deny is silent then, or an allow holds,
// is what the other value says.

import { makeSources } from "@writ/diagnostics";
import { parseRego } from "@writ/syntax";
import { checkAndProve } from "@writ/workspace";
import { expect, it } from "vitest";
import { emptyPolicySet } from "../../packages/apps/cli/src/policy-set.ts";

const TOKENS = 'object.get(input.request, "max_tokens", ';
const ALLOW = 'allow if input.model.id == "m"';

const cases: readonly (readonly [what: string, policy: string, codes: readonly string[]])[] = [
  ["a default that denies", `${ALLOW}\n\ndeny contains "x" if ${TOKENS}9999) > 5000`, []],
  ["a default that does not", `${ALLOW}\n\ndeny contains "x" if ${TOKENS}0) > 5000`, ["W0401"]],
  ["the constant first", `${ALLOW}\n\ndeny contains "x" if 5000 < ${TOKENS}9999)`, []],
  [
    "a default under a name",
    `${ALLOW}\n\ndeny contains "x" if {\n\tn := ${TOKENS}9999)\n\tn > 5000\n}`,
    [],
  ],
  [
    "a default under a name, that does not deny",
    `${ALLOW}\n\ndeny contains "x" if {\n\tn := ${TOKENS}0)\n\tn > 5000\n}`,
    ["W0401"],
  ],
  ["a default that is negated", `${ALLOW}\n\ndeny contains "x" if not ${TOKENS}9999) <= 5000`, []],
  [
    "a default that is negated, and does not deny",
    `${ALLOW}\n\ndeny contains "x" if not ${TOKENS}0) <= 5000`,
    ["W0401"],
  ],
  [
    "what the default is looked up in is missing itself",
    `${ALLOW}\n\ndeny contains "x" if object.get(input.agent, "alias", "none") == "none"`,
    ["W0401"],
  ],
  [
    "and is not, from further up",
    `${ALLOW}\n\ndeny contains "x" if object.get(input, ["agent", "alias"], "none") == "none"`,
    [],
  ],
  ["an allow that the default does not hold", `allow if ${TOKENS}9999) < 5000`, []],
  ["an allow that the default holds", `allow if ${TOKENS}1) < 5000`, ["W0402"]],
  [
    "a rule with a default that denies",
    `${ALLOW}\n\ndefault long := true\n\nlong := false if input.request.max_tokens < 5000\n\ndeny contains "x" if long`,
    [],
  ],
  [
    "a rule with a default that does not",
    `${ALLOW}\n\ndefault long := false\n\nlong if input.request.max_tokens > 5000\n\ndeny contains "x" if long`,
    ["W0401"],
  ],
  [
    "a default, and a way to another value without the path",
    `${ALLOW}\n\ndefault long := true\n\nlong := false if input.request.max_tokens < 5000\n\nlong := false if input.stage == "response"\n\ndeny contains "x" if long`,
    ["W0401"],
  ],
  [
    "a last branch that denies",
    `${ALLOW}\n\nlimit := n if n := input.request.max_tokens else := 9999\n\ndeny contains "x" if limit > 5000`,
    [],
  ],
  [
    "a last branch that does not",
    `${ALLOW}\n\nlimit := n if n := input.request.max_tokens else := 0\n\ndeny contains "x" if limit > 5000`,
    ["W0401"],
  ],
  [
    "an allow of a rule whose default is false",
    "default small := false\n\nsmall if input.request.max_tokens < 10\n\nallow if small",
    [],
  ],
  [
    "an allow of a rule whose default is true",
    "default small := true\n\nsmall := false if input.request.max_tokens > 10\n\nallow if small",
    ["W0402"],
  ],
  [
    "a rule that is a name for a default that denies",
    `${ALLOW}\n\ntenant := object.get(input.identity, "tenant", "none")\n\ndeny contains "x" if tenant != "acme"`,
    [],
  ],
  [
    "a rule that is a name for a default that does not",
    `${ALLOW}\n\ntenant := object.get(input.identity, "tenant", "acme")\n\ndeny contains "x" if tenant != "acme"`,
    ["W0401"],
  ],
  [
    "a part of the input as an argument",
    `${ALLOW}\n\nforeign(identity) if identity.tenant != "acme"\n\ndeny contains "x" if foreign(input.identity)`,
    ["W0401"],
  ],
  [
    "all of the input as an argument",
    `${ALLOW}\n\nlong(r) if r.request.max_tokens > 5\n\ndeny contains "x" if long(input)`,
    ["W0401"],
  ],
  [
    "an argument handed on",
    `${ALLOW}\n\nlong(r) if longer(r, 5)\n\nlonger(r, n) if r.max_tokens > n\n\ndeny contains "x" if long(input.request)`,
    ["W0401"],
  ],
  [
    "the value of a function",
    `${ALLOW}\n\ntenant(i) := i.tenant\n\ndeny contains "x" if tenant(input.identity) != "acme"`,
    ["W0401"],
  ],
  [
    "a function of what is always there",
    `${ALLOW}\n\nstaff(i) if "staff" in i.groups\n\ndeny contains "x" if not staff(input.identity)`,
    [],
  ],
  [
    "a function that denies without the path as well",
    `${ALLOW}\n\nours(i) if i.tenant == "acme"\n\ndeny contains "x" if not ours(input.identity)`,
    [],
  ],
  [
    "a redaction that is silent",
    `${ALLOW}\n\nredact contains "pii.email" if input.identity.tenant != "hr"`,
    ["W0401"],
  ],
  [
    "a redaction that another one stands in for",
    `${ALLOW}\n\nredact contains "pii.email" if input.identity.tenant != "hr"\n\nredact contains "pii.email" if not input.identity.tenant`,
    [],
  ],
  [
    "a redaction that one of another label does not stand in for",
    `${ALLOW}\n\nredact contains "pii.email" if input.identity.tenant != "hr"\n\nredact contains "pii.ssn" if not input.identity.tenant`,
    ["W0401"],
  ],
];

it.each(cases)("%s", (_what, policy, codes) => {
  const source = { file: "p.rego", text: `package p\n\n${policy}\n` };
  const { module, diagnostics } = parseRego(source);
  const set = {
    ...emptyPolicySet,
    modules: [module],
    sources: makeSources([source]),
    diagnostics,
  };
  expect(checkAndProve(set).map(({ code }) => code)).toEqual(codes);
});
