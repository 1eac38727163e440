// What is told of conditions that no test says: two that are the same are known to be, whatever their
// variables are called and whichever side of a comparison things stand on, and one and its negation exclude
// each other.

import { askPolicy, diffPolicies, findIdleRules } from "@writ/analysis";
import { builtins } from "@writ/builtins";
import { describe, expect, it } from "vitest";
import { compileSmall } from "./small-policies.ts";

/** Rules before and after, and what `writ diff` says of them: a direction, with a question mark where it cannot tell. */
const changes: readonly {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly found: readonly string[];
}[] = [
  {
    name: "sides of ==",
    before: "allow if count(input.groups) == 1",
    after: "allow if 1 == count(input.groups)",
    found: [],
  },
  {
    name: "> and <",
    before: "allow if count(input.groups) > 1",
    after: "allow if 1 < count(input.groups)",
    found: [],
  },
  {
    name: "order of conditions",
    before: 'allow if { count(input.groups) > 1; contains(input.model, "b") }',
    after: 'allow if { contains(input.model, "b"); count(input.groups) > 1 }',
    found: [],
  },
  {
    name: "names of variables",
    before: "allow if { some x in input.groups; startswith(x, input.model) }",
    after: "allow if { some y in input.groups; startswith(y, input.model) }",
    found: [],
  },
  {
    name: "variables at other places",
    before:
      "allow if { some x in input.groups; startswith(x, input.model); some y in input.labels; endswith(y, input.model) }",
    after:
      "allow if { some y in input.labels; endswith(y, input.model); some x in input.groups; startswith(x, input.model) }",
    found: [],
  },
  {
    name: "other constants",
    before: "allow if count(input.groups) > 1",
    after: "allow if count(input.groups) > 0",
    found: ["widened", "narrowed?"],
  },
  {
    name: "a condition and its negation make always",
    before: 'allow if input.stage == "request"',
    after:
      'allow if { input.stage == "request"; count(input.groups) > 1 }\nallow if { input.stage == "request"; not count(input.groups) > 1 }',
    found: [],
  },
  {
    name: "the deny asks what the new allow asks not to be",
    before: "deny contains `d` if contains(input.model, `b`)",
    after:
      'deny contains `d` if contains(input.model, `b`)\nallow if { input.stage == "request"; contains(input.model, `b`) }',
    found: [],
  },
  {
    name: "one of several conditions is dropped",
    before: 'allow if { count(input.groups) > 1; contains(input.model, "b") }',
    after: "allow if count(input.groups) > 1",
    found: ["widened"],
  },
  {
    name: "a test is added beside a condition that both have",
    before: "allow if count(input.groups) > 1",
    after:
      'allow if { count(input.groups) > 1; input.stage == "request" }\nallow if { count(input.groups) > 1; input.stage != "request" }',
    found: [],
  },
  {
    name: "what is not known to be the same is not said to be",
    before: 'allow if regex.match("^a{40}$", input.model)',
    after: 'allow if regex.match("^a{40}$|^a{40}$", input.model)',
    found: ["widened?", "narrowed?"],
  },
  {
    name: "constants that look like variables",
    before: 'allow if object.get({"op": "slot", "slot": 1}, input.model, 0) == 1',
    after: 'allow if object.get({"op": "slot", "slot": 2}, input.model, 0) == 1',
    found: ["widened?", "narrowed"],
  },
];

/** Names only name: what is computed stays the same. */
const named: typeof changes = [
  {
    name: "a name for a value",
    before: "allow if count(input.groups) > 1",
    after: "allow if { n := count(input.groups); n > 1 }",
    found: [],
  },
  {
    name: "a name for what may be missing",
    before: "allow if input.stage",
    after: "allow if { _m := upper(input.model); input.stage }",
    found: ["narrowed"],
  },
  {
    name: "a name outside a with",
    before: "allow if count(input.groups) > 1",
    after: "allow if { n := count(input.groups); n > 1 with input.groups as [] }",
    found: ["widened?", "narrowed?"],
  },
];

describe("what a diff tells of residuals", () => {
  it.each([...changes, ...named])("$name", ({ before, after, found }) => {
    const [old, current] = [before, after].map((rules) => compileSmall(`package p\n\n${rules}\n`));
    if (old === undefined || current === undefined) throw new Error("two policies are compared");
    const { regions } = diffPolicies(old, current, builtins);
    expect(
      regions.map(({ direction, example }) => `${direction}${example === undefined ? "?" : ""}`),
    ).toEqual(found);
  });
});

/** Rules, and what is idle about them. */
const idle: readonly {
  readonly name: string;
  readonly rules: string;
  readonly found: readonly string[];
}[] = [
  {
    name: "the same residual and fewer tests",
    rules:
      'allow if count(input.groups) > 1\nallow if { 1 < count(input.groups); input.stage == "request" }',
    found: ["shadowed"],
  },
  {
    name: "one residual more",
    rules:
      'allow if contains(input.model, "b")\nallow if { contains(input.model, "b"); count(input.groups) > 1 }',
    found: ["shadowed"],
  },
  {
    name: "another residual",
    rules: 'allow if contains(input.model, "b")\nallow if count(input.groups) > 1',
    found: [],
  },
  {
    name: "denied whenever it allows",
    rules: 'allow if contains(input.model, "b")\ndeny contains "d" if contains(input.model, "b")',
    found: ["overridden"],
  },
  {
    name: "a condition and its negation",
    rules: "allow if { count(input.groups) > 1; not 1 < count(input.groups) }",
    found: ["never"],
  },
  {
    name: "reasons with a message of the input's",
    rules:
      'deny contains sprintf("%v", [input.stage]) if count(input.groups) > 1\ndeny contains sprintf("%v", [input.stage]) if { count(input.groups) > 1; input.stage == "request" }',
    found: [],
  },
];

describe("what is idle beside residuals", () => {
  it.each(idle)("$name", ({ rules, found }) => {
    const compiled = compileSmall(`package p\n\n${rules}\n`);
    expect(findIdleRules(compiled, builtins).map(({ kind }) => kind)).toEqual(found);
  });
});

/** Rules of which there is an input for every answer. */
const answered: readonly (readonly [name: string, rules: string])[] = [
  ["a default that allows", 'default allow := true\n\nallow := false if input.model == "a"'],
  [
    "else branches",
    'default allow := false\n\nallow := false if input.model == "a"\n\nelse := "b" in input.groups',
  ],
  [
    "every member",
    'allow if { every g in input.groups { g in {"a", "b"} } }\ndeny contains "d" if not only_x\nonly_x if { every l in input.labels { l == "pii.x" } }',
  ],
  [
    "how many there are",
    'allow if count(input.groups) > 3\ndeny contains "d" if count(input.labels) == 2',
  ],
];

describe("what is asked beside residuals", () => {
  it.each(answered)("%s", (_name, rules) => {
    const compiled = compileSmall(`package p\n\n${rules}\n`);
    for (const effect of ["allow", "deny"] as const) {
      const regions = askPolicy(compiled, builtins, [], effect);
      expect(regions.length).toBeGreaterThan(0);
      for (const { example } of regions) expect(example?.decision.effect).toBe(effect);
    }
  });
});
