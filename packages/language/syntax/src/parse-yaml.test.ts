// What a reader of YAML passes over in silence is an error with a sentence.

import { describe, expect, it } from "vitest";
import { parseYaml } from "./parse-yaml.ts";

const rule = (condition: string): string =>
  `package: a\nrules:\n  - effect: allow\n    when:\n      ${condition}\n`;

describe("YAML that means something else to another reader", () => {
  it.each([
    ["a tag that nobody knows", rule("input.model.id: {prefix: !env X}"), "!env"],
    ["a tag of the core that changes a type", rule("input.model.id: !!float 100"), "float"],
    ["a tag of the core that does not", rule("input.model.id: !!str m"), "!!str"],
    ["a tag of a list", rule("input.model.id: {in: !!set [a]}"), "!!set"],
    ["a tag of a mapping", rule("input.model.id: !x {equals: a}"), "!x"],
    ["a merge", rule("!!merge <<: {input.model.id: m}"), "!!merge"],
    ["an older version", `%YAML 1.1\n---\n${rule("input.model.id: m")}`, "1.1"],
    ["a later version", `%YAML 1.3\n---\n${rule("input.model.id: m")}`, "1.3"],
  ])("is refused: %s", (_name, text, said) => {
    const { diagnostics } = parseYaml({ file: "a.yaml", text });
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics[0]?.title).toContain(said);
    expect(diagnostics.every(({ title }) => !title.includes("Symbol("))).toBe(true);
  });

  it.each([
    ["its own version", `%YAML 1.2\n---\n${rule("input.model.id: m")}`],
    ["marks inside texts", rule('input.model.id: "!env %YAML 1.1 m"')],
  ])("is read: %s", (_name, text) => {
    expect(parseYaml({ file: "a.yaml", text }).diagnostics).toEqual([]);
  });
});
