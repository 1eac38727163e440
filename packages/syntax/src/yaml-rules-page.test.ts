// The page about YAML rules names every operator, and its example is read as it stands.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { OPERATOR_NAMES } from "./conditions.ts";
import { parseYaml } from "./index.ts";

const page = readFileSync(new URL("../../../docs/yaml-rules.md", import.meta.url), "utf8");

it("names the operators that there are", () => {
  const cells = [...page.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell = ""]) => cell);
  const named = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual([...OPERATOR_NAMES].sort());
});

it("has an example without mistakes", () => {
  const [, text = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const { module, diagnostics } = parseYaml({ file: "example.yaml", text });
  expect(diagnostics).toEqual([]);
  expect(module.rules.length).toBeGreaterThanOrEqual(3);
});
